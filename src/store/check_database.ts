/** Finds out how a database is, by using it. */
import { sentences } from "../lib/sentences.ts";
import { filesAside } from "./damage.ts";
import type { Database } from "./database.ts";
import { isBusy, storageError } from "./sqlite_errors.ts";

/** How the database is. */
export interface DatabaseCheck {
  path: string;
  /** Why it cannot be used, with what to do; absent where all is well. */
  problem?: string;
  /** Its size on disk, the journal included; absent where there is no such file. */
  bytes?: number;
  journalMode?: string;
  schemaVersion?: number;
  /** Whether a write has just succeeded. */
  writable: boolean;
  /** Whether it did not for the sake of another program that held the database. */
  busy: boolean;
  /** Damaged files that were put aside and still lie beside it. */
  aside: string[];
}

/** Reads and writes a row. Waits a moment for another program that holds the database. */
export function checkDatabase(db: Database, path: string, now: number): DatabaseCheck {
  const check: DatabaseCheck = { ...unopenedDatabase(path), writable: false, busy: false };
  try {
    const pragma = (name: string) => db.prepare(`PRAGMA ${name}`).get()?.[name];
    check.journalMode = String(pragma("journal_mode"));
    check.schemaVersion = Number(pragma("user_version"));
    db.prepare("UPDATE about SET checked_at = :now").run({ now });
    check.writable = true;
  } catch (error) {
    const { message, hint } = storageError(path, error, "use");
    check.problem = sentences(message, hint);
    check.busy = isBusy(error);
    return check;
  }
  const lost = db.lost();
  if (lost !== undefined) check.problem = lostProblem(path, lost);
  return check;
}

/** What is wrong with a database that goes on only in the hands of who has it open. */
export function lostProblem(path: string, lost: NonNullable<ReturnType<Database["lost"]>>): string {
  const soon = "as soon as no job of this server runs";
  switch (lost) {
    case "removed":
      return `The database "${path}" was removed while it was in use; a new one is begun ${soon}`;
    case "replaced":
      return `The database "${path}" was replaced while it was in use; the new one is used ${soon}`;
    case "damaged":
      return `The database "${path}" is damaged; it is put aside and a new one is begun ${soon}`;
  }
}

/** What can be told of a database that could not be opened. */
export function unopenedDatabase(
  path: string,
): Pick<DatabaseCheck, "path" | "bytes" | "aside"> {
  const size = sizeOf(path);
  return {
    path,
    aside: filesAside(path),
    ...size !== undefined && { bytes: size + (sizeOf(`${path}-wal`) ?? 0) },
  };
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch {
    return undefined;
  }
}
