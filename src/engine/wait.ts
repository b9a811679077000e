/** What is told of a job that waits: its place, and when it will probably start. */
import type { Outlook, Predecessor } from "../store/queue_view.ts";
import { percentile } from "./percentile.ts";
import type { TypicalRuns } from "./typical_runs.ts";

/** A job's wait. */
export interface Wait {
  /** 1 is next. */
  place: number;
  /** Seconds from now; absent where no run is known to estimate it from. */
  startsInSeconds?: number;
}

/** Describes a wait. */
export function describeWait(
  outlook: Outlook,
  { typical, now }: { typical: TypicalRuns; now: number },
): Wait {
  const { place } = outlook;
  const ms = startsIn(outlook, (cli, role) => typical(cli, role), now);
  return { place, ...ms !== undefined && { startsInSeconds: Math.round(ms / 100) / 10 } };
}

/** The latest of what it waits for: a place among all, one of its CLI, the end of its session's. */
function startsIn(outlook: Outlook, typical: TypicalRuns, now: number): number | undefined {
  const { cli, role, running, session, waiting } = outlook;
  const known = [{ cli, role }, ...running, ...session]
    .map((run) => middle(typical(run.cli, run.role))).filter((ms) => ms !== undefined);
  if (known.length === 0) return undefined;
  const guess = known.reduce((sum, ms) => sum + ms) / known.length;
  const usual = (ofCli: string) => middle(typical(ofCli, role)) ?? guess;
  const rest = (run: Predecessor) => restOf(run, typical(run.cli, run.role), now) ?? guess;

  const jobs = waiting.reduce((sum, { count }) => sum + count, 0);
  const each = waiting.reduce((sum, of) => sum + of.count * usual(of.cli), 0) / Math.max(1, jobs);
  const free = timeUntilFree(running.map(rest), outlook.limit, outlook.place - 1, each);
  const ofCli = running.filter((run) => run.cli === cli).map(rest);
  return Math.max(
    free,
    timeUntilFree(ofCli, outlook.cliLimit ?? Infinity, outlook.placeOfCli - 1, usual(cli)),
    session.reduce((sum, run) => sum + rest(run), 0),
  );
}

/** How much longer a run takes: as those did that had taken longer than it has. */
function restOf(
  { startedAt }: Predecessor,
  durations: readonly number[],
  now: number,
): number | undefined {
  if (startedAt === undefined) return middle(durations);
  const elapsed = Math.max(0, now - startedAt);
  const longer = middle(durations.filter((ms) => ms > elapsed));
  return longer === undefined ? middle(durations) : longer - elapsed;
}

function middle(sorted: readonly number[]): number | undefined {
  return percentile(sorted, 50);
}

/**
 * When a place is free for the next job after those before it.
 *
 * @param rests How much longer each of those takes that hold a place.
 * @param places How many may hold one.
 * @param before How many jobs come before this one.
 * @param each How long each of them takes.
 */
function timeUntilFree(rests: number[], places: number, before: number, each: number): number {
  if (rests.length + before < places) return 0;
  // Of those beyond the limit nobody takes the place.
  const ends = rests.sort((one, other) => one - other).slice(Math.max(0, rests.length - places));
  while (ends.length < places) ends.unshift(0);
  for (let taken = 0; taken < before; taken++) {
    const end = ends.shift()! + each;
    const at = ends.findIndex((other) => other > end);
    ends.splice(at < 0 ? ends.length : at, 0, end);
  }
  return ends[0]!;
}
