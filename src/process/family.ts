/** Finds what a process has started, also what left its group and lost its parents. */
import { hasVariable, type ProcessEntry, processTable } from "./process_table.ts";

/** What is known of the process that everything began with. */
export interface Root {
  /** Its pid, which is the id of the group and the session it was made the leader of. */
  leader: number;
  /** When it started, in clock ticks since boot; nothing of its family is older. */
  startTicks: number;
  /** A variable in its environment that no other family has. */
  marker?: { name: string; value: string };
}

/**
 * The processes of a family that run: the leader, its group and session, all who descend from
 * them, and all who carry the marker; `setsid` and a parent's end hide from the first ones, a
 * cleaned environment from the last.
 *
 * Group and session count only as long as the leader runs or a member carries the marker: their id
 * is the leader's pid, which after the whole family's end may have become somebody else's.
 *
 * @returns undefined where the processes cannot be listed.
 */
export function familyOf({ leader, startTicks, marker }: Root): ProcessEntry[] | undefined {
  const table = processTable()?.filter((entry) => entry.startTicks >= startTicks);
  if (!table) return undefined;
  const family = new Map<number, ProcessEntry>();
  const first = table.find(({ pid }) => pid === leader);
  if (first?.startTicks === startTicks) family.set(leader, first);
  if (marker) {
    for (const entry of table) {
      if (hasVariable(entry.pid, marker.name, marker.value)) family.set(entry.pid, entry);
    }
  }
  const own = [...family.values()].some(({ group, session }) =>
    group === leader || session === leader
  );
  for (let size = -1; size !== family.size;) {
    size = family.size;
    for (const entry of table) {
      const related = family.has(entry.parent) ||
        (own && (entry.group === leader || entry.session === leader));
      if (related) family.set(entry.pid, entry);
    }
  }
  family.delete(Deno.pid);
  return [...family.values()];
}
