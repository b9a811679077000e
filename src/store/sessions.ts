/** The table of sessions: conversations that can be continued. */
import type { Permission } from "../config/permission.ts";
import type { Database, Value } from "./database.ts";
import type { JobStatus, JobUsage } from "./job.ts";

/** A conversation with one CLI in one folder. */
export interface Session {
  id: string;
  principal: string;
  cli: string;
  cwd: string;
  /** The CLI's own id of the conversation, once it has told it. */
  cliSessionId: string | undefined;
  /** What the conversation has used so far, where the CLI counts that way. */
  threadUsage: JobUsage | undefined;
  /** How many of its jobs have completed. */
  turns: number;
  createdAt: number;
  lastActiveAt: number;
}

/** A session with the state and permission of its newest job. */
export interface SessionSummary extends Session {
  status: JobStatus;
  permission: Permission;
  lastJobId: string;
}

/** Which sessions to list. */
export interface SessionFilter {
  principal: string;
  /** A state of the newest job, or `active` for queued and running. */
  status?: JobStatus | "active";
  cli?: string;
  limit: number;
}

/** What a finished job tells about its conversation. */
export interface Turn {
  completed: boolean;
  cliSessionId: string | undefined;
  threadUsage: JobUsage | undefined;
}

/** Reads and changes sessions. */
export interface SessionTable {
  insert(session: Pick<Session, "id" | "principal" | "cli" | "cwd">, now: number): void;
  find(id: string, principal: string): Session | undefined;
  /** Newest activity first. */
  list(filter: SessionFilter): SessionSummary[];
  /** Ids of a principal's sessions that begin so, newest activity first. */
  ids(principal: string, beginning: string, limit: number): string[];
  /** How many there are; of one principal, if given. */
  count(principal?: string): number;
  touch(id: string, now: number): void;
  /** Gives a session that has no turn yet to another CLI. */
  moveTo(id: string, cli: string): void;
  /** Records a turn; what it does not know stays as it was. */
  recordTurn(id: string, turn: Turn, now: number): void;
  /** Deletes a session with its jobs. */
  remove(id: string): void;
  /** Does so unless it was used since a time or has an unfinished job. @returns Whether it did. */
  removeUnused(id: string, before: number): boolean;
  /**
   * The session that was not used for longest, of those without an unfinished job and not used since
   * a time; never the one that was used last of all.
   */
  oldestUnused(before: number): string | undefined;
  /** Sessions without an unfinished job whose last activity was before a time; of one, if given. */
  expired(before: number, principal?: string): string[];
}

const WITH_LAST_JOB = `
  SELECT sessions.*, last.id AS last_job_id, last.status AS status,
    last.permission AS permission FROM sessions
  JOIN jobs AS last ON last.id = (SELECT max(id) FROM jobs WHERE session_id = sessions.id)
`;

const AT_REST = `NOT EXISTS (SELECT 1 FROM jobs
  WHERE session_id = sessions.id AND status IN ('queued', 'running'))`;

/** The table of sessions in a database. */
export function createSessionTable(db: Database): SessionTable {
  return {
    insert(session, now) {
      db.prepare(`INSERT INTO sessions (id, principal, cli, cwd, created_at, last_active_at)
        VALUES (:id, :principal, :cli, :cwd, :now, :now)`).run({ ...session, now });
    },

    find(id, principal) {
      const row = db.prepare("SELECT * FROM sessions WHERE id = :id AND principal = :principal")
        .get({ id, principal });
      return row && sessionOf(row);
    },

    list: ({ principal, status, cli, limit }) =>
      db.prepare(`${WITH_LAST_JOB} WHERE sessions.principal = :principal
        AND (:cli IS NULL OR sessions.cli = :cli)
        AND (:status IS NULL OR last.status = :status
          OR (:status = 'active' AND last.status IN ('queued', 'running')))
        ORDER BY sessions.last_active_at DESC, sessions.id DESC LIMIT :limit`)
        .all({ principal, status: status ?? null, cli: cli ?? null, limit })
        .map((row) => ({
          ...sessionOf(row),
          status: row["status"] as JobStatus,
          permission: row["permission"] as Permission,
          lastJobId: String(row["last_job_id"]),
        })),

    ids: (principal, beginning, limit) =>
      db.prepare(
        `SELECT id FROM sessions WHERE principal = :principal
          AND substr(id, 1, length(:beginning)) = :beginning
          ORDER BY last_active_at DESC, id DESC LIMIT :limit`,
      ).all({ principal, beginning, limit }).map((row) => String(row["id"])),

    count: (principal) =>
      Number(
        db.prepare(`SELECT count(*) AS n FROM sessions
          WHERE :principal IS NULL OR principal = :principal`)
          .get({ principal: principal ?? null })?.["n"],
      ),

    moveTo(id, cli) {
      db.prepare("UPDATE sessions SET cli = :cli WHERE id = :id AND turns = 0").run({ id, cli });
    },

    touch(id, now) {
      db.prepare("UPDATE sessions SET last_active_at = :now WHERE id = :id").run({ id, now });
    },

    recordTurn(id, turn, now) {
      db.prepare(`UPDATE sessions SET last_active_at = :now, turns = turns + :completed,
        cli_session_id = coalesce(:cli_session_id, cli_session_id),
        thread_usage = coalesce(:thread_usage, thread_usage) WHERE id = :id`).run({
        id,
        now,
        completed: turn.completed ? 1 : 0,
        cli_session_id: turn.cliSessionId ?? null,
        thread_usage: turn.threadUsage ? JSON.stringify(turn.threadUsage) : null,
      });
    },

    remove(id) {
      db.prepare("DELETE FROM sessions WHERE id = :id").run({ id });
    },

    removeUnused: (id, before) =>
      db.prepare(`DELETE FROM sessions WHERE id = :id AND last_active_at < :before AND ${AT_REST}`)
        .run({ id, before }) > 0,

    oldestUnused(before) {
      const row = db.prepare(`SELECT id FROM sessions WHERE last_active_at < :before AND ${AT_REST}
        AND id <> (SELECT id FROM sessions ORDER BY last_active_at DESC, id DESC LIMIT 1)
        ORDER BY last_active_at, id LIMIT 1`).get({ before });
      return row && String(row["id"]);
    },

    expired: (before, principal) =>
      db.prepare(`SELECT id FROM sessions WHERE last_active_at < :before
        AND (:principal IS NULL OR principal = :principal) AND ${AT_REST}`)
        .all({ before, principal: principal ?? null }).map((row) => String(row["id"])),
  };
}

function sessionOf(row: Record<string, Value>): Session {
  const usage = row["thread_usage"];
  return {
    id: String(row["id"]),
    principal: String(row["principal"]),
    cli: String(row["cli"]),
    cwd: String(row["cwd"]),
    cliSessionId: row["cli_session_id"] === null ? undefined : String(row["cli_session_id"]),
    threadUsage: typeof usage === "string" ? JSON.parse(usage) as JobUsage : undefined,
    turns: Number(row["turns"]),
    createdAt: Number(row["created_at"]),
    lastActiveAt: Number(row["last_active_at"]),
  };
}
