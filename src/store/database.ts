/** Opens the SQLite database, the way every part of the store relies on. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { AimuxError, messageOf } from "../lib/errors.ts";
import { makePrivateFolderOf, narrow } from "../lib/private_files.ts";
import { knownSchema, migrate } from "./migrations.ts";

/** How long a statement waits for another server's transaction. */
const BUSY_TIMEOUT_MS = 2000;

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
 * user alone.
 *
 * @throws AimuxError `storage` where the file cannot be used.
 */
export function openDatabase(path: string): Database {
  try {
    return open(path);
  } catch (error) {
    throw storageError(path, error, "open");
  }
}

/** Why a database cannot be used, with what to do. */
export function storageError(path: string, error: unknown, to: "open" | "use"): AimuxError {
  if (error instanceof AimuxError) return error;
  if (isBusy(error)) {
    return new AimuxError("storage", `Another program holds the database "${path}"`, {
      hint: "Try again; if it stays, find that program and end it",
      cause: error,
    });
  }
  return new AimuxError("storage", `Cannot ${to} the database "${path}": ${messageOf(error)}`, {
    hint: 'Check the folder and the disk, or set another "server.db_path"',
    cause: error,
  });
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
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const database = wrap(db);
    if (knownSchema(database, path) > 0) return database;
    db.close();
    return undefined;
  } catch (error) {
    db?.close();
    throw storageError(path, error, "open");
  }
}

function open(path: string): Database {
  createPrivately(path);
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    useWriteAheadLog(db);
    db.exec("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
    const database = wrap(db);
    migrate(database, db, path);
    return database;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Here SQLite does not wait for another server that does the same, so the wait is ours. */
function useWriteAheadLog(db: DatabaseSync): void {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return db.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Whether another server held the database for longer than a statement waits. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && /\bdatabase (?:table )?is locked\b/.test(error.message);
}

/** SQLite gives its side files the mode of the database, so the mode is set before it opens it. */
function createPrivately(path: string): void {
  makePrivateFolderOf(path);
  Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
  // An older one, or one that was put there, may be open to others.
  for (const suffix of ["", "-wal", "-shm"]) narrow(path + suffix, 0o600);
}

function wrap(db: DatabaseSync): Database {
  const prepared = new Map<string, Statement>();
  return {
    prepare(sql) {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        statement = statementOf(db, sql);
        prepared.set(sql, statement);
      }
      return statement;
    },
    transaction: (work) => within("BEGIN IMMEDIATE", work),
    snapshot: (work) => within("BEGIN", work),
    close: () => db.close(),
  };

  function within<T>(begin: string, work: () => T): T {
    if (db.isTransaction) return work();
    db.exec(begin);
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      // Where a disk is full SQLite has rolled back by itself.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
}

function statementOf(db: DatabaseSync, sql: string): Statement {
  const statement = db.prepare(sql);
  return {
    get: (parameters = {}) => statement.get(parameters) as Record<string, Value> | undefined,
    all: (parameters = {}) => statement.all(parameters) as Record<string, Value>[],
    run: (parameters = {}) => Number(statement.run(parameters).changes),
  };
}
