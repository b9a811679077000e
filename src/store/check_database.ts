/** Finds out how a database is, by using it. */
import { sentences } from "../lib/sentences.ts";
import { type Database, storageError } from "./database.ts";

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
}

/** Reads and writes a row. Waits at most 2 s for another program that holds the database. */
export function checkDatabase(db: Database, path: string, now: number): DatabaseCheck {
  const check: DatabaseCheck = { ...unopenedDatabase(path), writable: false };
  try {
    const pragma = (name: string) => db.prepare(`PRAGMA ${name}`).get()?.[name];
    check.journalMode = String(pragma("journal_mode"));
    check.schemaVersion = Number(pragma("user_version"));
    db.prepare("UPDATE about SET checked_at = :now").run({ now });
    check.writable = true;
  } catch (error) {
    const { message, hint } = storageError(path, error, "use");
    check.problem = sentences(message, hint);
    return check;
  }
  // SQLite goes on with a file that has no name any more.
  if (check.bytes === undefined) {
    check.problem = `The database "${path}" was removed while it was in use. Start aimux again`;
  }
  return check;
}

/** What can be told of a database that could not be opened. */
export function unopenedDatabase(path: string): Pick<DatabaseCheck, "path" | "bytes"> {
  const size = sizeOf(path);
  return { path, ...size !== undefined && { bytes: size + (sizeOf(`${path}-wal`) ?? 0) } };
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch {
    return undefined;
  }
}
