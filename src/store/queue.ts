/** The queue of jobs: which one starts next, over all servers on the database. */
import type { Database, Value } from "./database.ts";
import { nextLane, type Served } from "./fair_order.ts";
import { callersInQueue, lineage, runningJobs } from "./nesting.ts";
import { mayStart } from "./places.ts";
import { type QueueLane, readyLanes } from "./queue_lanes.ts";

/** A job that was given a place. */
export interface Started {
  id: string;
  /** The server that has to run it. */
  owner: string;
}

/** Starts jobs in their order. */
export interface Queue {
  /** Puts in a job that was just recorded; to be called in the same transaction. */
  join(id: string): void;
  /** Lets the next job of a session come, after one of it has ended; in the same transaction. */
  release(sessionId: string): void;
  /**
   * Gives a place to the job whose turn it is, whichever server it belongs to: that server sees it
   * at its next look. Jobs of a server that does not renew its lease are passed over.
   *
   * @param self The server that asks.
   */
  claimNext(self: string, now: number): Started | undefined;
  /** Whether a running job may go on as one of another CLI. */
  mayMove(id: string, to: { cli: string; cliLimit: number | undefined }): boolean;
}

/** The queue in a database. */
export function createQueue(db: Database): Queue {
  return { join, release, claimNext, mayMove };

  /** A job is ready unless one of its session is, or runs. */
  function join(id: string): void {
    const { alone } = db.prepare(`SELECT NOT EXISTS (SELECT 1 FROM jobs AS other
      WHERE other.session_id = mine.session_id AND other.id <> mine.id
        AND other.status IN ('queued', 'running')) AS alone
      FROM jobs AS mine WHERE id = :id`).get({ id })!;
    if (alone === 1) makeReady(id);
  }

  function release(session: string): void {
    const next = db.prepare(`SELECT id FROM jobs WHERE session_id = :session AND status = 'queued'
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE session_id = :session
        AND (status = 'running' OR (status = 'queued' AND ready IS NOT NULL)))
      ORDER BY id LIMIT 1`).get({ session });
    if (next) makeReady(String(next["id"]));
  }

  function makeReady(id: string): void {
    db.prepare("UPDATE jobs SET ready = :tick WHERE id = :id").run({ id, tick: tick() });
  }

  /** The queue's own time. */
  function tick(): number {
    return Number(db.prepare("UPDATE queue SET tick = tick + 1 RETURNING tick").get()?.["tick"]);
  }

  function claimNext(self: string, now: number): Started | undefined {
    return db.transaction(() => {
      const alive = new Set([self, ...leased(now)]);
      const lanes = readyLanes(db).filter(({ owner }) => alive.has(owner));
      if (lanes.length === 0) return undefined;
      const [running, callers] = [runningJobs(db), callersInQueue(db)];
      const next = nextLane(lanes.filter((lane) => mayStart(lane, running, callers)), servedAt(db));
      return next && start(next, now);
    });
  }

  function leased(now: number): string[] {
    return db.prepare("SELECT id FROM owners WHERE lease_until > :now").all({ now })
      .map((row) => String(row["id"]));
  }

  function start({ name, ready, principal, owner, cwd }: QueueLane, now: number): Started {
    const { id } = db.prepare(`UPDATE jobs SET status = 'running', started_at = :now, ready = NULL
      WHERE id = (SELECT id FROM jobs INDEXED BY jobs_in_queue
        WHERE status = 'queued' AND lane = :name AND ready = :ready) RETURNING id`)
      .get({ name, ready, now })!;
    remember(principal, owner, cwd);
    return { id: String(id), owner };
  }

  /** Whose turn it was matters only to those who wait. */
  function remember(principal: string, owner: string, cwd: string): void {
    if (!db.prepare("SELECT 1 FROM jobs INDEXED BY jobs_in_queue WHERE status = 'queued'").get()) {
      db.prepare("DELETE FROM turns").run();
      return;
    }
    const served = tick();
    for (const [server, folder] of [["", ""], [owner, ""], [owner, cwd]] as const) {
      db.prepare(`INSERT INTO turns (principal, owner, cwd, served)
        VALUES (:principal, :server, :folder, :served)
        ON CONFLICT (principal, owner, cwd) DO UPDATE SET served = :served`)
        .run({ principal, server, folder, served });
    }
  }

  function mayMove(
    id: string,
    { cli, cliLimit }: { cli: string; cliLimit: number | undefined },
  ): boolean {
    const parent = db.prepare("SELECT parent_id FROM jobs WHERE id = :id").get({ id });
    const others = runningJobs(db).filter((job) => job.id !== id);
    // Its place among the jobs of all CLIs it has already.
    const moved = { cli, cliLimit, limit: Infinity, ancestors: lineage(db, parent?.["parent_id"]) };
    return mayStart(moved, others, callersInQueue(db));
  }
}

/** When each principal, server and folder had its last turn. */
export function servedAt(db: Database): Served {
  const turns = new Map<string, number>();
  const key = (...names: (Value | undefined)[]) => JSON.stringify(names);
  for (const { principal, owner, cwd, served } of db.prepare("SELECT * FROM turns").all()) {
    turns.set(key(principal, owner, cwd), Number(served));
  }
  return (principal, owner = "", cwd = "") => turns.get(key(principal, owner, cwd));
}
