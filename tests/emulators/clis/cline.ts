/** Plays Cline (3.0): JSON lines, no resume, and no prompt of one word. */
import { type Args, type Grammar, parseArgs } from "../args.ts";
import type { Cli, Ended, Invocation, Turn } from "../cli.ts";
import { jsonLines, letters } from "../ids.ts";

const GRAMMAR: Grammar = {
  switches: ["--json", "--plan"],
  values: [
    "-m, --model",
    "-P, --provider",
    "--thinking",
    "--auto-approve",
    "-t, --timeout",
    "-c, --cwd",
    "-s, --system",
    "--retries",
    "--data-dir",
    "--id",
  ],
  hyphenValues: true,
};

const NOTHING_ASKED =
  "JSON output mode requires a prompt argument or piped stdin (interactive mode is unsupported)";

const DEPRECATION = "DeprecationWarning: AI SDK Warning (openai-compatible.chat / mock-model): " +
  "Deprecated: \"providerOptions key 'openai-compatible'\". Use 'openaiCompatible' instead.\n" +
  "      at transform (/$bunfs/home/user/chunk-c152qqqg.js:44:43027)\n\n";

export const cli: Cli = async function cline(call) {
  const args = parseArgs(call.argv, GRAMMAR);
  const [word] = args.words;
  if (word !== undefined && (args.words.length > 1 || !/\s/.test(word))) {
    return unquoted(args.words.join(" "));
  }
  if ("problem" in args) {
    const what = args.problem === "unknown"
      ? `unknown option '${args.flag}'`
      : `option '${args.flag}' argument missing`;
    return { code: 1, stderr: `\x1b[31merror:\x1b[0m ${what}\n` };
  }
  const json = args.switches.has("json");
  if (args.values["id"] !== undefined || (word === undefined && json)) {
    return { code: 1, stderr: errorLine(NOTHING_ASKED) };
  }
  // A regular file as standard input is ignored.
  const piped = call.stdinKind === "pipe" ? (await call.stdin()).trim() : "";
  const prompt = [word, piped].filter(Boolean).join("\n\n");
  if (prompt === "") return { code: 1, stderr: "\x1b[31merror:\x1b[0m Prompt required\n" };

  const turn = turnOf(call, prompt, args);
  const seconds = Number(args.values["timeout"]);
  return args.values["timeout"] === undefined
    ? turn
    : { ...turn, limit: { ms: seconds * 1000, ended: () => timedOut(args, seconds) } };
};

function turnOf(call: Invocation, prompt: string, args: Args): Turn {
  const json = args.switches.has("json");
  return {
    prompt,
    turns: 1,
    answer(text) {
      const noise = json && call.store.latest() === undefined ? DEPRECATION : "";
      call.store.save({ ...call.store.begin(letters(13)), turns: 1 });
      if (!json) return { code: 0, stdout: text + "\n" };
      return { code: 0, stdout: jsonLines(...goodEvents(text, args)), stderr: noise };
    },
    fail({ kind, message }) {
      const text = kind === "login" ? "Not logged in: run cline auth" : message;
      if (!json) return { code: 1, stderr: `\x1b[31merror:\x1b[0m ${text}\n` };
      return failed("error", text, args, [
        "hook dispatch failed: session.hook requires a valid hook event payload",
        text,
      ]);
    },
  };
}

function goodEvents(text: string, args: Args): object[] {
  const hook = hooks();
  const middle = Math.ceil(text.length / 2);
  // Plan mode tells the text so far and leaves out the cache's tokens.
  const plan = args.switches.has("plan");
  const content = (part: string, soFar: string) =>
    agentEvent("content_start", {
      contentType: "text",
      text: part,
      ...plan ? { accumulated: soFar } : {},
    });
  const tokens = { inputTokens: 11, outputTokens: 7 };
  const cache = { cacheReadTokens: 0, cacheWriteTokens: 0 };
  const totals = { totalInputTokens: 11, totalOutputTokens: 7 };
  const totalCache = { totalCacheReadTokens: 0, totalCacheWriteTokens: 0 };
  return [
    hook("agent_start"),
    agentEvent("iteration_start", { iteration: 1 }),
    content(text.slice(0, middle), text.slice(0, middle)),
    content(text.slice(middle), text),
    agentEvent(
      "usage",
      plan
        ? { ...tokens, ...totals, totalCost: 0 }
        : { ...tokens, ...cache, cost: 0, ...totals, ...totalCache, totalCost: 0 },
    ),
    agentEvent("content_end", { contentType: "text", text }),
    agentEvent("iteration_end", { iteration: 1, hadToolCalls: false, toolCallCount: 0 }),
    hook("agent_end"),
    done("completed", text, plan ? { ...tokens, totalCost: 0 } : usage(1)),
    runResult("completed", text, usage(1), args),
  ];
}

function failed(reason: string, text: string, args: Args, errors: string[]): Ended {
  const hook = hooks();
  const events = [
    hook("agent_start"),
    agentEvent("iteration_start", { iteration: 1 }),
    ...reason === "aborted" ? [hook("agent_error")] : [],
    done(reason, text, usage(0)),
    runResult(reason, text, usage(0), args),
  ];
  return { code: 1, stdout: jsonLines(...events), stderr: errors.map(errorLine).join("") };
}

function timedOut(args: Args, seconds: number): Ended {
  return failed("aborted", "", args, [`run timed out after ${seconds}s`]);
}

function hooks() {
  const agentId = `agent_${Date.now()}_${letters(6)}`;
  const taskId = `conv_${Date.now()}_${letters(7)}`;
  return (hookEventName: string) =>
    stamped("hook_event", { hookEventName, agentId, taskId, parentAgentId: null });
}

function agentEvent(type: string, content: object) {
  return stamped("agent_event", { event: { type, ...content } });
}

function done(reason: string, text: string, usage: object) {
  return agentEvent("done", { reason, text, iterations: 1, usage });
}

function runResult(finishReason: string, text: string, usage: object, { values }: Args) {
  return stamped("run_result", {
    finishReason,
    iterations: 1,
    usage,
    aggregateUsage: usage,
    durationMs: 293,
    text,
    model: {
      id: values["model"] ?? "mock-model",
      provider: values["provider"] ?? "openai-compatible",
    },
  });
}

function usage(turns: number) {
  return {
    inputTokens: 11 * turns,
    outputTokens: 7 * turns,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalCost: 0,
  };
}

function stamped(type: string, content: object) {
  return { ts: new Date().toISOString(), type, ...content };
}

function errorLine(message: string): string {
  return jsonLines(stamped("error", { message }));
}

function unquoted(words: string): Ended {
  const stderr = `\x1b[31merror:\x1b[0m Unknown command or unquoted prompt: ${words}\n` +
    'Prompt text must be passed as a single quoted argument, for example: cline "fix the tests". ' +
    'Use "cline --help" to see available commands and flags.\n';
  return { code: 1, stderr };
}
