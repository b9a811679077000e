import { type Permission, PERMISSIONS } from "../config/permission.ts";
import { type Effort, EFFORT_LEVELS } from "../config/profile.ts";
import { type Fallback, FALLBACKS } from "../engine/next_attempt.ts";
import { nearest } from "../lib/nearest.ts";
import { defineCommand } from "./command.ts";
import { EXIT_MEANINGS } from "./exit_codes.ts";
import { runPrompt } from "./run/run_prompt.ts";

/** What can be said of a run. */
export interface RunFlags {
  cli?: string;
  role?: string;
  style?: string;
  model?: string;
  effort?: Effort;
  cwd?: string;
  session?: string;
  permission?: Permission;
  readOnly?: boolean;
  timeout?: number;
  stallTimeout?: number;
  fallback?: Fallback;
  json?: boolean;
  quiet?: boolean;
  dryRun?: boolean;
}

/** Runs a prompt on a CLI, as the tool `exec` does. */
export const run = defineCommand<RunFlags>({
  name: "run",
  summary: "run a prompt on a CLI",
  description:
    "Runs a prompt on an AI coding CLI. Standard output gets the answer and nothing else; what " +
    "happens meanwhile, and what is to be known of the run, goes to standard error.",
  argument: {
    name: "prompt",
    description: "what the CLI should do; - or nothing: standard input",
  },
  flags: [
    { flag: "--cli <name>", description: "the CLI to run; without it the role decides" },
    {
      flag: "--role <name>",
      description: 'the kind of work, such as coding or codereview; without it "default"',
    },
    {
      flag: "--style <name>",
      description: "how to write the answer: concise, detailed, json, none; without it the role's",
    },
    { flag: "--model <name>", description: "the model; without it the role's or the CLI's own" },
    {
      flag: "--effort <level>",
      description: `how hard the model should think: ${EFFORT_LEVELS.join(", ")}`,
      parse: oneOf(EFFORT_LEVELS),
    },
    { flag: "--cwd <folder>", description: "the folder to run in; without it this one" },
    { flag: "--session <id>", description: "the session to continue" },
    {
      flag: "--permission <mode>",
      description: `what the CLI may do: ${PERMISSIONS.join(", ")}`,
      parse: (mode: string) => oneOf(PERMISSIONS)(mode.replaceAll("-", "_")),
    },
    { flag: "--read-only", description: "short for --permission read_only" },
    { flag: "--timeout <seconds>", description: "how long the run may take", parse: seconds },
    {
      flag: "--stall-timeout <seconds>",
      description: "how long the run may print nothing",
      parse: seconds,
    },
    {
      flag: "--fallback <how>",
      description: `how far to go where a run fails: ${FALLBACKS.join(", ")}`,
      parse: oneOf(FALLBACKS),
    },
    { flag: "--json", description: "print the result as one JSON document, as exec returns it" },
    { flag: "--quiet", description: "say nothing on standard error but what went wrong" },
    {
      flag: "--dry-run",
      description: "start and record nothing; print what would be started, and why",
    },
  ],
  notes: `Exit codes:\n${
    EXIT_MEANINGS.map(([code, meaning]) => `  ${code.padEnd(13)}  ${meaning}`).join("\n")
  }`,
  run: runPrompt,
});

/** Reads one of several words. */
function oneOf<Word extends string>(words: readonly Word[]): (given: string) => Word {
  return function parse(given) {
    const found = words.find((word) => word === given);
    if (found !== undefined) return found;
    const close = nearest(given, words);
    throw new Error(close ? `Did you mean "${close}"?` : `Expected one of ${words.join(", ")}`);
  };
}

function seconds(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new Error("Expected a number of seconds, such as 90");
}
