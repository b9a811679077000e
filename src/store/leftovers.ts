/** The table of leftovers: processes of jobs that could not be ended. */
import type { Database } from "./database.ts";

/** A process that goes on although its job has ended. */
export interface Leftover {
  pid: number;
  /** Tells it from a later process with the same pid. */
  startTime: string;
  jobId: string;
  cli: string;
  /** When it was first told, in milliseconds since the epoch. */
  since: number;
}

/** Reads and changes leftovers. */
export interface LeftoverTable {
  /** Adds one; one that is known keeps what is known of it. */
  add(leftover: Leftover): void;
  /** The oldest first. */
  all(): Leftover[];
  remove(leftover: Pick<Leftover, "pid" | "startTime">): void;
}

/** The table of leftovers in a database. */
export function createLeftoverTable(db: Database): LeftoverTable {
  return {
    add({ pid, startTime, jobId, cli, since }) {
      db.prepare(`INSERT INTO leftovers (pid, start_time, job_id, cli, since)
        VALUES (:pid, :start, :job, :cli, :since) ON CONFLICT DO NOTHING`)
        .run({ pid, start: startTime, job: jobId, cli, since });
    },
    all: () =>
      db.prepare("SELECT * FROM leftovers ORDER BY since, pid").all().map((row) => ({
        pid: Number(row["pid"]),
        startTime: String(row["start_time"]),
        jobId: String(row["job_id"]),
        cli: String(row["cli"]),
        since: Number(row["since"]),
      })),
    remove({ pid, startTime }) {
      db.prepare("DELETE FROM leftovers WHERE pid = :pid AND start_time = :start")
        .run({ pid, start: startTime });
    },
  };
}
