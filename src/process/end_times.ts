/** How long to wait for what comes after the end of a process. */
import type { Clock } from "../lib/clock.ts";

/** How long output may stay open after the process itself has ended. */
export const DRAIN_MS = 500;
/** The grace for what a process that ended by itself has left behind in its group. */
export const LEFTOVER_GRACE_MS = 1000;

/** Waits for a promise, but not longer than a time; leaves no timer behind. */
export async function atMost(
  milliseconds: number,
  promise: Promise<unknown>,
  clock: Clock,
): Promise<void> {
  const over = new AbortController();
  await Promise.race([promise, clock.delay(milliseconds, over.signal)]);
  over.abort();
}
