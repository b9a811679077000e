/** Tells one process from a later one with the same pid. */
import { processEntry } from "./process_table.ts";

/**
 * Boot id and start time since boot, as one word.
 *
 * @param zombies Whether that of a process that has ended, and was not waited for yet, is told too.
 * @returns undefined where the process does not run or the system does not tell.
 */
export function startTimeOf(pid: number, zombies = false): string | undefined {
  const entry = processEntry(pid, zombies);
  return entry && `${bootId()}:${entry.startTicks}`;
}

/** Whether {@linkcode startTimeOf} can tell anything here, so that "undefined" means "gone". */
export function canTellStartTimes(): boolean {
  return processEntry(Deno.pid) !== undefined;
}

/**
 * The clock ticks in a start time.
 *
 * @returns undefined where there is none, or it is of another boot: its process cannot run.
 */
export function ticksOf(startTime = ""): number | undefined {
  const [boot, ticks] = startTime.split(":");
  return boot === bootId() && ticks !== undefined ? Number(ticks) : undefined;
}

function bootId(): string {
  try {
    return Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").slice(0, 8);
  } catch {
    return "";
  }
}
