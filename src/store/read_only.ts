/** The tables of a database that is only looked into. */
import { type BreakerTable, createBreakerTable } from "./breakers.ts";
import { type Database, openDatabaseForReading } from "./database.ts";
import { createJobTable, type JobTable } from "./jobs.ts";
import { createLeftoverTable, type LeftoverTable } from "./leftovers.ts";
import { createMetricsTable } from "./metrics.ts";
import { createOwnerTable, type OwnerTable } from "./owners.ts";
import { createQueue } from "./queue.ts";
import { createQueueView } from "./queue_view.ts";
import { createSessionTable, type SessionTable } from "./sessions.ts";

/** What can be read of a store. */
export interface ReadOnlyStore extends Disposable {
  jobs: Pick<JobTable, "find" | "bySession" | "newest" | "unfinished" | "count">;
  sessions: Pick<SessionTable, "find" | "count">;
  owners: Pick<OwnerTable, "all">;
  /** Absent where the database is of an aimux that knew none. */
  breakers?: BreakerTable;
  /** The same. */
  leftovers?: Pick<LeftoverTable, "all">;
}

/**
 * Opens a store for reading; nothing is created or changed.
 *
 * @returns undefined where there is none yet.
 * @throws AimuxError `storage` where it cannot be read.
 */
export function openReadOnly(path: string): ReadOnlyStore | undefined {
  const db = openDatabaseForReading(path);
  return db && {
    jobs: createJobTable(db, {
      metrics: createMetricsTable(db),
      queue: createQueue(db),
      view: createQueueView(db),
    }),
    sessions: createSessionTable(db),
    owners: createOwnerTable(db),
    ...hasTable(db, "breakers") && { breakers: createBreakerTable(db) },
    ...hasTable(db, "leftovers") && { leftovers: createLeftoverTable(db) },
    [Symbol.dispose]: () => db.close(),
  };
}

function hasTable(db: Database, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = :name").get({ name }) !== undefined;
}
