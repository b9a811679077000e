/**
 * The lanes of the queue: jobs that are alike in all that decides when they may start stand in one
 * lane, so that a look at the queue costs by the lanes, not by the jobs.
 */
import type { Database, Value } from "./database.ts";
import type { Lane } from "./fair_order.ts";
import { lineage } from "./nesting.ts";
import type { Candidate } from "./places.ts";

/** What jobs of a lane have in common. */
export interface LaneKey {
  principal: string;
  owner: string;
  /** The folder that they run in. */
  cwd: string;
  cli: string;
  /** The job whose CLI has called them. */
  parentId: string | undefined;
  /** How many jobs may run at once, these included. */
  limit: number;
  /** How many of their CLI may, where its profile says. */
  cliLimit: number | undefined;
}

/** A lane in which jobs wait. */
export interface QueueLane extends LaneKey, Lane, Candidate {
  /** Its name in the database. */
  name: string;
}

/** The name of a lane in the database. */
export function laneName(
  { principal, owner, cwd, cli, parentId, limit, cliLimit }: LaneKey,
): string {
  return JSON.stringify([principal, owner, cwd, cli, parentId ?? null, limit, cliLimit ?? null]);
}

/** What the name of a lane says. */
export function laneKey(name: string): LaneKey {
  const [principal, owner, cwd, cli, parentId, limit, cliLimit] = JSON.parse(name);
  return {
    principal,
    owner,
    cwd,
    cli,
    parentId: parentId ?? undefined,
    limit,
    cliLimit: cliLimit ?? undefined,
  };
}

/** The lanes that have a job which could start, with no count of their jobs. */
export function readyLanes(db: Database): QueueLane[] {
  return db.prepare(`${NAMES} SELECT name, 1 AS length, (SELECT min(ready) FROM jobs
      INDEXED BY jobs_in_queue WHERE status = 'queued' AND lane = name) AS ready
    FROM names WHERE name <> '' AND ready IS NOT NULL`).all().map((row) => laneOf(db, row));
}

/** All lanes, with how many jobs wait in each. */
export function countedLanes(db: Database): QueueLane[] {
  return db.prepare(`SELECT lane AS name, count(*) AS length, min(ready) AS ready FROM jobs
    INDEXED BY jobs_in_queue WHERE status = 'queued' AND lane <> '' GROUP BY lane`).all()
    .map((row) => laneOf(db, row));
}

function laneOf(db: Database, row: Record<string, Value>): QueueLane {
  const name = String(row["name"]);
  const key = laneKey(name);
  return {
    name,
    ...key,
    ancestors: lineage(db, key.parentId),
    length: Number(row["length"]),
    ready: row["ready"] === null ? Infinity : Number(row["ready"]),
  };
}

/** From one name to the next by the index, past all jobs between. */
const NAMES = `
  WITH RECURSIVE names (name) AS (
    SELECT min(lane) FROM jobs INDEXED BY jobs_in_queue WHERE status = 'queued'
    UNION ALL
    SELECT (SELECT min(lane) FROM jobs INDEXED BY jobs_in_queue
      WHERE status = 'queued' AND lane > name) FROM names WHERE name IS NOT NULL
  )
`;
