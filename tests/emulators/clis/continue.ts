/** Plays Continue's `cn -p` (1.5): one JSON object without id or usage. */
import { type Args, type Grammar, parseArgs } from "../args.ts";
import type { Cli, Ended, Invocation } from "../cli.ts";
import { forever } from "../perform.ts";
import type { Session } from "../store.ts";

const GRAMMAR: Grammar = {
  switches: ["-p, --print", "--readonly", "--auto", "--resume"],
  values: ["--config", "--format", "--model", "--fork", "--allow", "--ask", "--exclude"],
  hyphenValues: true,
};

/** The options whose values the reader of standard input knows; `--format` is not among them. */
const KNOWN_TO_THE_READER = ["--config", "--model", "--fork"];

export const cli: Cli = async function cn(call) {
  const args = parseArgs(call.argv, GRAMMAR);
  if ("problem" in args) return { code: 1 };

  const session = sessionOf(call, args);
  if (session === undefined) return failed(args, `Session not found: ${args.values["fork"]}`);
  const prompt = args.words.length > 0 ? args.words.join(" ") : await pipedPrompt(call);
  if (prompt === "") {
    return failed(args, "A prompt is required when using the -p/--print flag");
  }
  const turns = session.turns + 1;
  return {
    prompt,
    turns,
    answer(text) {
      call.store.save({ ...session, turns });
      return { code: 0, stdout: (isJson(args) ? wrapped(text) : text) + "\n" };
    },
    fail({ kind, status, message }) {
      return failed(
        args,
        kind === "login"
          ? "The request failed and the interceptors did not return an alternative response"
          : [status, message].filter((part) => part !== undefined).join(" "),
      );
    },
  };
};

/** A fork is a new conversation with the old one's history. */
function sessionOf({ store }: Invocation, { switches, values }: Args): Session | undefined {
  const fresh = store.begin(crypto.randomUUID());
  if (values["fork"] !== undefined) {
    const origin = store.session(values["fork"]);
    return origin && { ...fresh, turns: origin.turns };
  }
  return (switches.has("resume") ? store.latest() : undefined) ?? fresh;
}

/**
 * Standard input is read only if no word seems to follow `-p`: `cn --format json -p` reads it,
 * `cn -p --format json` takes "json" for a prompt and does not. A regular file is never read to
 * its end.
 */
async function pipedPrompt(call: Invocation): Promise<string> {
  if (promptSeemsToFollow(call.argv)) return "";
  if (call.stdinKind === "file") return await forever();
  return call.stdinKind === "pipe" ? (await call.stdin()).trim() : "";
}

function promptSeemsToFollow(argv: readonly string[]): boolean {
  const print = argv.findIndex((argument) => argument === "-p" || argument === "--print");
  return argv.slice(print + 1).some((argument, i, rest) =>
    !argument.startsWith("-") && !KNOWN_TO_THE_READER.includes(rest[i - 1] ?? "")
  );
}

function isJson({ values }: Args): boolean {
  return values["format"] === "json";
}

function wrapped(response: string): string {
  try {
    JSON.parse(response);
    return response;
  } catch {
    const note = "Response was not valid JSON, so it was wrapped in a JSON object";
    return JSON.stringify({ response, status: "success", note });
  }
}

function failed(args: Args, message: string): Ended {
  const json = JSON.stringify({ status: "error", message });
  return { code: 1, stderr: `${isJson(args) ? json : `Error: ${message}`}\n` };
}
