/** Plays `opencode run` (1.18): JSON lines, and quotes around a positional prompt with spaces. */
import { type Args, type Grammar, parseArgs } from "../args.ts";
import type { Cli, Invocation, Turn } from "../cli.ts";
import type { Failure } from "../failures.ts";
import { jsonLines, letters } from "../ids.ts";
import type { Session } from "../store.ts";

const GRAMMAR: Grammar = {
  switches: ["-c, --continue", "--fork", "--auto", "--thinking"],
  values: [
    "--format",
    "-s, --session",
    "--agent",
    "--variant",
    "-m, --model",
    "--dir",
    "-f, --file",
  ],
};

/** What the model is told first when a conversation leaves the plan agent. */
const PLAN_TO_BUILD = "<system-reminder>\n" +
  "Your operational mode has changed from plan to build.\n" +
  "You are no longer in read-only mode.\n" +
  "You are permitted to make file changes, run shell commands, and utilize your arsenal of tools " +
  "as needed.\n</system-reminder>\n\n";

export const cli: Cli = async function opencode(call) {
  const [command, ...argv] = call.argv;
  const args = command === "run" ? parseArgs(argv, GRAMMAR) : undefined;
  if (args === undefined || "problem" in args) {
    return { code: 1, stderr: "opencode run [message..]\n\nrun opencode with a message\n" };
  }
  const session = sessionOf(call, args);
  if (session === undefined) {
    return { code: 1, stderr: "\x1b[91m\x1b[1mError: \x1b[0mSession not found\n" };
  }
  const positional = args.words.map(quoted).join(" ");
  const prompt = [positional, await call.stdin()].filter(Boolean).join("\n");
  if (prompt === "") {
    const stderr = "\x1b[91m\x1b[1mError: \x1b[0mYou must provide a message or a command\n";
    return { code: 1, stderr };
  }
  return turnOf(call, session, prompt, args);
};

function quoted(word: string): string {
  return word.includes(" ") ? `"${word.replaceAll('"', '\\"')}"` : word;
}

function sessionOf({ store }: Invocation, { switches, values }: Args): Session | undefined {
  const fresh = store.begin(newId("ses"));
  const id = values["session"];
  const origin = id !== undefined
    ? store.session(id)
    : switches.has("continue")
    ? store.latest() ?? fresh
    : fresh;
  if (origin === undefined || !switches.has("fork")) return origin;
  return { ...origin, id: fresh.id, created: fresh.created };
}

function turnOf(call: Invocation, session: Session, prompt: string, { values }: Args): Turn {
  const json = values["format"] === "json";
  const agent = values["agent"] ?? "build";
  const turn = session.turns + 1;
  const event = (type: string, content: object) => ({
    type,
    timestamp: Date.now(),
    sessionID: session.id,
    ...content,
  });
  const save = () => call.store.save({ ...session, turns: turn, data: agent });
  return {
    prompt,
    seen: session.data === "plan" && agent === "build" ? PLAN_TO_BUILD + prompt : prompt,
    turns: turn,
    answer(text) {
      save();
      const stdout = json ? jsonLines(...goodParts(session.id, text, event)) : text + "\n";
      return { code: 0, stdout };
    },
    fail(failure) {
      save();
      const error = describe(failure);
      if (json) return { code: 1, stdout: jsonLines(event("error", { error })) };
      return { code: 1, stderr: `\x1b[91m\x1b[1mError: \x1b[0m${error.data.message}\n` };
    },
  };
}

function goodParts(
  sessionID: string,
  text: string,
  event: (type: string, content: object) => object,
): object[] {
  const messageID = newId("msg");
  const part = (head: object, content: object) => ({
    part: { id: newId("prt"), ...head, messageID, sessionID, ...content },
  });
  const snapshot = "853694aae8816094a0d875fee7ea26278dbf5d0f";
  const tokens = { total: 18, input: 11, output: 7, reasoning: 0, cache: { write: 0, read: 0 } };
  const time = { start: Date.now(), end: Date.now() };
  return [
    event("step_start", part({}, { snapshot, type: "step-start" })),
    event("text", part({}, { type: "text", text, time })),
    event(
      "step_finish",
      part({ reason: "stop", snapshot }, { type: "step-finish", tokens, cost: 0 }),
    ),
  ];
}

function describe({ kind, status, type, message }: Failure) {
  if (status === undefined) {
    return {
      name: "UnknownError",
      data: {
        message: kind === "login" ? "Unexpected server error. Check server logs" : message,
      },
    };
  }
  return {
    name: "APIError",
    data: {
      message,
      statusCode: status,
      isRetryable: status === 429 || status >= 500,
      responseHeaders: {
        "content-length": "137",
        "content-type": "application/json",
        date: new Date().toUTCString(),
        server: "mock",
      },
      responseBody: JSON.stringify({ error: { message, type, param: null } }),
      metadata: { url: "http://127.0.0.1:18080/v1/chat/completions" },
    },
  };
}

function newId(kind: "ses" | "msg" | "prt"): string {
  return `${kind}_${letters(26)}`;
}
