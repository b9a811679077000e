/** The seam between the engine and the ways to start a process. */
import type { Capture } from "./capture.ts";
import type { Left } from "./left.ts";

/** A process to start: exact argv and environment, never a shell. */
export interface SpawnPlan {
  /** Absolute path of the program. */
  command: string;
  args: string[];
  cwd: string;
  /** The whole environment of the child. */
  env: Record<string, string>;
  /**
   * The name of a variable of `env` by which the family of this process can be told from every
   * other: what has left its group and its parents is found by it.
   */
  marker?: string;
  /** Written to standard input, which is then closed; without it the child reads end of input. */
  stdin?: string;
}

/** Where the output goes, and what may end the wait before the process ends. */
export interface SpawnOptions {
  stdout: Capture;
  stderr: Capture;
  /** Called for each chunk of standard output, after it was recorded. */
  onOutput?: (chunk: Uint8Array) => void;
  /** The same for standard error, where that is a stream of its own. */
  onErrors?: (chunk: Uint8Array) => void;
}

/** How a process ended. */
export interface ProcessEnd {
  /** The exit code; 128 + n for a process that signal n ended. */
  code: number;
  signal: string | null;
  /** What it had started, and could not be ended after it; absent where nothing is left. */
  left?: Left[];
}

/** A process that was started, with the group it leads. */
export interface RunningProcess {
  readonly pid: number;
  /** Tells this process from a later one with the same pid, where the system tells. */
  readonly startTime: string | undefined;
  /** Standard error came on standard output, as both are the terminal. */
  readonly terminal?: true;
  /** Where it was started in another way than the launcher's: which, and why. */
  readonly warning?: string;
  /** Resolves when the process has ended, its output is recorded and its group is gone. */
  readonly ended: Promise<ProcessEnd>;
  /**
   * Ends the process and its whole group: SIGTERM, after the grace SIGKILL, then a check.
   *
   * @returns What could not be ended, normally nothing.
   */
  end(graceMs: number): Promise<Left[]>;
}

/** Starts processes. Throws what the system says where a process cannot be started. */
export interface Launcher {
  /** How far the end of a process reaches: its whole group, or itself alone. */
  readonly reach: "group" | "child";
  launch(plan: SpawnPlan, options: SpawnOptions): RunningProcess;
}
