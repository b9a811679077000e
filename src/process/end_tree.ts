/** Ends a process with all that it has started, and makes sure of it. */
import type { Clock } from "../lib/clock.ts";
import { familyOf, type Marker } from "./family.ts";
import { lastPid, type ProcessEntry, processEntry, processTable } from "./process_table.ts";
import type { SpawnPlan } from "./launcher.ts";
import type { EndSignal, Signals } from "./signals.ts";
import { ticksOf } from "./start_time.ts";

/** How often the family is looked at while it ends: no event tells of a grandchild's end. */
const LOOK_MS = 20;
/** How long killed processes may take to disappear. */
const KILL_WAIT_MS = 2000;

/** A leader that this process started. */
export interface Leader {
  /** Resolves when it has ended. */
  ended: Promise<unknown>;
  /** Signals it alone; may throw where it has ended. */
  kill(signal: EndSignal): void;
}

/** What to end and by which means. */
export interface EndTreeOptions {
  /** The leader, where this process started it. */
  child?: Leader;
  /** The leader's pid, which is the id of its group and session. */
  leader: number;
  /** When the leader started, in clock ticks since boot; undefined where nobody can tell. */
  startTicks: number | undefined;
  /** A variable in the leader's environment that no other family has. */
  marker?: Marker | undefined;
  /** It was started a moment ago, so that pids tell what came after it. */
  young?: boolean;
  graceMs: number;
  clock: Clock;
  signals: Signals;
}

/** How long after its start a process counts as young: pids do not go round faster. */
const YOUNG_MS = 1000;

/** What ends a process of a launcher. Call it right after the start. */
export function treeEnder(
  { marker, env }: Pick<SpawnPlan, "marker" | "env">,
  { pid, startTime, child }: { pid: number; startTime: string | undefined; child: Leader },
  { clock, signals }: Pick<EndTreeOptions, "clock" | "signals">,
): (graceMs: number) => Promise<number[]> {
  const startedAt = clock.now();
  const value = marker === undefined ? undefined : env[marker];
  return (graceMs) =>
    endTree({
      child,
      leader: pid,
      startTicks: ticksOf(startTime),
      ...marker !== undefined && value !== undefined && { marker: { name: marker, value } },
      young: clock.now() - startedAt < YOUNG_MS,
      graceMs,
      clock,
      signals,
    });
}

/**
 * SIGTERM to the group and to what has left it, SIGKILL after the grace, then a check that nothing
 * is left. A pid is signalled only while its start time is the one that was seen.
 *
 * Where the processes of the machine cannot be listed it is the group alone, and where groups are
 * out of reach the child alone.
 *
 * @returns The pids that are left, normally none.
 */
export async function endTree(options: EndTreeOptions): Promise<number[]> {
  const { leader, graceMs, clock, signals, child } = options;
  if (signals.reach === "child") return await endChild(options);
  /** Every member that was seen, with its start time. */
  const known = new Map<number, number>();
  if (look().length === 0) return [];

  signal("SIGTERM");
  if (await gone(graceMs)) return [];
  signal("SIGKILL");
  await gone(KILL_WAIT_MS, () => signal("SIGKILL"));
  return look().map(({ pid }) => pid);

  /** The members that run. */
  function look(): Pick<ProcessEntry, "pid" | "group">[] {
    const family = membersOf(options, known);
    if (!family) return signals.groupExists(leader) ? [{ pid: leader, group: leader }] : [];
    for (const { pid, startTicks } of family) known.set(pid, startTicks);
    return family;
  }

  function signal(name: EndSignal): void {
    const members = look();
    if (members.some(({ group }) => group === leader)) signals.group(leader, name);
    for (const { pid, group } of members) {
      if (group !== leader && isStill(pid, known.get(pid))) signals.process(pid, name);
    }
  }

  /** Whether all have ended within the time; `again` is called for those that came meanwhile. */
  async function gone(milliseconds: number, again?: () => void): Promise<boolean> {
    const deadline = clock.now() + milliseconds;
    // The leader's end is an event; only what outlives it has to be looked for.
    const over = new AbortController();
    if (child) await Promise.race([child.ended, clock.delay(milliseconds, over.signal)]);
    over.abort();
    for (;;) {
      // Those that are known are asked first: to list all processes takes long.
      const some = [...known].some(([pid, ticks]) => isStill(pid, ticks));
      if (!some && look().length === 0) return true;
      if (!some) again?.();
      if (clock.now() >= deadline) return false;
      await clock.delay(LOOK_MS);
    }
  }
}

function isStill(pid: number, startTicks: number | undefined): boolean {
  return processEntry(pid)?.startTicks === startTicks && startTicks !== undefined;
}

function membersOf(
  { leader, startTicks, marker, young, signals, child }: EndTreeOptions,
  known: ReadonlyMap<number, number>,
): ProcessEntry[] | undefined {
  if (startTicks !== undefined) {
    const among = young && known.size === 0 && !signals.groupExists(leader)
      ? startedAfter(leader)
      : undefined;
    const root = { leader, startTicks, inSight: child !== undefined, ...marker && { marker } };
    return familyOf(root, {
      known,
      ...among && { among },
    });
  }
  return processTable()?.filter(({ group, pid }) => group === leader && pid !== Deno.pid);
}

/** Which pids were given after this one, as long as the numbers have not gone round twice. */
function startedAfter(leader: number): ((pid: number) => boolean) | undefined {
  const last = lastPid();
  if (last === undefined) return undefined;
  return last >= leader
    ? (pid) => pid >= leader && pid <= last
    : (pid) => pid >= leader || pid <= last;
}

/** Where groups are out of reach the child alone is ended. */
async function endChild({ child, graceMs, clock }: EndTreeOptions): Promise<number[]> {
  if (!child) return [];
  const over = new AbortController();
  send(child, "SIGTERM");
  await Promise.race([child.ended, clock.delay(graceMs, over.signal)]);
  over.abort();
  send(child, "SIGKILL");
  await child.ended;
  return [];
}

function send(child: Leader, signal: EndSignal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}
