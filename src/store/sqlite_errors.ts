/** What SQLite's errors mean to who uses the database. */
import { AimuxError, messageOf } from "../lib/errors.ts";

/** Whether another server held the database for longer than a statement waits. */
export function isBusy(error: unknown): boolean {
  return tells(error, /\bdatabase (?:table |schema )?is locked\b/);
}

/** Whether the file is no sound database: it cannot be trusted, whatever is still read from it. */
export function isDamaged(error: unknown): boolean {
  return tells(
    error,
    /\b(?:database disk image is malformed|file is not a database|malformed database schema)\b/,
  );
}

/** SQLite's own message is told by its cause where it has been put into words. */
function tells(error: unknown, pattern: RegExp): boolean {
  if (!(error instanceof Error)) return false;
  return pattern.test(error.message) ||
    (error instanceof AimuxError && tells(error.cause, pattern));
}

/** Why a database cannot be used, with what to do. */
export function storageError(path: string, error: unknown, to: "open" | "use"): AimuxError {
  if (error instanceof AimuxError) return error;
  const storage = (message: string, hint: string) =>
    new AimuxError("storage", message, { hint, cause: error });
  if (isBusy(error)) {
    return storage(
      `Another program holds the database "${path}"`,
      "Try again; if it stays, find that program and end it",
    );
  }
  if (isDamaged(error)) {
    return storage(
      `The database "${path}" is damaged: ${messageOf(error)}`,
      "Start aimux again: then the file is put aside, and a new one is begun",
    );
  }
  const message = `Cannot ${to} the database "${path}": ${messageOf(error)}`;
  if (FULL.test(messageOf(error))) return storage(message, "Make room on the disk, and try again");
  return storage(message, 'Check the folder and the disk, or set another "server.db_path"');
}

const FULL = /database or disk is full|No space left on device|\(os error 28\)/;

/** Whether it is the file that failed, its disk or its other users, and not the program. */
export function isStorageFailure(error: unknown): boolean {
  if (error instanceof AimuxError) return error.code === "storage";
  return error instanceof Error && OF_THE_FILE.test(error.message);
}

/**
 * What a statement failed with, as its caller shall see it: a broken rule of the schema is a fault
 * of the program and stays as it is.
 */
export function statementError(path: string, error: unknown): unknown {
  const sqlite = error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
  if (!sqlite || !OF_THE_FILE.test(error.message)) return error;
  return storageError(path, error, "use");
}

/** The messages of SQLite that tell of the file, its disk or of others who use it. */
const OF_THE_FILE = new RegExp(
  [
    "is locked",
    "database or disk is full",
    "readonly database",
    "disk I/O error",
    "unable to open database",
    "malformed",
    "file is not a database",
    "locking protocol",
  ].join("|"),
);
