/** What a job's result tells of processes that go on after it. */
import type { Left } from "../process/left.ts";

/** A warning, where there is something to tell. */
export function leftWarning(left: readonly Left[]): string[] {
  if (left.length === 0) return [];
  const pids = left.map(({ pid }) => pid).join(", ");
  return [`Processes that could not be ended: ${pids}; aimux://health lists those that still run`];
}
