/** Looks at the queue: who waits, at which place, and for what. */
import type { Database, Value } from "./database.ts";
import { placeInQueue } from "./fair_order.ts";
import { runningJobs } from "./nesting.ts";
import { holders } from "./places.ts";
import { servedAt } from "./queue.ts";
import { countedLanes, laneKey } from "./queue_lanes.ts";

/** A job that has to end before another one starts. */
export interface Predecessor {
  cli: string;
  role: string;
  /** Undefined where it waits itself. */
  startedAt: number | undefined;
}

/** What a job in the queue waits for. */
export interface Outlook {
  /** How many jobs start before it, and it. */
  place: number;
  cli: string;
  role: string;
  /** How many jobs may run at once. */
  limit: number;
  /** How many of its CLI may, where its profile says. */
  cliLimit: number | undefined;
  /** How many jobs of its CLI wait longer than it, and it. */
  placeOfCli: number;
  /** The jobs that hold a place. */
  running: Predecessor[];
  /** The unfinished jobs of its session that come before it. */
  session: Predecessor[];
  /** How many jobs wait for which CLI; there may be several counts for one. */
  waiting: { cli: string; count: number }[];
}

/** Reads the queue. */
export interface QueueView {
  /**
   * The places of those of the jobs that are queued, 1 is next: how many start before it, and it, if
   * no other job comes and none has to let others pass.
   */
  places(ids: readonly string[]): Map<string, number>;
  /** What a job waits for; undefined where it is not queued. */
  outlook(id: string): Outlook | undefined;
  /** How many jobs of a server are queued. */
  countOf(owner: string): number;
  /** The jobs of a server that have not ended, by their ids. */
  unfinishedOf(owner: string): Map<string, "queued" | "running">;
}

/** The view of the queue in a database. */
export function createQueueView(db: Database): QueueView {
  return { places, outlook, countOf, unfinishedOf };

  function places(ids: readonly string[]): Map<string, number> {
    const found = new Map<string, number>();
    const queued = ids.map(queuedJob).filter((row) => row !== undefined);
    if (queued.length === 0) return found;
    const lanes = countedLanes(db);
    const served = servedAt(db);
    for (const row of queued) {
      const mine = laneKey(String(row["lane"]));
      const folder = lanes.filter(({ principal, owner, cwd }) =>
        principal === mine.principal && owner === mine.owner && cwd === mine.cwd
      );
      const place = placeInFolder(row, folder.map(({ name }) => name));
      found.set(String(row["id"]), placeInQueue(mine, place, lanes, served));
    }
    return found;
  }

  /** A job that waits; one that an older aimux has recorded stands in no lane. */
  function queuedJob(id: string): Record<string, Value> | undefined {
    return db.prepare("SELECT * FROM jobs WHERE id = :id AND status = 'queued' AND lane <> ''")
      .get({ id });
  }

  /** Those that are ready come first; then the others, in the order in which they will be. */
  function placeInFolder({ id, ready }: Record<string, Value>, lanes: string[]): number {
    if (ready !== null) return readyUntil(Number(ready), lanes);
    const behind = `WITH line AS (SELECT id, status, lane, ready,
        row_number() OVER (PARTITION BY session_id ORDER BY id) AS turn FROM jobs
        WHERE status IN ('queued', 'running'))
      SELECT count(*) FROM line JOIN line AS mine ON mine.id = :id
        WHERE line.status = 'queued' AND line.lane IN (SELECT value FROM json_each(:lanes))
        AND line.ready IS NULL AND (line.turn, line.id) <= (mine.turn, mine.id)`;
    return readyUntil(Infinity, lanes) + count(behind, { id: id!, lanes: JSON.stringify(lanes) });
  }

  /** How many jobs of some lanes became ready until a tick. */
  function readyUntil(tick: number, lanes: readonly string[]): number {
    const until = Math.min(tick, Number.MAX_SAFE_INTEGER);
    return lanes.reduce((sum, lane) =>
      sum + count(
        `SELECT count(*) FROM jobs INDEXED BY jobs_in_queue
          WHERE status = 'queued' AND lane = :lane AND ready <= :until`,
        { lane, until },
      ), 0);
  }

  function outlook(id: string): Outlook | undefined {
    return db.snapshot(() => {
      const job = queuedJob(id);
      if (!job) return undefined;
      const { cli, limit, cliLimit } = laneKey(String(job["lane"]));
      const lanes = countedLanes(db);
      const ofCli = lanes.filter((lane) => lane.cli === cli).map(({ name }) => name);
      const holding = new Set(holders(runningJobs(db)).map((running) => running.id));
      return {
        place: places([id]).get(id)!,
        cli,
        role: String(job["role"]),
        limit,
        cliLimit,
        placeOfCli: 1 + readyUntil(Number(job["ready"] ?? Infinity) - 1, ofCli),
        running: db.prepare("SELECT id, cli, role, started_at FROM jobs WHERE status = 'running'")
          .all().filter((row) => holding.has(String(row["id"]))).map(predecessorOf),
        session: db.prepare(`SELECT cli, role, started_at FROM jobs WHERE session_id = :session
          AND id < :id AND status IN ('queued', 'running')`)
          .all({ id, session: job["session_id"]! }).map(predecessorOf),
        waiting: lanes.map((lane) => ({ cli: lane.cli, count: lane.length })),
      };
    });
  }

  function countOf(owner: string): number {
    return countedLanes(db).reduce(
      (sum, lane) => lane.owner === owner ? sum + lane.length : sum,
      0,
    );
  }

  function unfinishedOf(owner: string): Map<string, "queued" | "running"> {
    const rows = db.prepare(`SELECT id, status FROM jobs WHERE status IN ('queued', 'running')
      AND owner = :owner`).all({ owner });
    return new Map(
      rows.map((row) => [String(row["id"]), row["status"] === "queued" ? "queued" : "running"]),
    );
  }

  function count(sql: string, parameters: Record<string, Value>): number {
    return Number(Object.values(db.prepare(sql).get(parameters)!)[0]);
  }
}

function predecessorOf(row: Record<string, Value>): Predecessor {
  return {
    cli: String(row["cli"]),
    role: String(row["role"]),
    startedAt: number(row["started_at"]),
  };
}

function number(value: Value | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
