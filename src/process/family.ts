/** Finds what a process has started, also what left its group and lost its parents. */
import { hasVariable, type ProcessEntry, processEntry, processTable } from "./process_table.ts";

/** What is known of the process that everything began with. */
export interface Root {
  /** Its pid, which is the id of the group and the session it was made the leader of. */
  leader: number;
  /** When it started, in clock ticks since boot; nothing of its family is older. */
  startTicks: number;
  /** A variable in its environment that no other family has. */
  marker?: Marker;
  /**
   * This process started it and has not lost sight of it, so that its group and session are its
   * own also after its end, until its pid is given again.
   */
  inSight?: boolean;
}

/** A variable with its value. */
export interface Marker {
  name: string;
  value: string;
}

/** How a family is looked for. */
export interface Search {
  /** Members that were found before: what descends from them belongs to the family too. */
  known?: ReadonlyMap<number, number>;
  /** Only processes with such a pid are looked at. */
  among?: (pid: number) => boolean;
}

/**
 * The processes of a family that run: the leader, its group and session, all who descend from
 * them, and all who carry the marker; `setsid` and a parent's end hide from the first ones, a
 * cleaned environment from the last.
 *
 * Where the leader is out of sight, group and session count only as long as it is there, be it as a
 * zombie, or a member is known to be in them: their id is its pid, which after the whole family's
 * end may have become somebody else's.
 *
 * @returns undefined where the processes cannot be listed.
 */
export function familyOf(
  { leader, startTicks, marker, inSight = false }: Root,
  { known = new Map(), among }: Search = {},
): ProcessEntry[] | undefined {
  const table = processTable(among)?.filter((entry) =>
    entry.startTicks >= startTicks && entry.pid !== Deno.pid
  );
  if (!table) return undefined;
  const holder = processEntry(leader, true);
  // While a group or a session has a member, nobody else is given its id as a pid.
  const leads = holder ? holder.startTicks === startTicks : inSight;
  const family = new Map<number, ProcessEntry>();
  for (const entry of table) {
    const { pid } = entry;
    const certain = (pid === leader && entry.startTicks === startTicks) ||
      known.get(pid) === entry.startTicks ||
      (marker && hasVariable(pid, marker.name, marker.value));
    if (certain) family.set(pid, entry);
  }
  for (let size = -1; size !== family.size;) {
    size = family.size;
    const own = leads || [...family.values()].some((entry) => isIn(leader, entry));
    for (const entry of table) {
      if (family.has(entry.parent) || (own && isIn(leader, entry))) family.set(entry.pid, entry);
    }
  }
  return [...family.values()];
}

function isIn(leader: number, { group, session }: ProcessEntry): boolean {
  return group === leader || session === leader;
}
