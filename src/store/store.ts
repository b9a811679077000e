/** All that aimux keeps: the tables, and the folder with the output of jobs. */
import { narrow } from "../lib/private_files.ts";
import { adoptJob } from "./adopt.ts";
import { type BreakerTable, createBreakerTable } from "./breakers.ts";
import { type Database, openDatabase } from "./database.ts";
import { checkDatabase, type DatabaseCheck, lostProblem } from "./check_database.ts";
import type { Job } from "./job.ts";
import { createJobTable, type JobTable } from "./jobs.ts";
import { createLeftoverTable, type LeftoverTable } from "./leftovers.ts";
import { createMetricsTable, type MetricsTable } from "./metrics.ts";
import { damageNotices } from "./notices.ts";
import { createOwnerTable, type OwnerTable } from "./owners.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createQueueView, type QueueView } from "./queue_view.ts";
import { createPages, type Pages, placeOf, type StorePlace } from "./space.ts";
import { createSessionTable, type Session, type SessionTable } from "./sessions.ts";

/** The store of one server; several servers may have the same database open. */
export interface Store {
  jobs: JobTable;
  sessions: SessionTable;
  owners: OwnerTable;
  metrics: Omit<MetricsTable, "record">;
  breakers: BreakerTable;
  queue: Pick<Queue, "claimNext" | "mayMove"> & QueueView;
  leftovers: LeftoverTable;
  /** Why what is recorded now may be lost, in words; undefined while all is well. */
  lost(): string | undefined;
  /** What everybody who uses it should know. */
  notices(): string[];
  /** How the database is, found out by writing to it. Never throws. */
  check(now: number): DatabaseCheck;
  /** Runs `work` in one transaction. */
  transaction: Database["transaction"];
  /** Reads in `work` all see the database as it is at one moment. */
  snapshot: Database["snapshot"];
  /** The files of a job. */
  files(jobId: string): JobFiles;
  /** Records a job that has ended in a database that was lost, with its session. */
  adopt(session: Session, job: Job): void;
  /** A folder for what aimux keeps for CLIs, such as a chat history. */
  stateDir: string;
  /** The database and its folders. */
  place: StorePlace;
  /** What of the database is in use, and a way to give back the rest. */
  pages: Pages;
  /** Deletes a session with its jobs, their files, and what is kept for it in that folder. */
  removeSession(id: string): void;
  /**
   * Does so with those of the sessions that were not used since a time and have no unfinished job.
   *
   * @returns For each that was deleted its id and those of its jobs.
   */
  removeUnused(ids: readonly string[], before: number): string[][];
  /** Which of these ids are of no job and no session. */
  unknown(ids: readonly string[]): Set<string>;
  close(): void;
}

/** Where the output of a job lies. */
export interface JobFiles {
  stdout: string;
  stderr: string;
  /** The decoded answer, written only where it was too long for the result. */
  answer: string;
  /** How it ended, as long as the database could not take that. */
  end: string;
}

/**
 * Opens the store beside its database: `output/` and `state/` lie in the same folder.
 *
 * @param db The database at that path, where it is open already.
 * @throws AimuxError `storage`
 */
export function openStore(path: string, db: Database = openDatabase(path)): Store {
  const place = placeOf(path);
  const { outputDir, stateDir } = place;
  for (const dir of [outputDir, stateDir]) {
    Deno.mkdirSync(dir, { recursive: true, mode: 0o700 });
    narrow(dir, 0o700);
  }

  const files = (jobId: string): JobFiles => ({
    stdout: `${outputDir}/${jobId}.stdout`,
    stderr: `${outputDir}/${jobId}.stderr`,
    answer: `${outputDir}/${jobId}.answer`,
    end: `${outputDir}/${jobId}.end`,
  });

  const metrics = createMetricsTable(db);
  const queue = createQueue(db);
  const view = createQueueView(db);
  const jobs = createJobTable(db, { metrics, queue, view });
  const sessions = createSessionTable(db);

  return {
    jobs,
    sessions,
    owners: createOwnerTable(db),
    metrics,
    breakers: createBreakerTable(db),
    queue: { ...queue, ...view },
    leftovers: createLeftoverTable(db),
    lost() {
      const lost = db.lost();
      return lost && lostProblem(path, lost);
    },
    notices: () => damageNotices(path),
    check: (now) => checkDatabase(db, path, now),
    transaction: db.transaction,
    snapshot: db.snapshot,
    files,
    adopt: (session, job) => adoptJob(db, { jobs, sessions }, session, job),
    stateDir,
    place,
    pages: createPages(db),
    removeSession(id) {
      const owners = [id, ...jobs.idsOf(id)];
      sessions.remove(id);
      removeFilesOf(owners);
    },
    removeUnused(ids, before) {
      const gone = db.transaction(() =>
        ids.flatMap((id) => {
          const owners = [id, ...jobs.idsOf(id)];
          return sessions.removeUnused(id, before) ? [owners] : [];
        })
      );
      removeFilesOf(gone.flat());
      return gone;
    },
    unknown(ids) {
      const rows = db.prepare(`SELECT value FROM json_each(:ids)
        WHERE value NOT IN (SELECT id FROM jobs) AND value NOT IN (SELECT id FROM sessions)`)
        .all({ ids: JSON.stringify(ids) });
      return new Set(rows.map((row) => String(row["value"])));
    },
    close: db.close,
  };

  /** What cannot be removed now belongs to nobody, and is removed by the upkeep. */
  function removeFilesOf(owners: readonly string[]): void {
    for (const owner of owners) Object.values(files(owner)).forEach(removeQuietly);
    for (const { name } of Deno.readDirSync(stateDir)) {
      if (owners.some((owner) => name.startsWith(`${owner}.`))) {
        removeQuietly(`${stateDir}/${name}`);
      }
    }
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was not there.
  }
}
