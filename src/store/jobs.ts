/** The table of jobs. Each change of state is one transaction that has exactly one winner. */
import type { Database, Value } from "./database.ts";
import type { FinalStatus, Job, JobResult, JobStatus } from "./job.ts";
import type { MetricsTable, Run } from "./metrics.ts";

/** A job to be recorded as queued. */
export type NewJob = Pick<
  Job,
  | "id"
  | "sessionId"
  | "principal"
  | "owner"
  | "cli"
  | "role"
  | "style"
  | "model"
  | "effort"
  | "readOnly"
  | "prompt"
  | "preamble"
>;

/** A job that has not ended, without what may be long. */
export interface ActiveJob
  extends Pick<Job, "id" | "sessionId" | "cli" | "role" | "createdAt" | "startedAt"> {
  status: "queued" | "running";
  /** With status queued: how many queued jobs stand before it, and it. */
  queuePosition: number | undefined;
}

/** As much of a job as tells whether there is something new to see. */
export type JobSighting = Pick<Job, "id" | "sessionId" | "status" | "cli">;

/** Reads and changes jobs. */
export interface JobTable {
  insert(job: NewJob, now: number): void;
  /** A job by id; with a principal only if it is theirs. */
  find(id: string, principal?: string): Job | undefined;
  bySession(sessionId: string): Job[];
  /** A principal's jobs whose id begins so, the newest first. */
  ids(principal: string, beginning: string, limit: number): string[];
  /** The newest job of a session, or the newest before another one. */
  newest(sessionId: string, before?: string): Job | undefined;
  /** Every queued or running job, oldest first; of one owner, if given. */
  unfinished(owner?: string): Job[];
  /** A principal's unfinished jobs, the running ones first and then in order, and how many. */
  active(principal: string, limit: number): { jobs: ActiveJob[]; total: number };
  /** Owners of unfinished jobs that are not registered. */
  abandoned(): string[];
  count(status: "queued" | "running"): number;
  /**
   * A principal's unfinished jobs, and those of any state that were recorded after a mark; and the
   * mark of the newest, with which to ask again.
   */
  news(principal: string, after: number): { jobs: JobSighting[]; mark: number };
  /** How many queued jobs stand before this one, and this one. */
  queuePosition(id: string): number;
  /**
   * Takes a free place for a queued job: `running` if fewer than `limit` jobs run and no older job
   * of its session is unfinished.
   */
  claim(id: string, limit: number, now: number): "claimed" | "full" | "session_busy" | "gone";
  /** Tells that another CLI, or model, has taken the job. */
  moveTo(
    id: string,
    to: { cli: string; model: string | undefined; preamble: string | undefined },
  ): void;
  setProcess(id: string, pid: number, startTime: string | undefined): void;
  /**
   * Records the end of a job, and with it the metrics of its runs.
   *
   * @param runs The runs that it took; without any it counts as one that never ran.
   * @returns false where the job had ended before: its end stands.
   */
  finish(
    id: string,
    status: FinalStatus,
    result: JobResult,
    now: number,
    runs?: readonly Run[],
  ): boolean;
  requestCancel(id: string): void;
  /** Ids of an owner's unfinished jobs that another server asked to cancel. */
  cancelRequests(owner: string): string[];
  /** Counts a look at the job, and returns the new count. */
  countPoll(id: string): number;
}

/** The table of jobs in a database. */
export function createJobTable(db: Database, metrics: Pick<MetricsTable, "record">): JobTable {
  const one = (sql: string, parameters: Record<string, Value>) =>
    Number(Object.values(db.prepare(sql).get(parameters) ?? {})[0] ?? 0);
  const many = (sql: string, parameters: Record<string, Value>) =>
    db.prepare(sql).all(parameters).map(jobOf);

  return {
    insert(job, now) {
      db.prepare(`INSERT INTO jobs (id, session_id, principal, owner, status, cli, role, style,
        model, reasoning_effort, read_only, prompt, preamble, created_at) VALUES (:id, :session,
        :principal, :owner, 'queued', :cli, :role, :style, :model, :effort, :readOnly, :prompt,
        :preamble, :now)`).run({
        id: job.id,
        session: job.sessionId,
        principal: job.principal,
        owner: job.owner,
        cli: job.cli,
        role: job.role,
        style: job.style ?? null,
        model: job.model ?? null,
        effort: job.effort ?? null,
        readOnly: job.readOnly ? 1 : 0,
        prompt: job.prompt,
        preamble: job.preamble ?? null,
        now,
      });
    },

    find(id, principal) {
      const row = db.prepare("SELECT * FROM jobs WHERE id = :id").get({ id });
      const job = row && jobOf(row);
      return principal === undefined || job?.principal === principal ? job : undefined;
    },

    bySession: (session) =>
      many("SELECT * FROM jobs WHERE session_id = :session ORDER BY id", { session }),

    ids: (principal, beginning, limit) =>
      db.prepare(
        `SELECT id FROM jobs WHERE principal = :principal
          AND substr(id, 1, length(:beginning)) = :beginning ORDER BY id DESC LIMIT :limit`,
      ).all({ principal, beginning, limit }).map((row) => String(row["id"])),

    newest: (session, before) =>
      many(
        `SELECT * FROM jobs WHERE session_id = :session AND (:before IS NULL OR id < :before)
          ORDER BY id DESC LIMIT 1`,
        { session, before: before ?? null },
      )[0],

    unfinished: (owner) =>
      many(
        `SELECT * FROM jobs WHERE status IN ('queued', 'running')
          AND (:owner IS NULL OR owner = :owner) ORDER BY id`,
        { owner: owner ?? null },
      ),

    active: (principal, limit) => ({
      jobs: db.prepare(
        `SELECT id, session_id, cli, role, status, created_at, started_at,
          CASE status WHEN 'queued' THEN (SELECT count(*) FROM jobs AS before
            WHERE before.status = 'queued' AND before.id <= jobs.id) END AS queue_position
          FROM jobs WHERE principal = :principal AND ${UNFINISHED}
          ORDER BY status DESC, id LIMIT :limit`,
      ).all({ principal, limit }).map(activeJobOf),
      total: one(`SELECT count(*) FROM jobs WHERE principal = :principal AND ${UNFINISHED}`, {
        principal,
      }),
    }),

    abandoned: () =>
      db.prepare(`SELECT DISTINCT owner FROM jobs WHERE ${UNFINISHED}
        AND owner NOT IN (SELECT id FROM owners)`).all().map((row) => String(row["owner"])),

    count: (status) => one("SELECT count(*) FROM jobs WHERE status = :status", { status }),

    news(principal, after) {
      const rows = db.prepare(
        `SELECT rowid, id, session_id, status, cli FROM jobs
          WHERE principal = :principal AND (rowid > :after OR ${UNFINISHED}) ORDER BY rowid`,
      ).all({ principal, after });
      const jobs = rows.map((row): JobSighting => ({
        id: String(row["id"]),
        sessionId: String(row["session_id"]),
        status: row["status"] as JobStatus,
        cli: String(row["cli"]),
      }));
      return { jobs, mark: Math.max(after, ...rows.map((row) => Number(row["rowid"]))) };
    },

    queuePosition: (id) =>
      one("SELECT count(*) FROM jobs WHERE status = 'queued' AND id <= :id", { id }),

    claim: (id, limit, now) =>
      db.transaction(() => {
        if (one("SELECT count(*) FROM jobs WHERE status = 'running'", {}) >= limit) return "full";
        const older = one(
          `SELECT count(*) FROM jobs AS mine JOIN jobs AS other
            ON other.session_id = mine.session_id AND other.id < mine.id
            AND other.status IN ('queued', 'running') WHERE mine.id = :id`,
          { id },
        );
        if (older > 0) return "session_busy";
        const changed = db.prepare(
          "UPDATE jobs SET status = 'running', started_at = :now WHERE id = :id AND status = 'queued'",
        ).run({ id, now });
        return changed === 1 ? "claimed" : "gone";
      }),

    moveTo(id, { cli, model, preamble }) {
      db.prepare(
        "UPDATE jobs SET cli = :cli, model = :model, preamble = :preamble WHERE id = :id",
      ).run({ id, cli, model: model ?? null, preamble: preamble || null });
    },

    setProcess(id, pid, startTime) {
      db.prepare("UPDATE jobs SET pid = :pid, process_start_time = :start WHERE id = :id")
        .run({ id, pid, start: startTime ?? null });
    },

    finish: (id, status, result, now, runs = []) =>
      db.transaction(() => {
        const ended = db.prepare(
          `UPDATE jobs SET status = :status, result = :result, finished_at = :now WHERE id = :id
            AND ${status === "completed" || status === "failed" ? "status = 'running'" : UNFINISHED}
            RETURNING cli, role`,
        ).get({ id, status, result: JSON.stringify(result), now });
        if (!ended) return false;
        const never = [{ cli: String(ended["cli"]), code: codeOf(status, result) }];
        for (const run of runs.length > 0 ? runs : never) {
          metrics.record(String(ended["role"]), run);
        }
        return true;
      }),

    requestCancel(id) {
      db.prepare(`UPDATE jobs SET cancel_requested = 1 WHERE id = :id AND ${UNFINISHED}`)
        .run({ id });
    },

    cancelRequests: (owner) =>
      db.prepare(`SELECT id FROM jobs WHERE owner = :owner AND cancel_requested = 1
        AND ${UNFINISHED}`).all({ owner }).map((row) => String(row["id"])),

    countPoll: (id) =>
      one("UPDATE jobs SET poll_count = poll_count + 1 WHERE id = :id RETURNING poll_count", {
        id,
      }),
  };
}

function codeOf(status: FinalStatus, { error }: JobResult): Run["code"] {
  return status === "completed" ? status : error?.code ?? status;
}

/** A queued job may be cancelled, time out or be interrupted, but not complete or fail. */
const UNFINISHED = "status IN ('queued', 'running')";

function activeJobOf(row: Record<string, Value>): ActiveJob {
  const number = (name: string) => row[name] === null ? undefined : Number(row[name]);
  return {
    id: String(row["id"]),
    sessionId: String(row["session_id"]),
    cli: String(row["cli"]),
    role: String(row["role"]),
    status: row["status"] as ActiveJob["status"],
    createdAt: Number(row["created_at"]),
    startedAt: number("started_at"),
    queuePosition: number("queue_position"),
  };
}

function jobOf(row: Record<string, Value>): Job {
  const text = (name: string) => row[name] === null ? undefined : String(row[name]);
  const number = (name: string) => row[name] === null ? undefined : Number(row[name]);
  const result = text("result");
  return {
    id: String(row["id"]),
    sessionId: String(row["session_id"]),
    principal: String(row["principal"]),
    owner: String(row["owner"]),
    status: row["status"] as JobStatus,
    cli: String(row["cli"]),
    role: String(row["role"]),
    style: text("style"),
    model: text("model"),
    effort: text("reasoning_effort"),
    readOnly: row["read_only"] === 1,
    prompt: String(row["prompt"]),
    preamble: text("preamble"),
    pid: number("pid"),
    processStartTime: text("process_start_time"),
    cancelRequested: row["cancel_requested"] === 1,
    pollCount: Number(row["poll_count"]),
    result: result === undefined ? undefined : JSON.parse(result) as JobResult,
    createdAt: Number(row["created_at"]),
    startedAt: number("started_at"),
    finishedAt: number("finished_at"),
  };
}
