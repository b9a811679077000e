/** The tables of a database that is only looked into. */
import { openDatabaseForReading } from "./database.ts";
import { createJobTable, type JobTable } from "./jobs.ts";
import { createMetricsTable } from "./metrics.ts";
import { createOwnerTable, type OwnerTable } from "./owners.ts";
import { createSessionTable, type SessionTable } from "./sessions.ts";

/** What can be read of a store. */
export interface ReadOnlyStore extends Disposable {
  jobs: Pick<JobTable, "find" | "bySession" | "newest" | "unfinished" | "count">;
  sessions: Pick<SessionTable, "find" | "list" | "count">;
  owners: Pick<OwnerTable, "all">;
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
    jobs: createJobTable(db, createMetricsTable(db)),
    sessions: createSessionTable(db),
    owners: createOwnerTable(db),
    [Symbol.dispose]: () => db.close(),
  };
}
