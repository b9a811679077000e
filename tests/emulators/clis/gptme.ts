/** Plays gptme (0.35): Python's JSON lines, a fence around standard input, and nudges. */
import { type Args, type Grammar, parseArgs } from "../args.ts";
import type { Cli, Invocation, Turn } from "../cli.ts";
import type { Failure } from "../failures.ts";
import { letters } from "../ids.ts";
import { pythonJson } from "../python_json.ts";
import type { Session } from "../store.ts";

const GRAMMAR: Grammar = {
  switches: ["-n, --non-interactive", "-y, --no-confirm", "-r, --resume"],
  values: ["--output-format", "--name", "-t, --tools", "-m, --model"],
  hyphenValues: true,
};

const NUDGE =
  "<system>No tool call detected in last message. Did you mean to finish? If so, make " +
  "sure you are completely done and then use the `complete` tool to end the session.</system>";

const TIKTOKEN = [
  "· WARNING  Failed to load tiktoken encoding:",
  "           HTTPSConnectionPool(host='openaipublic.blob.core.windows.net',",
  "           port=443): Max retries exceeded with url:",
  "           /encodings/cl100k_base.tiktoken (Caused by",
  "           NameResolutionError(\"HTTPSConnection(host='openaipublic.blob.core.win",
  "           dows.net', port=443): Failed to resolve",
  "           'openaipublic.blob.core.windows.net' ([Errno -3] Temporary failure in",
  '           name resolution)")). Token counts will use character-based',
  "           approximation (~4 chars/token).",
];

export const cli: Cli = async function gptme(call) {
  const args = parseArgs(call.argv, GRAMMAR);
  if ("problem" in args) {
    const what = args.problem === "unknown"
      ? `No such option: ${args.flag}`
      : `Option '${args.flag}' requires an argument.`;
    const usage = "Usage: gptme [OPTIONS] [PROMPTS]...\nTry 'gptme --help' for help.\n";
    return { code: 2, stderr: `${usage}\nError: ${what}\n` };
  }
  const session = sessionOf(call, args);
  if (session === undefined) {
    return { code: 1, stderr: log(`· ERROR    No conversation to resume: ${args.values["name"]}`) };
  }
  const piped = await call.stdin();
  const fence = piped === "" ? [] : ["````stdin\n" + piped + "\n````"];
  const prompt = [...args.words, ...fence].join("\n\n");
  if (prompt === "") {
    return { code: 1, stderr: log("· ERROR    No prompt given in non-interactive mode") };
  }
  return turnOf(call, session, prompt, args);
};

function sessionOf({ store }: Invocation, { switches, values }: Args): Session | undefined {
  const { name } = values;
  if (!switches.has("resume")) return store.begin(name ?? `2026-11-22-${letters(8)}`);
  return name === undefined ? store.latest() : store.session(name);
}

function turnOf(call: Invocation, session: Session, prompt: string, args: Args): Turn {
  const model = args.values["model"] ?? "local/mock-model";
  const json = args.values["output-format"] === "json";
  const turn = session.turns + 1;
  const noise = opening(model, args);
  const save = (turns: number) => call.store.save({ ...session, turns });
  // The tool `complete` comes with all tools but the read-only ones; without a call of it gptme asks twice.
  const tools = args.values["tools"];
  const nudges = tools === "read-only" ? 0 : 2;
  return {
    prompt,
    turns: turn,
    answer(text) {
      save(turn + nudges);
      if (!json) return { code: 0, stdout: `User: ${prompt}\nAssistant: ${text}\n`, stderr: noise };
      const said = [user(prompt), assistant(text, model, turn)];
      for (let n = 1; n <= nudges; n++) {
        const echo = `MOCK: ${NUDGE} [turns=${turn + n} chars=${NUDGE.length}]`;
        said.push(user(NUDGE), assistant(echo, model, turn + n));
      }
      const parting = nudges === 0 ? "" : log(
        "· WARNING  Autonomous mode: No tools used after 2 confirmations. Exiting.",
        "· Hook 'complete.auto_reply' signaled session completion",
      );
      return { code: 0, stdout: said.map(line).join(""), stderr: noise + parting };
    },
    fail(failure) {
      const stderr = noise + log("· ERROR    Fatal error occurred", ...describe(failure));
      if (failure.kind === "login") return { code: 1, stderr };
      save(turn);
      return { code: 76, stdout: json ? line(user(prompt)) : `User: ${prompt}\n`, stderr };
    },
  };
}

function line(message: object): string {
  return pythonJson(message) + "\n";
}

function user(content: string) {
  return { type: "message", role: "user", content, timestamp: pythonTime() };
}

function assistant(content: string, model: string, turn: number) {
  return {
    type: "message",
    role: "assistant",
    content,
    timestamp: pythonTime(),
    metadata: {
      model,
      served_model: model.replace(/^[^/]*\//, ""),
      usage: { input_tokens: 11, output_tokens: 7 },
      timings: { ttft_ms: 1043.3, gen_ms: 1.5 },
      input_log_messages: 5 + 2 * turn,
      input_log_digest: crypto.randomUUID().replaceAll("-", "").repeat(2),
      input_log_model: model,
    },
  };
}

function pythonTime(): string {
  return new Date().toISOString().replace("Z", "000");
}

function opening(model: string, { words }: Args): string {
  const switched = words.length === 0
    ? []
    : ["· stdin is not a TTY and prompts provided, switching to non-interactive mode"];
  return log(
    "· Skipping all confirmation prompts.",
    ...switched,
    `· Using model default tool_format=tool for ${model}`,
    `· WARNING  Parallel agent detected: gptme PID ${Deno.pid} (autonomous,`,
    `           model=${model})`,
    ...TIKTOKEN,
    ...TIKTOKEN,
  );
}

/** Log lines are filled up to the width of the terminal. */
function log(...lines: string[]): string {
  return lines.map((line) => line.padEnd(80) + "\n").join("");
}

function describe({ kind, status, type, message }: Failure): string[] {
  if (kind === "login") {
    return [
      "· ERROR    No provider configured, couldn't auto-detect model.",
      "",
      "           Or set an API key:",
      "             export OPENAI_API_KEY='sk-...'",
    ];
  }
  if (status === undefined) return [`· ERROR    ${message}`];
  return [
    `· ERROR    Error code: ${status} - {'error': {'message': '${message}',`,
    `           'type': '${type}', 'param': None}}`,
  ];
}
