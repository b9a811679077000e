/** What one emulated CLI is: a function from an invocation to a turn with its model, or to an end. */
import type { Failure } from "./failures.ts";
import type { Store } from "./store.ts";

/** The CLIs, by aimux's names. */
export const CLI_NAMES = [
  "codex",
  "claude",
  "gemini",
  "qwen",
  "aider",
  "goose",
  "crush",
  "gptme",
  "cline",
  "continue",
  "droid",
  "opencode",
] as const;

/** The name of an emulated CLI. */
export type CliName = typeof CLI_NAMES[number];

/** The program's name on PATH. */
export function binaryOf(cli: CliName): string {
  return cli === "continue" ? "cn" : cli;
}

/** What the program was started with. */
export interface Invocation {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  stdinKind: "terminal" | "pipe" | "file" | "none";
  /** Reads standard input to its end; empty where it is a terminal. */
  stdin(): Promise<string>;
  /** Reads a file that holds a prompt. */
  promptFile(path: string): string;
  store: Store;
}

/** What the program prints last, and its exit code. */
export interface Ended {
  code: number;
  stdout?: string;
  stderr?: string;
}

/** An understood command line: what is asked, and how this CLI tells the outcome. */
export interface Turn {
  /** The user's message as it goes to the model, byte for byte. */
  prompt: string;
  /** All that the model sees of it: the prompt with what the CLI adds on its own. */
  seen?: string;
  /** How many turns arrive at the model. */
  turns: number;
  /** The good end with this text. */
  answer(text: string): Ended;
  /** The end when the model refuses. */
  fail(failure: Failure): Ended;
  /** The end when a time limit given by a flag runs out. */
  limit?: { ms: number; ended(): Ended };
}

/** Plays one CLI. */
export type Cli = (invocation: Invocation) => Promise<Turn | Ended>;
