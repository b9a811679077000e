/** Ends a process with all that it has started, and makes sure of it. */
import type { Clock } from "../lib/clock.ts";
import { familyOf, type Marker } from "./family.ts";
import { lastPid, type ProcessEntry, processEntry, processTable } from "./process_table.ts";
import type { SpawnPlan } from "./launcher.ts";
import type { Left } from "./left.ts";
import type { EndSignal, Signal, Signals } from "./signals.ts";
import { startTimeOf, ticksOf } from "./start_time.ts";
import type { JobObject } from "./windows/job_object.ts";

/** How often the family is looked at while it ends: no event tells of a grandchild's end. */
const LOOK_MS = 20;
/** How long a signal takes. */
const MOMENT_MS = 1;
/** How long killed processes may take to disappear. */
const KILL_WAIT_MS = 2000;
/** After so many looks at those that are known all are looked for: one that stays may start others. */
const LOOKS_AT_KNOWN = 5;
/** Whoever starts others for so long cannot be stopped. */
const MOST_LOOKS = 100;

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
  /** What keeps it together with all that it has started, where that is no group (Windows). */
  held?: JobObject | undefined;
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
): (graceMs: number) => Promise<Left[]> {
  const startedAt = clock.now();
  const held = signals.hold?.(pid);
  const value = marker === undefined ? undefined : env[marker];
  return (graceMs) =>
    endTree({
      child,
      leader: pid,
      startTicks: ticksOf(startTime),
      ...marker !== undefined && value !== undefined && { marker: { name: marker, value } },
      held,
      young: clock.now() - startedAt < YOUNG_MS,
      graceMs,
      clock,
      signals,
    });
}

/**
 * SIGTERM to the group and to what has left it, SIGKILL after the grace, again and again as long as
 * more of them come; then a check that nothing is left. Before both they are stopped: else one could
 * start another, end, and leave nobody to tell whose that is. A stopped process ends by SIGTERM only
 * when it goes on, hence SIGCONT. A pid is signalled only while its start time is the one that was
 * seen.
 *
 * Where the processes of the machine cannot be listed it is the group alone, and where groups are
 * out of reach the child alone.
 *
 * @returns The processes that are left, normally none.
 */
export async function endTree(options: EndTreeOptions): Promise<Left[]> {
  const { leader, graceMs, clock, signals, child } = options;
  if (signals.reach === "child" || signals.hold) return await endChild(options);
  /** Every member that was seen, with its start time. */
  const known = new Map<number, number>();
  const first = look();
  if (first.length === 0) return [];

  const members = await freeze(first);
  signal(members, "SIGTERM");
  signal(members, "SIGCONT");
  if (await gone()) return [];
  await kill();
  return look().map(({ pid }) => ({ pid, startTime: startTimeOf(pid) }));

  /** The members that run. */
  function look(): Member[] {
    const family = membersOf(options, known);
    if (!family) return signals.groupExists(leader) ? [{ pid: leader, group: leader }] : [];
    for (const { pid, startTicks } of family) known.set(pid, startTicks);
    return family;
  }

  function signal(members: readonly Member[], name: Signal): void {
    if (members.some(({ group }) => group === leader)) signals.group(leader, name);
    for (const { pid, group } of members) {
      if (group !== leader && isStill(pid, known.get(pid))) signals.process(pid, name);
    }
  }

  /** Stops the members, until a look finds none that is new, and returns them. */
  async function freeze(members: Member[]): Promise<Member[]> {
    const stopped = new Set<number>();
    for (let looks = 0;; looks++) {
      const come = members.filter(({ pid }) => !stopped.has(pid));
      const over = come.length === 0 || looks === MOST_LOOKS;
      if (over || options.startTicks === undefined) return members;
      signal(come, "SIGSTOP");
      for (const { pid } of come) stopped.add(pid);
      // Its other threads stop a moment later.
      await clock.delay(MOMENT_MS);
      members = look();
    }
  }

  /** Whether all end within the grace. */
  async function gone(): Promise<boolean> {
    const deadline = clock.now() + graceMs;
    // The leader's end is an event; only what outlives it has to be looked for.
    if (child) await endsWithin(graceMs, child, clock);
    for (;;) {
      if (!someKnown() && look().length === 0) return true;
      if (clock.now() >= deadline) return false;
      await clock.delay(LOOK_MS);
    }
  }

  /** What is started while the others are killed is found at the next look, which then is at once. */
  async function kill(): Promise<void> {
    const deadline = clock.now() + KILL_WAIT_MS;
    const killed = new Set<number>();
    await freeze(look());
    for (;;) {
      const members = look();
      if (members.length === 0) return;
      const come = members.filter(({ pid }) => !killed.has(pid));
      if (come.length > 0) signal(members, "SIGKILL");
      for (const { pid } of come) killed.add(pid);
      let looks = 0;
      do {
        if (clock.now() >= deadline) return;
        await clock.delay(come.length > 0 ? MOMENT_MS : LOOK_MS);
      } while (come.length === 0 && someKnown() && ++looks < LOOKS_AT_KNOWN);
    }
  }

  /** Those that are known are asked first: to list all processes takes long. */
  function someKnown(): boolean {
    return [...known].some(([pid, ticks]) => isStill(pid, ticks));
  }
}

/** What has to be known of a process to signal it. */
type Member = Pick<ProcessEntry, "pid" | "group">;

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

/** Where groups are out of reach the child alone is ended, or what is held together with it. */
async function endChild(options: EndTreeOptions): Promise<Left[]> {
  const { child, held, leader, graceMs, clock } = options;
  if (!child) return [];
  send(child, "SIGTERM");
  let ended = await endsWithin(graceMs, child, clock);
  held?.terminate();
  if (!ended) send(child, "SIGKILL");
  ended ||= await endsWithin(KILL_WAIT_MS, child, clock);
  const deadline = clock.now() + KILL_WAIT_MS;
  while (held && held.members().length > 0 && clock.now() < deadline) await clock.delay(LOOK_MS);
  const left = new Set([...ended ? [] : [leader], ...held?.members() ?? []]);
  if (left.size === 0) held?.close();
  return [...left].map((pid) => ({ pid, startTime: startTimeOf(pid) }));
}

async function endsWithin(milliseconds: number, child: Leader, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const ended = child.ended.then(() => true);
  const late = clock.delay(milliseconds, over.signal).then(() => false);
  return await Promise.race([ended, late]).finally(() => over.abort());
}

function send(child: Leader, signal: EndSignal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}
