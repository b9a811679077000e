/** Plays Qwen Code (0.24): one JSON array, or a stream of its elements. */
import { type Grammar, parseArgs } from "../args.ts";
import type { Cli, Invocation, Turn } from "../cli.ts";
import type { Failure } from "../failures.ts";
import { jsonLines } from "../ids.ts";
import type { Session } from "../store.ts";
import { assistantEvent, goalEvent, initEvent, resultHead, stats, usageOf } from "./qwen_output.ts";

const GRAMMAR: Grammar = {
  switches: ["-y, --yolo", "-c, --continue"],
  values: [
    "-p, --prompt",
    "-m, --model",
    "-r, --resume",
    "--output-format",
    "--approval-mode",
    "--auth-type",
    "--openai-base-url",
    "--openai-api-key",
    "--system-prompt",
    "--append-system-prompt",
    "--session-id",
    "--fallback-model",
    "--max-wall-time",
    "--max-session-turns",
    "--max-tool-calls",
  ],
};

const NOISE =
  "Ripgrep not available: spawn /opt/node_modules/@qwen-code/qwen-code/vendor/ripgrep/" +
  "x64-linux/rg EACCES. Falling back to built-in grep.\n";

export const cli: Cli = async function qwen(call) {
  const args = parseArgs(call.argv, GRAMMAR);
  if ("problem" in args) {
    const name = args.flag.replace(/^-+/, "");
    const what = args.problem === "unknown"
      ? "Unknown argument:"
      : "Not enough arguments following:";
    return { code: 1, stderr: `Usage: qwen [options] [command]\n\n${what} ${name}\n` };
  }
  const { switches, values, words } = args;
  const session = values["resume"] !== undefined
    ? call.store.session(values["resume"])
    : (switches.has("continue") ? call.store.latest() : undefined) ??
      call.store.begin(values["session-id"] ?? crypto.randomUUID());
  if (session === undefined) {
    return { code: 1, stderr: `No saved session found with ID ${values["resume"]}.\n` };
  }
  const asked = values["prompt"] ?? words.join(" ");
  const prompt = [await call.stdin(), asked].filter(Boolean).join("\n\n");
  if (prompt === "") return { code: 1, stderr: `${NOISE}No input provided via stdin.\n` };

  const mode = switches.has("yolo") ? "yolo" : values["approval-mode"] ?? "auto";
  const model = values["model"] ?? call.env["OPENAI_MODEL"] ?? "mock-model";
  const turn = turnOf(call, session, prompt, values["output-format"] ?? "text", mode, model);
  const seconds = Number.parseInt(values["max-wall-time"] ?? "");
  if (Number.isNaN(seconds)) return turn;
  const stderr = `${NOISE}Reached the wall-time limit of ${seconds}s.\n`;
  return { ...turn, limit: { ms: seconds * 1000, ended: () => ({ code: 55, stderr }) } };
};

function turnOf(
  call: Invocation,
  session: Session,
  prompt: string,
  format: string,
  mode: string,
  model: string,
): Turn {
  const turn = session.turns + 1;
  const id = session.id;
  const print = (text: string, events: object[]) => {
    call.store.save({ ...session, turns: turn });
    if (format === "json") return JSON.stringify(events) + "\n";
    return format === "stream-json" ? jsonLines(...events) : text + "\n";
  };
  const opening = () => [
    initEvent(call, id, mode, model),
    ...format === "stream-json" ? [goalEvent(id)] : [],
  ];
  return {
    prompt,
    turns: turn,
    answer(text) {
      const usage = usageOf(1);
      const result = {
        ...resultHead(id, "success", false),
        result: text,
        usage: usageOf(2 * turn),
        permission_denials: [],
        ...format === "json" ? { stats: stats(model, turn) } : {},
      };
      const events = [...opening(), assistantEvent(id, model, text, usage), result];
      return { code: 0, stdout: print(text, events), stderr: NOISE };
    },
    fail(failure) {
      const message = describe(failure);
      const usage = { input_tokens: 0, output_tokens: 0 };
      const started = failure.kind !== "login";
      const said = [...opening(), assistantEvent(id, model, message, usage)];
      const result = {
        ...resultHead(id, "error_during_execution", true),
        num_turns: started ? 1 : 0,
        usage: started ? { ...usage, cache_read_input_tokens: 0 } : usage,
        permission_denials: [],
        error: { message },
      };
      const error = { type: "AlreadyReportedError", message, code: 1 };
      return {
        code: 1,
        stdout: print("", started ? [...said, result] : [result]),
        stderr: started ? `${NOISE}${JSON.stringify({ error }, null, 2)}\n` : NOISE,
      };
    },
  };
}

function describe({ kind, status, message }: Failure): string {
  return kind === "login"
    ? "No auth type is selected. Please configure an auth type (e.g. via settings or " +
      "`--auth-type`) before running in non-interactive mode."
    : `[API Error: ${status === undefined ? "" : `${status} `}${message}]`;
}
