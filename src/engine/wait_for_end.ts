/** Waits for a process, and ends it when it is time. */
import { aborted } from "../lib/aborted.ts";
import type { Clock } from "../lib/clock.ts";
import type { ProcessEnd, RunningProcess } from "../process/launcher.ts";
import type { Left } from "../process/left.ts";
import type { FinalStatus } from "../store/job.ts";

/** How long a process may stay after the event that ends its run … */
const LINGER_MS = 500;
/** … and then after SIGTERM, before it is not waited for any more. */
const LAST_WAIT_MS = 300;

/** Why a run was ended from outside. */
export interface Stop {
  status: Extract<FinalStatus, "cancelled" | "interrupted">;
  message: string;
  /** The grace between SIGTERM and SIGKILL, where it is not the configured one. */
  graceMs?: number;
}

/** What ends the wait. */
export interface WaitOptions {
  timeoutSeconds: number;
  /** How long the process may print nothing; undefined for as long as it likes. */
  stallSeconds: number | undefined;
  /** When it printed last, in milliseconds since the epoch; 0 before. */
  lastOutputAt(): number;
  /** Aborted with a {@linkcode Stop} as its reason. */
  stop: AbortSignal;
  /** Aborted when the process has told its final event. */
  final: AbortSignal;
  clock: Clock;
  killGraceMs: number;
}

/** How the wait ended. */
export interface Ending {
  /** Absent where aimux ended the process. */
  exit?: ProcessEnd;
  stop?: Stop;
  /** Which limit was reached: that of the whole run, or that of silence. */
  timedOut?: "deadline" | "stall";
  /** What could not be ended. */
  left: readonly Left[];
  /** It has told all, but stays. */
  lingers?: Lingerer;
}

/** A process that stays and is being ended. */
export interface Lingerer {
  /** What could not be ended, when nothing more is tried. */
  gone: Promise<readonly Left[]>;
  /** Ends it with another grace. */
  end: RunningProcess["end"];
}

/**
 * Waits for the end, the deadline, a stop, or the final event; then the process is ended. After the
 * final event that may still be going on when this returns.
 */
export async function waitForEnd(process: RunningProcess, options: WaitOptions): Promise<Ending> {
  const { timeoutSeconds, stop, final, clock, killGraceMs } = options;
  const over = new AbortController();
  const until = (milliseconds: number) => clock.delay(milliseconds, over.signal);
  try {
    const first = await Promise.race([
      process.ended.then(byItself),
      until(timeoutSeconds * 1000).then(() => "deadline" as const),
      stalled().then(() => "stall" as const),
      aborted(stop).then(() => "stop" as const),
      aborted(final).then(() => "final" as const),
    ]);
    if (typeof first !== "string") return first;
    if (first === "final") {
      const exit = await Promise.race([process.ended, until(LINGER_MS)]);
      if (exit) return byItself(exit);
      const gone = endAll(killGraceMs);
      const left = await Promise.race([gone, until(LAST_WAIT_MS)]);
      return left ? { left } : { left: [], lingers: { gone, end: process.end } };
    }
    if (first !== "stop") return { left: await endAll(killGraceMs), timedOut: first };
    const reason = stop.reason as Stop;
    return { left: await endAll(reason.graceMs ?? killGraceMs), stop: reason };
  } finally {
    over.abort();
  }

  /** Resolves when nothing was printed for too long; never where there is no such limit. */
  async function stalled(): Promise<void> {
    if (options.stallSeconds === undefined) return await new Promise(() => {});
    const start = clock.now();
    for (;;) {
      const silentSince = Math.max(start, options.lastOutputAt());
      const left = silentSince + options.stallSeconds * 1000 - clock.now();
      if (left <= 0) return;
      await until(left);
      // The wait is over for another reason: whoever races with this has won.
      if (over.signal.aborted) return;
    }
  }

  function byItself(exit: ProcessEnd): Ending {
    return { exit, left: exit.left ?? [] };
  }

  async function endAll(graceMs: number): Promise<Left[]> {
    const left = await process.end(graceMs);
    if (left.length === 0) await process.ended;
    return left;
  }
}
