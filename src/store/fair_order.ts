/**
 * The order in which waiting jobs start, so that nobody waits for another one's flood: principals
 * take turns; of a principal its servers, of a server its folders; within a folder whoever could
 * start first comes first.
 */

/** The jobs that wait on one server for one principal in one folder. */
export interface Lane {
  principal: string;
  owner: string;
  cwd: string;
  /** How many wait. */
  length: number;
  /** The queue's tick at which the first of them became ready; Infinity where none is. */
  ready: number;
}

/** The tick at which a principal, one of its servers, or a folder of that had its last turn. */
export type Served = (principal: string, owner?: string, cwd?: string) => number | undefined;

/** The lane whose turn it is, of those that are given: at each level the one that waits longest. */
export function nextLane<Given extends Lane>(
  lanes: readonly Given[],
  served: Served,
): Given | undefined {
  let left = lanes;
  for (const level of LEVELS) left = level(left, served)[0]?.lanes ?? [];
  return left.toSorted((one, other) => one.ready - other.ready)[0];
}

/**
 * The place in the queue of a job that is the `place`th of its lane, 1 for the next to start, if no
 * other job comes and none has to let others pass.
 */
export function placeInQueue(
  mine: Pick<Lane, "principal" | "owner" | "cwd">,
  place: number,
  lanes: readonly Lane[],
  served: Served,
): number {
  const ofPrincipal = lanes.filter(({ principal }) => principal === mine.principal);
  const ofServer = ofPrincipal.filter(({ owner }) => owner === mine.owner);
  const [principals, servers, folders] = LEVELS;
  const inServer = among(folders(ofServer, served), mine.cwd, place);
  const inPrincipal = among(servers(ofPrincipal, served), mine.owner, inServer);
  return among(principals(lanes, served), mine.principal, inPrincipal);
}

/** Those that take turns with one another at a level, the next first. */
interface Turn<Given extends Lane> {
  name: string;
  lanes: Given[];
}

type Level = <Given extends Lane>(lanes: readonly Given[], served: Served) => Turn<Given>[];

const LEVELS: [Level, Level, Level] = [
  (lanes, served) => turns(lanes, "principal", ({ principal }) => served(principal)),
  (lanes, served) => turns(lanes, "owner", ({ principal, owner }) => served(principal, owner)),
  (lanes, served) =>
    turns(lanes, "cwd", ({ principal, owner, cwd }) => served(principal, owner, cwd)),
];

/** Whoever had no turn since its jobs wait counts from their arrival: a newcomer comes last. */
function turns<Given extends Lane>(
  lanes: readonly Given[],
  by: "principal" | "owner" | "cwd",
  servedAt: (lane: Given) => number | undefined,
): Turn<Given>[] {
  return [...Map.groupBy(lanes, (lane) => lane[by])]
    .map(([name, members]) => {
      const ready = Math.min(...members.map((lane) => lane.ready));
      return { name, lanes: members, ready, since: Math.max(ready, servedAt(members[0]!) ?? 0) };
    })
    .sort((one, other) => compare(one.since, other.since) || compare(one.ready, other.ready));
}

/** The place among all of a level of what has a place within its own. */
function among(turns: readonly Turn<Lane>[], name: string, place: number): number {
  const own = turns.findIndex((turn) => turn.name === name);
  return turns.reduce((sum, { lanes }, at) => {
    if (at === own) return sum;
    const length = lanes.reduce((jobs, lane) => jobs + lane.length, 0);
    return sum + Math.min(length, at < own ? place : place - 1);
  }, place);
}

/** Also of two infinities, whose difference is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
