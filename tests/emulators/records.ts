/** What the emulated CLIs have recorded in a home. */
import type { CliName } from "./cli.ts";
import { openStore, stateFolder } from "./store.ts";

/** One start of an emulated CLI. */
export interface Call {
  argv: string[];
  cwd: string;
  /** Its environment, without what the shell adds by itself (PWD, SHLVL, _) and DENO_DIR. */
  env: Record<string, string>;
  /** What came by standard input; null where nothing came or it was not read. */
  stdin: string | null;
  /** The user's message as it went to the model; null where the command line was refused. */
  prompt: string | null;
  /** Which of its three streams are a terminal. */
  terminals: string[];
  pid: number;
}

/** A grandchild that an emulated CLI has started. */
export interface Child {
  pid: number;
  /** The pid of the emulated CLI. */
  parent: number;
  setsid?: boolean;
  hold_stdout?: boolean;
}

/** The calls of a CLI, in order of their understanding. */
export function callsOf(home: string, cli: CliName): Promise<Call[]> {
  return linesOf(`${stateFolder(home, cli)}/calls.jsonl`);
}

/** The grandchildren that a CLI has started. */
export function childrenOf(home: string, cli: CliName): Promise<Child[]> {
  return linesOf(`${stateFolder(home, cli)}/children.jsonl`);
}

/** The ids of the conversations that a CLI can resume, the oldest first. */
export function conversationsOf(home: string, cli: CliName): string[] {
  return openStore(stateFolder(home, cli)).all().map((session) => session.id);
}

async function linesOf<Line>(path: string): Promise<Line[]> {
  try {
    const text = await Deno.readTextFile(path);
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
