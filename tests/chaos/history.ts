/** What the chaos run did, so that the end can be compared with it. */

import type { WaitedSince } from "./waits.ts";

/** What a job was told to do. */
export interface Task {
  id: string;
  lines: number;
  pause_ms: number;
  end: "answer" | "fail" | "quota" | "hang";
  ignore_term?: boolean;
  escape?: Escape;
}

/**
 * What it starts besides: a process in a session of its own, in a group of its own, one that is
 * stopped, or one in a session of its own with an empty environment, which only its parent betrays.
 */
export type Escape = "session" | "group" | "stopped" | "nameless";

/** Which kinds of end a server can come to. */
export const ENDS = [
  "SIGKILL",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "end of input",
  "deaf client",
] as const;

/** A job that a server has taken. */
export interface Taken {
  jobId: string;
  sessionId: string;
  task: Task;
  /** The server that runs it. */
  server: number;
  /** Somebody asked to cancel it, or to delete its session. */
  stopped: boolean;
  timeoutSeconds: number;
  /** Final states that callers were told. */
  told: Set<string>;
}

/** A server from its start to its end. */
export interface Life {
  /** When it was killed or asked to end, in milliseconds since the epoch. */
  endedAt?: number;
  /** How long it waited for a processor until then. */
  waitedSince?: WaitedSince;
  /** By which means. */
  how?: typeof ENDS[number];
}

/** Everything, as it went along. */
export interface History {
  taken: Map<string, Taken>;
  lives: Life[];
  /** Sessions that were deleted. */
  deleted: Set<string>;
  /** Answers that must not have come. */
  surprises: string[];
  counts: Record<string, number>;
}

/** An empty one. */
export function newHistory(): History {
  return { taken: new Map(), lives: [], deleted: new Set(), surprises: [], counts: {} };
}

/** Counts an event. */
export function count(history: History, what: string): void {
  history.counts[what] = (history.counts[what] ?? 0) + 1;
}
