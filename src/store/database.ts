/** Opens the SQLite database, the way every part of the store relies on. */
import { existsSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { AimuxError } from "../lib/errors.ts";
import { makePrivateFolderOf, narrow } from "../lib/private_files.ts";
import {
  alone,
  isMarkedDamaged,
  markDamaged,
  putAside,
  sideFilesOf,
  unmarkDamaged,
} from "./damage.ts";
import { knownSchema, migrate } from "./migrations.ts";
import { isBusy, isDamaged, statementError, storageError } from "./sqlite_errors.ts";

/** How long opening waits for another server's transaction. */
const OPEN_TIMEOUT_MS = 2000;
/** How long a statement does; who writes tries again, see `whileBusy`. Meanwhile all else waits. */
const BUSY_TIMEOUT_MS = 250;

/** Up to this size a file is looked through whenever it is opened: it takes less than 0.2 s. */
const LOOKED_THROUGH_BYTES = 64_000_000;

/** A database with the two ways to use it that the store has. */
export interface Database {
  /** Prepares a statement once and keeps it. */
  prepare(sql: string): Statement;
  /**
   * Runs `work` in one `BEGIN IMMEDIATE` transaction; an exception rolls it back. Within another
   * one it is a part of that.
   */
  transaction<T>(work: () => T): T;
  /** Reads in `work` all see the database as it is at one moment. */
  snapshot<T>(work: () => T): T;
  /** Why what is recorded now may be lost; undefined while all is well. */
  lost(): "removed" | "replaced" | "damaged" | undefined;
  close(): void;
}

/** What SQLite stores and returns here. */
export type Value = string | number | null;

/** A prepared statement with named parameters (`:name`). */
export interface Statement {
  get(parameters?: Record<string, Value>): Record<string, Value> | undefined;
  all(parameters?: Record<string, Value>): Record<string, Value>[];
  /** @returns How many rows were changed. */
  run(parameters?: Record<string, Value>): number;
}

/**
 * Opens or creates the database: WAL journal, foreign keys on, the newest schema, readable by the
 * user alone. A file that is damaged is put aside, and a new one is begun.
 *
 * @throws AimuxError `storage` where the file cannot be used.
 */
export function openDatabase(path: string): Database {
  try {
    try {
      return open(path);
    } catch (error) {
      if (!isDamaged(error)) throw error;
    }
    return alone(path, () => {
      try {
        return open(path); // another server was faster
      } catch (error) {
        if (!isDamaged(error)) throw error;
      }
      putAside(path, Date.now());
      unmarkDamaged(path);
      return open(path);
    });
  } catch (error) {
    throw storageError(path, error, "open");
  }
}

/**
 * Opens the database to look into it: nothing is created or changed, not even beside it.
 *
 * @returns undefined where there is none, or nothing in it yet.
 * @throws AimuxError `storage` where the file cannot be read.
 */
export function openDatabaseForReading(path: string): Database | undefined {
  if (!existsSync(path)) return undefined;
  let db: DatabaseSync | undefined;
  try {
    // Where nobody has it open, SQLite would make the files of its log, and leave them there.
    const url = pathToFileURL(path).href;
    db = new DatabaseSync(existsSync(`${path}-wal`) ? url : `${url}?immutable=1`, {
      readOnly: true,
    });
    db.exec(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`);
    const database = wrap(db, path, () => {});
    if (knownSchema(database, path) > 0) return database;
    db.close();
    return undefined;
  } catch (error) {
    db?.close();
    throw storageError(path, error, "open");
  }
}

function open(path: string): Database {
  refuseForeign(path);
  refuseNewer(path);
  createPrivately(path);
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${OPEN_TIMEOUT_MS}`);
    // Possible only while there is nothing in it: what is deleted later can make it smaller.
    if (sizeOf(db) === 0) db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    useWriteAheadLog(db);
    db.exec(`PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
      PRAGMA journal_size_limit = ${JOURNAL_BYTES}`);
    lookThrough(db, path);
    const database = wrap(db, path, () => markDamaged(path));
    migrate(database, db, path);
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return database;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What the journal is cut to after it was longer. */
const JOURNAL_BYTES = 8_000_000;

/**
 * SQLite would find it out, too, but it would not leave the journal that lies beside it.
 *
 * @throws an error like SQLite's
 */
function refuseForeign(path: string): void {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch {
    return; // there is none; whatever else it is, is found out by using it
  }
  try {
    if (!file.statSync().isFile) return;
    const begin = new Uint8Array(HEADER.length);
    const length = file.readSync(begin);
    if (length === null || new TextDecoder().decode(begin) === HEADER) return;
    throw new Error("file is not a database");
  } finally {
    file.close();
  }
}

/** What every file of SQLite's begins with. */
const HEADER = "SQLite format 3\0";

/** Looked at without a trace: a file of a newer aimux stays as it is to the last byte. */
function refuseNewer(path: string): void {
  try {
    openDatabaseForReading(path)?.close();
  } catch (error) {
    // Whatever else is wrong is found out by opening it.
    if (error instanceof AimuxError && error.cause === undefined) throw error;
  }
}

/** @throws an error of SQLite's where the file is damaged */
function lookThrough(db: DatabaseSync, path: string): void {
  const marked = isMarkedDamaged(path);
  if (!marked && sizeOf(db) > LOOKED_THROUGH_BYTES) return;
  const found = db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found !== "ok") throw new Error(`database disk image is malformed (${found})`);
  if (marked) unmarkDamaged(path);
}

/** Another server may have put the file aside meanwhile, so it is not looked up by its name. */
function sizeOf(db: DatabaseSync): number {
  const pragma = (name: string) => Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
  return pragma("page_count") * pragma("page_size");
}

/** Here SQLite does not wait for another server that does the same, so the wait is ours. */
function useWriteAheadLog(db: DatabaseSync): void {
  const deadline = Date.now() + OPEN_TIMEOUT_MS;
  for (;;) {
    try {
      return db.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** SQLite gives its side files the mode of the database, so the mode is set before it opens it. */
function createPrivately(path: string): void {
  makePrivateFolderOf(path);
  const create = () => Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
  const left = () => existsSync(path) ? [] : sideFilesOf(path).filter((file) => existsSync(file));
  if (left().length === 0) create();
  else {
    // The journal of a database that was removed is none of the new one's, and may be in use.
    alone(path, () => {
      for (const file of left()) Deno.removeSync(file);
      create();
    });
  }
  // An older one, or one that was put there, may be open to others.
  for (const file of [path, ...sideFilesOf(path)]) narrow(file, 0o600);
}

function wrap(db: DatabaseSync, path: string, onDamage: () => void): Database {
  const prepared = new Map<string, Statement>();
  const opened = identityOf(path);
  let damaged = false;
  return {
    prepare(sql) {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        statement = statementOf(attempt(() => db.prepare(sql)), attempt);
        prepared.set(sql, statement);
      }
      return statement;
    },
    transaction: (work) => within("BEGIN IMMEDIATE", work),
    snapshot: (work) => within("BEGIN", work),
    lost() {
      const found = identityOf(path);
      if (found === undefined) return "removed";
      if (found !== opened) return "replaced";
      return damaged || isMarkedDamaged(path) ? "damaged" : undefined;
    },
    close: () => db.close(),
  };

  function within<T>(begin: string, work: () => T): T {
    if (db.isTransaction) return work();
    attempt(() => db.exec(begin));
    try {
      const result = work();
      attempt(() => db.exec("COMMIT"));
      return result;
    } catch (error) {
      // Where a disk is full SQLite has rolled back by itself.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }

  /** What SQLite says of the file is told in words, and damage is remembered. */
  function attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!damaged && isDamaged(error)) {
        damaged = true;
        onDamage();
      }
      throw statementError(path, error);
    }
  }
}

/** Tells a file from another one of the same name; undefined where there is none. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino, birthtime } = Deno.statSync(path);
    return ino === null ? String(birthtime?.getTime()) : `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function statementOf(
  statement: StatementSync,
  attempt: <T>(work: () => T) => T,
): Statement {
  return {
    get: (parameters = {}) =>
      attempt(() => statement.get(parameters)) as Record<string, Value> | undefined,
    all: (parameters = {}) => attempt(() => statement.all(parameters)) as Record<string, Value>[],
    run: (parameters = {}) => attempt(() => Number(statement.run(parameters).changes)),
  };
}
