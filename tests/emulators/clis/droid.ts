/** Plays `droid exec` (0.215): one JSON object, or a stream. */
import { type Args, type Grammar, parseArgs } from "../args.ts";
import type { Cli, Invocation, Turn } from "../cli.ts";
import type { Failure } from "../failures.ts";
import { jsonLines } from "../ids.ts";
import type { Session } from "../store.ts";

const GRAMMAR: Grammar = {
  switches: ["--skip-permissions-unsafe", "--use-spec"],
  values: [
    "--output-format",
    "-m, --model",
    "-f, --file",
    "-s, --session-id",
    "-r, --reasoning-effort",
    "--auto",
    "--cwd",
    "--append-system-prompt",
    "--remove-tools",
  ],
  hyphenValues: true,
};

export const cli: Cli = async function droid(call) {
  const [command, ...argv] = call.argv;
  if (command !== "exec") return { code: 1, stderr: `error: unknown command '${command}'\n` };
  const args = parseArgs(argv, GRAMMAR);
  if ("problem" in args) {
    const what = args.problem === "unknown"
      ? `unknown option '${args.flag}'`
      : `option '${args.flag}' argument missing`;
    return { code: 1, stderr: `error: ${what}\n` };
  }
  const session = sessionOf(call, args);
  if (session === undefined) return { code: 1 };

  const file = args.values["file"];
  const given = file === undefined ? args.words.join(" ") : call.promptFile(file);
  const prompt = given === "" ? await call.stdin() : given;
  if (prompt === "") return { code: 1, stderr: "Error: No prompt provided\n" };
  return turnOf(call, session, prompt, args);
};

/** Without a login every resume ends with exit code 1 and no output, whatever the id. */
function sessionOf({ store, env }: Invocation, { values }: Args): Session | undefined {
  const id = values["session-id"];
  if (id === undefined) return store.begin(crypto.randomUUID());
  return env["FACTORY_API_KEY"] === undefined ? undefined : store.session(id);
}

function turnOf(call: Invocation, session: Session, prompt: string, args: Args): Turn {
  const format = args.values["output-format"] ?? "text";
  const turn = session.turns + 1;
  const id = session.id;
  const message = (role: string, text: string) => ({
    type: "message",
    role,
    id: crypto.randomUUID(),
    text,
    timestamp: Date.now(),
    session_id: id,
  });
  const opening = () => [initEvent(call, id, args), message("user", prompt)];
  return {
    prompt,
    // The first turn that reaches the model describes the environment.
    turns: turn + 1,
    answer(text) {
      call.store.save({ ...session, turns: turn });
      const usage = { ...usageOf(1), ttft_ms: 38 };
      if (format === "json") {
        return { code: 0, stdout: jsonLines(resultOf(id, text, "success", usage)) };
      }
      if (format !== "stream-json") return { code: 0, stdout: text + "\n" };
      const completion = {
        type: "completion",
        finalText: text,
        numTurns: 1,
        durationMs: 268,
        session_id: id,
        timestamp: Date.now(),
        usage,
      };
      return { code: 0, stdout: jsonLines(...opening(), message("assistant", text), completion) };
    },
    fail(failure) {
      const text = describe(failure);
      const result = resultOf(id, text, "failure", usageOf(0));
      if (format === "json") return { code: 1, stdout: jsonLines(result) };
      if (format !== "stream-json") return { code: 1, stderr: text + "\n" };
      const error = (source: string, message: string) => ({
        type: "error",
        source,
        message,
        timestamp: Date.now(),
        session_id: id,
      });
      const { status, message: said } = failure;
      const errors = text !== EXEC_FAILED
        ? [error("cli", text)]
        : [error("agent_loop", `${status} ${said}`), error("cli", text)];
      return { code: 1, stdout: jsonLines(...opening(), ...errors) };
    },
  };
}

function resultOf(id: string, result: string, subtype: "success" | "failure", usage: object) {
  const good = subtype === "success";
  return {
    type: "result",
    subtype,
    is_error: !good,
    duration_ms: 210,
    num_turns: good ? 1 : 0,
    result,
    session_id: id,
    usage,
  };
}

function usageOf(turns: number) {
  return {
    input_tokens: 11 * turns,
    output_tokens: 7 * turns,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    factory_credits: 0,
  };
}

function initEvent({ cwd }: Invocation, id: string, { values }: Args) {
  return {
    type: "system",
    subtype: "init",
    cwd,
    session_id: id,
    tools: ["Read", "LS", "Execute", "Edit", "Grep", "Glob", "Create"],
    // A custom model goes by its number here.
    model: values["model"]?.replace(/^custom:.*/, "custom:mock-0") ?? "custom:mock-0",
    reasoning_effort: values["reasoning-effort"] ?? "none",
  };
}

/** What the model's server said is told in the stream alone. */
function describe({ kind, message }: Failure): string {
  if (kind === "login") {
    return "Authentication failed. Please log in using /login or set a valid FACTORY_API_KEY " +
      "environment variable.";
  }
  return kind === "other" ? message : EXEC_FAILED;
}

/** What the program itself says of every failure of its model. */
const EXEC_FAILED = "Exec failed";
