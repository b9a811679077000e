/**
 * Who holds a place of those that may run at once. A job whose CLI calls aimux waits for that job as
 * long as it runs: it lends it its place, or both would wait for each other for ever.
 */

/** A job that runs. */
export interface RunningJob {
  id: string;
  cli: string;
  /** The jobs whose CLIs called it, the nearest first, also where they have ended. */
  ancestors: readonly string[];
}

/** A job, or several alike, that could start. */
export interface Candidate {
  cli: string;
  ancestors: readonly string[];
  /** How many jobs may hold a place at once, this one included. */
  limit: number;
  /** How many of its CLI may. */
  cliLimit: number | undefined;
}

/**
 * Whether a job may start.
 *
 * - It may where fewer hold a place than its limit, of all CLIs and of its own.
 * - It may beyond that where it is lent the place of a job that it descends from: then no more hold
 *   one than before.
 * - A limit of its CLI does not keep it from starting where all who hold a place of that CLI wait
 *   for jobs of their own in the queue, and so for one another.
 *
 * @param waiting Ids of jobs that have descendants in the queue.
 */
export function mayStart(
  { cli, ancestors, limit, cliLimit }: Candidate,
  running: readonly RunningJob[],
  waiting: ReadonlySet<string>,
): boolean {
  const all = holders(running);
  if (!lends(all, ancestors) && all.length >= limit) return false;
  if (cliLimit === undefined) return true;
  const own = holders(running.filter((job) => job.cli === cli));
  if (lends(own, ancestors) || own.length < cliLimit) return true;
  return ancestors.length > 0 && own.every(({ id }) => waiting.has(id));
}

/** The running jobs that none of the others descends from. */
export function holders(running: readonly RunningJob[]): RunningJob[] {
  const lenders = new Set(running.flatMap(({ ancestors }) => ancestors));
  return running.filter(({ id }) => !lenders.has(id));
}

function lends(holding: readonly RunningJob[], ancestors: readonly string[]): boolean {
  return holding.some(({ id }) => ancestors.includes(id));
}
