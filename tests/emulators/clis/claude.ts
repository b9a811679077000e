/** Plays `claude -p` (Claude Code 2.1.330). */
import { type Grammar, parseArgs } from "../args.ts";
import type { Cli, Ended, Invocation, Turn } from "../cli.ts";
import { jsonLines } from "../ids.ts";
import type { Session } from "../store.ts";
import { assistantEvent, errorOf, initEvent, modelUsage, resultOf } from "./claude_output.ts";

const GRAMMAR: Grammar = {
  switches: [
    "-p, --print",
    "-c, --continue",
    "--verbose",
    "--bare",
    "--restricted",
    "--dangerously-skip-permissions",
  ],
  values: [
    "--output-format",
    "--permission-mode",
    "--permission-prompts",
    "--model",
    "--effort",
    "--session-id",
    "--max-budget-usd",
    "--system-prompt",
    "--append-system-prompt",
    "--json-schema",
    "--add-dir",
  ],
  optional: ["-r, --resume"],
  hyphenValues: true,
};

const EFFORTS = ["low", "medium", "high", "xhigh", "max"];
const MODES = ["acceptEdits", "auto", "bypassPermissions", "manual", "dontAsk", "plan"];

export const cli: Cli = async function claude(call) {
  const args = parseArgs(call.argv, GRAMMAR);
  if ("problem" in args) {
    const what = args.problem === "unknown" ? "unknown option" : "option argument missing:";
    return refused(`error: ${what} '${args.flag}'`);
  }
  const { switches, values, words } = args;
  const format = values["output-format"] ?? "text";
  const mode = values["permission-mode"];
  if (mode !== undefined && !MODES.includes(mode)) {
    return refused(
      `error: option '--permission-mode <mode>' argument '${mode}' is invalid. ` +
        `Allowed choices are ${MODES.join(", ")}.`,
    );
  }
  if (format === "stream-json" && !switches.has("verbose")) {
    return refused("Error: When using --print, --output-format=stream-json requires --verbose");
  }
  const session = sessionOf(call, switches, values);
  if (session === undefined) {
    return refused(`No conversation found with session ID: ${values["resume"]}`);
  }
  const piped = await call.stdin();
  const prompt = [words[0], piped].filter(Boolean).join("\n");
  if (prompt === "") {
    return refused(
      "Error: Input must be provided either through stdin or as a prompt argument when using --print",
    );
  }
  const model = values["model"] ?? "claude-opus-5-5";
  return turnOf(session, prompt, { call, format, mode, model, stderr: notices(call, values) });
};

function sessionOf(
  { store }: Invocation,
  switches: Set<string>,
  values: Record<string, string>,
): Session | undefined {
  if (values["resume"]) return store.session(values["resume"]);
  if (switches.has("continue") || values["resume"] === "") return store.latest();
  return store.begin(values["session-id"] ?? crypto.randomUUID());
}

interface Settings {
  call: Invocation;
  format: string;
  mode: string | undefined;
  model: string;
  stderr: string;
}

function turnOf(session: Session, prompt: string, settings: Settings): Turn {
  const { call, format, model, stderr } = settings;
  const turn = session.turns + 1;
  const print = (text: string, ...events: object[]) => {
    call.store.save({ ...session, turns: turn });
    return format === "text" ? text + "\n" : jsonLines(...events);
  };
  const init = () => format === "stream-json" ? [initEvent(session.id, call, settings)] : [];
  return {
    prompt,
    turns: turn,
    answer(text) {
      const streamed = format === "stream-json";
      const said = streamed ? [assistantEvent(session.id, model, text)] : [];
      const since = streamed ? { model_usage_since_last_result: modelUsage(model, 1) } : {};
      const result = { ...resultOf(session.id, text, model, turn), ...since };
      return { code: 0, stdout: print(text, ...init(), ...said, result), stderr };
    },
    fail(failure) {
      const result = errorOf(session.id, failure);
      return { code: 1, stdout: print(result.result, ...init(), result) };
    },
  };
}

/** The first run of a home tells about a change to auto mode. */
function notices({ store }: Invocation, { effort }: Record<string, string>): string {
  const first = store.all().length === 0
    ? "We're changing auto mode to no longer charge for classifier requests in Claude Code. " +
      "However, this session isn't eligible because your requests go through 127.0.0.1:18080, " +
      "which isn't compatible with this update.\n"
    : "";
  return effort === undefined || EFFORTS.includes(effort)
    ? first
    : `${first}Warning: Unknown --effort value '${effort}' ignored; use ${EFFORTS.join(", ")}\n`;
}

function refused(message: string): Ended {
  return { code: 1, stderr: message + "\n" };
}
