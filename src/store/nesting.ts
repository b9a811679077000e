/** Jobs that were called by the CLIs of other jobs. */
import type { Database, Value } from "./database.ts";
import type { RunningJob } from "./places.ts";

/** The jobs whose CLIs led to a job, from its parent's on, the nearest first. */
export function lineage(db: Database, parentId: Value | undefined): string[] {
  if (typeof parentId !== "string") return [];
  return db.prepare(`WITH RECURSIVE up (id, parent_id, height) AS (
      SELECT id, parent_id, 0 FROM jobs WHERE id = :parentId
      UNION ALL SELECT jobs.id, jobs.parent_id, height + 1 FROM up
        JOIN jobs ON jobs.id = up.parent_id
    ) SELECT id FROM up ORDER BY height`).all({ parentId }).map((row) => String(row["id"]));
}

/** All jobs that run, over all servers. */
export function runningJobs(db: Database): RunningJob[] {
  return db.prepare("SELECT id, cli, parent_id FROM jobs WHERE status = 'running'").all()
    .map((row) => ({
      id: String(row["id"]),
      cli: String(row["cli"]),
      ancestors: lineage(db, row["parent_id"]),
    }));
}

/** The jobs that have called others which wait in the queue. */
export function callersInQueue(db: Database): Set<string> {
  return new Set(
    db.prepare(`SELECT DISTINCT parent_id FROM jobs INDEXED BY jobs_by_parent
      WHERE parent_id IS NOT NULL AND status = 'queued'`).all().flatMap((row) =>
      lineage(db, row["parent_id"])
    ),
  );
}
