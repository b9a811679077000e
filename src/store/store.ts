/** All that aimux keeps: the tables, and the folder with the output of jobs. */
import { type Database, openDatabase } from "./database.ts";
import { createJobTable, type JobTable } from "./jobs.ts";
import { createOwnerTable, type OwnerTable } from "./owners.ts";
import { createSessionTable, type SessionTable } from "./sessions.ts";

/** The store of one server; several servers may have the same database open. */
export interface Store {
  jobs: JobTable;
  sessions: SessionTable;
  owners: OwnerTable;
  /** Runs `work` in one transaction. */
  transaction: Database["transaction"];
  /** The files of a job. */
  files(jobId: string): JobFiles;
  /** Deletes the files of a job. */
  removeFiles(jobId: string): void;
  /** A folder for what aimux keeps for CLIs, such as a chat history. */
  stateDir: string;
  /** Deletes what is kept for a session in that folder. */
  removeState(sessionId: string): void;
  close(): void;
}

/** Where the output of a job lies. */
export interface JobFiles {
  stdout: string;
  stderr: string;
  /** The decoded answer, written only where it was too long for the result. */
  answer: string;
}

/**
 * Opens the store beside its database: `output/` and `state/` lie in the same folder.
 *
 * @throws AimuxError `storage`
 */
export function openStore(path: string): Store {
  const db = openDatabase(path);
  const folder = path.replace(/[^/\\]*$/, "");
  const outputDir = `${folder}output`;
  const stateDir = `${folder}state`;
  for (const dir of [outputDir, stateDir]) Deno.mkdirSync(dir, { recursive: true, mode: 0o700 });

  const files = (jobId: string): JobFiles => ({
    stdout: `${outputDir}/${jobId}.stdout`,
    stderr: `${outputDir}/${jobId}.stderr`,
    answer: `${outputDir}/${jobId}.answer`,
  });

  return {
    jobs: createJobTable(db),
    sessions: createSessionTable(db),
    owners: createOwnerTable(db),
    transaction: db.transaction,
    files,
    removeFiles(jobId) {
      for (const path of Object.values(files(jobId))) {
        try {
          Deno.removeSync(path);
        } catch (error) {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        }
      }
    },
    stateDir,
    removeState(sessionId) {
      for (const { name } of Deno.readDirSync(stateDir)) {
        if (name.startsWith(`${sessionId}.`)) Deno.removeSync(`${stateDir}/${name}`);
      }
    },
    close: db.close,
  };
}
