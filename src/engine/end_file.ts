/** The end of a job as a file, for as long as the database does not take it. */
import { isFinal } from "../store/job.ts";
import type { FinalStatus, JobResult } from "../store/job.ts";
import type { Run } from "../store/metrics.ts";
import type { Turn } from "../store/sessions.ts";

/** How a job ended. */
export interface End {
  status: FinalStatus;
  result: JobResult;
  /** The runs that it took; none where it never ran. */
  runs: readonly Run[];
  /** What its session learns from it. */
  turn?: Turn;
  /** In milliseconds since the epoch. */
  finishedAt: number;
}

/** Writes it, for the user alone. */
export function writeEnd(path: string, end: End): void {
  Deno.writeTextFileSync(path, JSON.stringify(end), { mode: 0o600 });
}

/** Reads it; undefined where there is none, or not a whole one. */
export function readEnd(path: string): End | undefined {
  try {
    const end = JSON.parse(Deno.readTextFileSync(path)) as Partial<End>;
    const { status, result, finishedAt } = end;
    const whole = status && isFinal(status) && Array.isArray(result?.attempts) &&
      Array.isArray(result.warnings) && typeof finishedAt === "number";
    return whole ? { runs: [], ...end } as End : undefined;
  } catch {
    return undefined; // it was cut off where the disk was full
  }
}

/** Removes it, where there is one. */
export function removeEnd(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // There is none, or it cannot be removed: it is read only for a job that has not ended.
  }
}
