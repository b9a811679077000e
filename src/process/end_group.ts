/** Ends a process with its whole group, and makes sure of it. */
import type { Clock } from "../lib/clock.ts";
import { runningMembers } from "./proc.ts";
import type { EndSignal, Signals } from "./signals.ts";

/** How often the group is looked at while it ends: no event tells of a grandchild's end. */
const LOOK_MS = 20;
/** How long a killed group may take to disappear. */
const KILL_WAIT_MS = 2000;

/** A leader that this process started. */
export interface Leader {
  /** Resolves when it has ended. */
  ended: Promise<unknown>;
  /** Signals it alone; may throw where it has ended. */
  kill(signal: EndSignal): void;
}

/** What to end and by which means. */
export interface EndGroupOptions {
  /** The leader, where this process started it. */
  child?: Leader;
  /** The leader's pid, which is the group's id. */
  leader: number;
  graceMs: number;
  clock: Clock;
  signals: Signals;
}

/**
 * SIGTERM to the group, SIGKILL after the grace, then a check that nothing is left.
 *
 * @returns The pids that are left, normally none.
 */
export async function endGroup(options: EndGroupOptions): Promise<number[]> {
  const { leader, graceMs, clock, signals, child } = options;
  if (signals.reach === "child") return await endChild(options);
  if (!signals.groupExists(leader) || left().length === 0) return [];

  signal("SIGTERM");
  if (await gone(graceMs)) return [];
  signal("SIGKILL");
  await gone(KILL_WAIT_MS);
  return left();

  function signal(name: EndSignal): void {
    signals.group(leader, name);
  }

  function left(): number[] {
    return runningMembers(leader) ?? (signals.groupExists(leader) ? [leader] : []);
  }

  async function gone(milliseconds: number): Promise<boolean> {
    const deadline = clock.now() + milliseconds;
    // The leader's end is an event; only what outlives it has to be looked for.
    const over = new AbortController();
    if (child) await Promise.race([child.ended, clock.delay(milliseconds, over.signal)]);
    over.abort();
    while (left().length > 0) {
      if (clock.now() >= deadline) return false;
      await clock.delay(LOOK_MS);
    }
    return true;
  }
}

/** Where groups are out of reach the child alone is ended. */
async function endChild({ child, graceMs, clock }: EndGroupOptions): Promise<number[]> {
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
