/** Plays `goose run` (1.52): the whole conversation as one pretty JSON value. */
import { type Args, type Grammar, parseArgs } from "../args.ts";
import type { Cli, Ended, Invocation, Turn } from "../cli.ts";
import type { Failure } from "../failures.ts";
import type { Session } from "../store.ts";

const GRAMMAR: Grammar = {
  switches: ["-q, --quiet", "-r, --resume", "--no-session", "--stats"],
  values: [
    "-t, --text",
    "-i, --instructions",
    "-n, --name",
    "--session-id",
    "--output-format",
    "--provider",
    "--model",
    "--max-turns",
    "--system",
  ],
};

export const cli: Cli = async function goose(call) {
  if (call.argv[0] !== "run") return { code: 2, stderr: "error: unrecognized subcommand\n" };
  const args = parseArgs(call.argv.slice(1), GRAMMAR);
  if ("problem" in args) return usageError(args.problem, args.flag);
  if (args.words.length > 0) return usageError("unknown", args.words[0]!);

  const session = sessionOf(call, args);
  if (session === undefined) {
    const name = args.values["name"] ?? args.values["session-id"] ?? "";
    return { code: 1, stdout: `\n  error: No session found with name '${name}'\n\n` };
  }
  const prompt = await promptOf(call, args);
  if (prompt === undefined) {
    return {
      code: 1,
      stderr: "Error: Must provide either --instructions (-i), --text (-t), or --recipe. " +
        "Use -i - for stdin.\n",
    };
  }
  return turnOf(call, session, prompt, args);
};

function sessionOf({ store }: Invocation, { switches, values }: Args): Session | undefined {
  const name = values["name"] ?? values["session-id"];
  if (!switches.has("resume")) return store.begin(name ?? `20261122_${store.all().length + 1}`);
  return name === undefined ? store.latest() : store.session(name);
}

async function promptOf(call: Invocation, { values }: Args): Promise<string | undefined> {
  const file = values["instructions"];
  if (file === "-") return await call.stdin();
  return file === undefined ? values["text"] : call.promptFile(file);
}

/** One message of the conversation, as goose prints it. */
interface Message {
  id: string | null;
  role: "user" | "assistant";
  created: number;
  content: object[];
  metadata: Record<string, unknown>;
}

function turnOf(call: Invocation, session: Session, prompt: string, args: Args): Turn {
  const { switches, values } = args;
  const turn = session.turns + 1;
  const model = values["model"] ?? call.env["GOOSE_MODEL"] ?? "mock-model";
  const provider = values["provider"] ?? call.env["GOOSE_PROVIDER"] ?? "openai";
  const banner = switches.has("quiet") ? "" : bannerOf(session, call.cwd, `${provider} ${model}`);
  const earlier = (session.data ?? []) as Message[];

  const end = (content: object, metadata: object, status: string, text: string) => {
    const question = message("user", { type: "text", text: prompt }, {
      userVisible: true,
      agentVisible: true,
    });
    const reply = message("assistant", content, { userVisible: true, ...metadata });
    if (!switches.has("no-session")) {
      const data = [...earlier, ...remembered(question, reply)];
      call.store.save({ ...session, turns: turn, data });
    }
    const tokens = status === "completed" ? turn : 0;
    const json = {
      messages: [...earlier, question, reply],
      metadata: { ...tokenCounts(tokens), status },
    };
    const body = values["output-format"] === "json" ? JSON.stringify(json, null, 2) : text;
    return `${banner}${body}\n`;
  };
  const good = (text: string) => {
    const inference = { provider, requestedModel: model };
    return end({ type: "text", text }, { agentVisible: true, inference }, "completed", text);
  };
  return {
    prompt,
    seen: prompt + turnContext(call.cwd),
    turns: turn,
    answer: (text) => ({ code: 0, stdout: good(text) }),
    fail(failure) {
      if (failure.kind === "login") {
        return {
          code: 1,
          stdout: "\n  error: No provider configured. Run 'goose configure' first.\n\n",
        };
      }
      const text = describe(failure);
      // All but a refused key count as a completed run whose answer is the error.
      if (failure.kind !== "auth") return { code: 0, stdout: good(text) };
      const content = { type: "error", kind: "authentication", message: text };
      const stdout = end(content, { agentVisible: false }, "error", "");
      return { code: 1, stdout, stderr: `Error: ${text}\n` };
    },
  };
}

function message(role: Message["role"], content: object, metadata: Message["metadata"]): Message {
  const failed = "kind" in content;
  return {
    id: role === "user" ? null : failed ? `msg_${crypto.randomUUID()}` : "chatcmpl-mock",
    role,
    created: Math.floor(Date.now() / 1000),
    content: [content],
    metadata,
  };
}

/** A later run prints the turn with an id for the question and the usage of the answer. */
function remembered(question: Message, reply: Message): Message[] {
  const usage = {
    inputTokens: 11,
    outputTokens: 7,
    totalTokens: 18,
    elapsedMs: 2,
    timeToFirstTokenMs: 2,
  };
  return [
    { ...question, id: `msg_${crypto.randomUUID()}` },
    { ...reply, metadata: { ...reply.metadata, usage } },
  ];
}

function tokenCounts(turns: number) {
  return {
    total_tokens: 18 * turns,
    input_tokens: 11 * turns,
    output_tokens: 7 * turns,
    cache_read_input_tokens: 0,
    cache_write_input_tokens: 0,
  };
}

function turnContext(cwd: string): string {
  const minute = new Date().toISOString().slice(0, 16).replace("T", " ");
  return `\n<turn-context>\n<current-time>${minute}:00 +00:00</current-time>\n` +
    `<working-directory>${cwd}</working-directory>\n</turn-context>`;
}

function bannerOf(session: Session, cwd: string, model: string): string {
  const state = session.turns === 0 ? "new session" : "resuming";
  return `\n    __( O)>  ● ${state} · ${model}\n` +
    `   \\____)    ${session.id} · ${cwd}\n` +
    "     L L     goose is ready\n";
}

function describe({ kind, status, reason, message }: Failure): string {
  const answer = `Status: ${status} ${reason}. Response: ${message}.`;
  const url = "http://127.0.0.1:18080/v1/chat/completions";
  const error = kind === "auth"
    ? `Authentication error: Authentication failed for ${url}. ${answer}`
    : status === undefined
    ? message
    : `Request failed: ${url}. ${answer}`;
  return `Ran into this error: ${error}\n\n` +
    "Please retry if you think this is a transient or recoverable error.";
}

function usageError(problem: string, flag: string): Ended {
  const what = problem === "unknown"
    ? `unexpected argument '${flag}' found`
    : `a value is required for '${flag}' but none was supplied`;
  return {
    code: 2,
    stderr: `error: ${what}\n\nUsage: goose run [OPTIONS]\n\nFor more information, try '--help'.\n`,
  };
}
