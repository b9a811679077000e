/** The schema, as the steps that lead to it. A step that was released is never changed. */
import type { DatabaseSync } from "node:sqlite";
import { AimuxError } from "../lib/errors.ts";
import type { Database } from "./database.ts";

/** Step n leads from `user_version` n to n + 1. Times are milliseconds since the epoch. */
const MIGRATIONS = [
  `
  CREATE TABLE owners (
    id TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    start_time TEXT,
    lease_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    cli TEXT NOT NULL,
    cwd TEXT NOT NULL,
    cli_session_id TEXT,
    thread_usage TEXT,
    turns INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    principal TEXT NOT NULL,
    owner TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
      ('queued', 'running', 'completed', 'failed', 'cancelled', 'timed_out', 'interrupted')),
    cli TEXT NOT NULL,
    role TEXT NOT NULL,
    model TEXT,
    reasoning_effort TEXT,
    read_only INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    pid INTEGER,
    process_start_time TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    poll_count INTEGER NOT NULL DEFAULT 0,
    result TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
  ) STRICT;

  CREATE INDEX jobs_by_session ON jobs (session_id, id);
  CREATE INDEX jobs_by_status ON jobs (status, id);
  CREATE INDEX sessions_by_activity ON sessions (principal, last_active_at);
  `,
  `
  CREATE TABLE about (
    created_at INTEGER NOT NULL,
    checked_at INTEGER
  ) STRICT;
  INSERT INTO about (created_at) VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER));

  ALTER TABLE jobs ADD COLUMN style TEXT;
  ALTER TABLE jobs ADD COLUMN preamble TEXT;

  CREATE TABLE metrics (
    cli TEXT NOT NULL,
    role TEXT NOT NULL,
    requests INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    timed INTEGER NOT NULL,
    longest_ms INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cached_tokens INTEGER,
    cost_nanos INTEGER,
    PRIMARY KEY (cli, role)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE metric_errors (
    cli TEXT NOT NULL,
    role TEXT NOT NULL,
    code TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (cli, role, code)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE latencies (
    id INTEGER PRIMARY KEY,
    cli TEXT NOT NULL,
    role TEXT NOT NULL,
    slot INTEGER NOT NULL,
    ms INTEGER NOT NULL,
    UNIQUE (cli, role, slot)
  ) STRICT;

  CREATE INDEX latencies_by_cli ON latencies (cli, id);
  CREATE INDEX latencies_by_role ON latencies (role, id);

  CREATE TABLE breakers (
    cli TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_code TEXT,
    opened_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE breaker_probes (
    cli TEXT NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    PRIMARY KEY (cli, job_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE cooldowns (
    cli TEXT NOT NULL,
    model TEXT NOT NULL,
    until INTEGER NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (cli, model)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE jobs ADD COLUMN parent_id TEXT;
  ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT '';
  ALTER TABLE jobs ADD COLUMN ready INTEGER;

  CREATE INDEX jobs_by_parent ON jobs (parent_id, status) WHERE parent_id IS NOT NULL;
  CREATE INDEX jobs_in_queue ON jobs (lane, ready) WHERE status = 'queued';

  CREATE TABLE queue (tick INTEGER NOT NULL) STRICT;
  INSERT INTO queue (tick) VALUES (0);

  CREATE TABLE turns (
    principal TEXT NOT NULL,
    owner TEXT NOT NULL,
    cwd TEXT NOT NULL,
    served INTEGER NOT NULL,
    PRIMARY KEY (principal, owner, cwd)
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE jobs ADD COLUMN permission TEXT NOT NULL DEFAULT 'write'
    CHECK (permission IN ('read_only', 'write', 'full'));
  UPDATE jobs SET permission = 'read_only' WHERE read_only = 1;

  CREATE TABLE leftovers (
    pid INTEGER NOT NULL,
    start_time TEXT NOT NULL,
    job_id TEXT NOT NULL,
    cli TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (pid, start_time)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX sessions_by_age ON sessions (last_active_at, id);

  -- The second wall behind the table of jobs: what no statement may do to them, whoever makes it.
  CREATE TRIGGER jobs_begin_queued BEFORE INSERT ON jobs
  WHEN NEW.status <> 'queued' OR EXISTS (SELECT 1 FROM jobs WHERE id = NEW.id)
  BEGIN
    SELECT RAISE(ABORT, 'A job begins as queued, and once');
  END;

  CREATE TRIGGER jobs_step BEFORE UPDATE OF status ON jobs
  WHEN NEW.status <> OLD.status AND NOT (
    OLD.status = 'queued' AND NEW.status IN ('running', 'cancelled', 'timed_out', 'interrupted')
    OR OLD.status = 'running' AND NEW.status <> 'queued')
  BEGIN
    SELECT RAISE(ABORT, 'A job does not take this step');
  END;

  CREATE TRIGGER jobs_end_once BEFORE UPDATE OF id, status, result, finished_at ON jobs
  WHEN NEW.id <> OLD.id OR OLD.status NOT IN ('queued', 'running') AND (NEW.status <> OLD.status
    OR NEW.result IS NOT OLD.result OR NEW.finished_at IS NOT OLD.finished_at)
  BEGIN
    SELECT RAISE(ABORT, 'The end of a job stands');
  END;
  `,
];

/** Brings the schema up to date, once, also when several servers start at the same moment. */
export function migrate(database: Database, db: DatabaseSync, path: string): void {
  if (versionOf(database) === MIGRATIONS.length) return;
  database.transaction(() => {
    for (const step of MIGRATIONS.slice(knownSchema(database, path))) db.exec(step);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

/**
 * The schema that a database has, 0 for an empty one.
 *
 * @throws AimuxError `storage` where it is a later one than this program knows.
 */
export function knownSchema(database: Database, path: string): number {
  const version = versionOf(database);
  if (version <= MIGRATIONS.length) return version;
  throw new AimuxError(
    "storage",
    `The database "${path}" is of a newer aimux (schema ${version}, known: ${MIGRATIONS.length})`,
    { hint: 'Update aimux, or set another "server.db_path"' },
  );
}

function versionOf(database: Database): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
