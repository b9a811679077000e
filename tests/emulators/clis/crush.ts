/** Plays `crush run`, after its source: text on standard output, nothing else. */
import { type Grammar, parseArgs } from "../args.ts";
import type { Cli, Ended } from "../cli.ts";

const GRAMMAR: Grammar = {
  switches: ["-q, --quiet", "-v, --verbose", "-C, --continue", "-d, --debug"],
  values: [
    "-m, --model",
    "--small-model",
    "-s, --session",
    "-c, --cwd",
    "-D, --data-dir",
    "-H, --host",
  ],
  hyphenValues: true,
};

export const cli: Cli = async function crush(call) {
  const [command, ...argv] = call.argv;
  if (command !== "run") return failed(`unknown command "${command ?? ""}" for "crush"`);
  const args = parseArgs(argv, GRAMMAR);
  if ("problem" in args) {
    return failed(
      args.problem === "unknown"
        ? `unknown flag: ${args.flag}`
        : `flag needs an argument: ${args.flag}`,
    );
  }
  const id = args.values["session"];
  const session = id !== undefined
    ? call.store.session(id)
    : (args.switches.has("continue") ? call.store.latest() : undefined) ??
      call.store.begin(crypto.randomUUID());
  if (session === undefined) return failed(`session not found: ${id}`);

  const prompt = [await call.stdin(), args.words.join(" ")].filter(Boolean).join("\n\n");
  if (prompt === "") return failed("no prompt provided");
  const turns = session.turns + 1;
  return {
    prompt,
    turns,
    answer(text) {
      call.store.save({ ...session, turns });
      return { code: 0, stdout: text + "\n" };
    },
    fail({ kind, status, reason, message }) {
      if (kind === "login") return failed("no providers configured - please run 'crush login'");
      return failed(status === undefined ? message : `${status} ${reason}: ${message}`);
    },
  };
};

function failed(message: string): Ended {
  return { code: 1, stderr: `\n  ERROR\n\n  ${message}.\n\n` };
}
