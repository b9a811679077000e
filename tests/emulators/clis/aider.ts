/** Plays aider (0.86): text only, wrapped at 80 columns, and errors that end with exit code 0. */
import { type Args, type Grammar, parseArgs } from "../args.ts";
import type { Cli, Ended, Invocation } from "../cli.ts";
import type { Failure } from "../failures.ts";
import { wrap } from "../wrap.ts";

const GRAMMAR: Grammar = {
  switches: [
    "--yes-always",
    "--no-pretty",
    "--no-stream",
    "--no-check-update",
    "--no-show-model-warnings",
    "--no-show-release-notes",
    "--analytics-disable",
    "--no-analytics",
    "--no-gitignore",
    "--no-git",
    "--no-auto-commits",
    "--no-dirty-commits",
    "--no-detect-urls",
    "--restore-chat-history",
    "--dry-run",
  ],
  values: [
    "--model",
    "--reasoning-effort",
    "--chat-mode",
    "-m, --message",
    "-f, --message-file",
    "--chat-history-file",
    "--input-history-file",
    "--input-history-file",
  ],
};

/** What aider adds to a question, so that the answer comes in the user's language. */
const REMINDER = "\n\nReply in English.\n";

export const cli: Cli = function aider(call) {
  const args = parseArgs(call.argv, GRAMMAR);
  if ("problem" in args) return Promise.resolve(usageError(args.problem, args.flag));
  const { switches, values } = args;

  const prompt = values["message"] ?? fileOf(values["message-file"], call);
  if (prompt === undefined) {
    return Promise.resolve({ code: 0, stdout: head(args) + "\n" });
  }
  const historyFile = values["chat-history-file"] ?? ".aider.chat.history.md";
  const restored = switches.has("restore-chat-history") ? promptsIn(historyFile) : 0;
  const ask = values["chat-mode"] === "ask";
  const stdout = head(args) + (restored > 0 ? "Restored previous conversation history.\n" : "");
  const remember = (text: string) => {
    const quoted = prompt.split("\n").map((line) => `#### ${line}  \n`).join("");
    const started = `\n# aider chat started at ${new Date().toISOString()}\n`;
    Deno.writeTextFileSync(historyFile, `${started}\n${quoted}\n${text}\n`, { append: true });
  };
  return Promise.resolve({
    prompt,
    seen: ask ? prompt + REMINDER : prompt,
    turns: (ask ? 3 : 5) + restored,
    answer(text) {
      remember(text);
      return { code: 0, stdout: `${stdout}\n${wrap(text)}\n\nTokens: 11 sent, 7 received.\n` };
    },
    fail(failure) {
      remember("");
      return { code: 0, stdout: `${stdout}\n${wrap(describe(failure))}\n\n` };
    },
  });
};

function fileOf(path: string | undefined, call: Invocation): string | undefined {
  return path === undefined ? undefined : call.promptFile(path);
}

function promptsIn(historyFile: string): number {
  try {
    const lines = Deno.readTextFileSync(historyFile).split("\n");
    const isPrompt = (line: string | undefined) => line?.startsWith("#### ") ?? false;
    return lines.filter((line, i) => isPrompt(line) && !isPrompt(lines[i - 1])).length;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function head({ switches, values }: Args): string {
  const format = values["chat-mode"] === "ask" ? "ask" : "whole";
  return (switches.has("analytics-disable") ? "Analytics have been permanently disabled.\n" : "") +
    "Detected dumb terminal, disabling fancy input and pretty output.\n\n" +
    "HTTPSConnectionPool(host='raw.githubusercontent.com', port=443): Max retries exceeded with " +
    "url: /BerriAI/litellm/main/model_prices_and_context_window.json (Caused by " +
    "NameResolutionError(\"HTTPSConnection(host='raw.githubusercontent.com', port=443): Failed " +
    "to resolve 'raw.githubusercontent.com' ([Errno -3] Temporary failure in name " +
    'resolution)"))\n' +
    "Aider v0.86.2\n" +
    `Model: ${values["model"] ?? "openai/mock-model"} with ${format} edit format\n` +
    (switches.has("no-git") ? "Git repo: none\n" : "Git repo: .git with 2 files\n") +
    "Repo-map: using 1024 tokens, auto refresh\n";
}

function describe({ kind, message }: Failure): string {
  const name = {
    login: "AuthenticationError",
    auth: "AuthenticationError",
    quota: "RateLimitError",
    transient: "ServiceUnavailableError",
    model: "NotFoundError",
    other: "APIError",
  }[kind];
  const reason = kind === "login"
    ? "The api_key client option must be set either by passing api_key to the client or by " +
      "setting the OPENAI_API_KEY environment variable"
    : message;
  const advice = name === "AuthenticationError"
    ? "\nThe API provider is not able to authenticate you. Check your API key."
    : "";
  return `litellm.${name}: ${name}: OpenAIException - ${reason}${advice}`;
}

function usageError(problem: string, flag: string): Ended {
  const what = problem === "unknown"
    ? `unrecognized arguments: ${flag}`
    : `argument ${flag}: expected one argument`;
  return { code: 2, stderr: `usage: aider [-h] [--model MODEL] ...\naider: error: ${what}\n` };
}
