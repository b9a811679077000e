/** The table of jobs. Each change of state is one transaction that has exactly one winner. */
import { type Permission, PERMISSIONS } from "../config/permission.ts";
import type { ErrorCode } from "../lib/errors.ts";
import type { Database, Value } from "./database.ts";
import type { FinalStatus, Job, JobResult, JobStatus } from "./job.ts";
import type { MetricsTable, Run } from "./metrics.ts";
import type { Queue } from "./queue.ts";
import { type LaneKey, laneName } from "./queue_lanes.ts";
import type { QueueView } from "./queue_view.ts";

/** A job to be recorded as queued. */
export interface NewJob extends
  Pick<
    Job,
    | "id"
    | "sessionId"
    | "principal"
    | "owner"
    | "parentId"
    | "cli"
    | "role"
    | "style"
    | "model"
    | "effort"
    | "permission"
    | "prompt"
    | "preamble"
  >,
  Pick<LaneKey, "cwd" | "limit" | "cliLimit"> {}

/** A job that has not ended, without what may be long. */
export interface ActiveJob
  extends Pick<Job, "id" | "sessionId" | "cli" | "role" | "createdAt" | "startedAt"> {
  status: "queued" | "running";
  /** With status queued: how many jobs start before it, and it. */
  queuePosition: number | undefined;
}

/** As much of a job as tells whether there is something new to see. */
export type JobSighting = Pick<Job, "id" | "sessionId" | "status" | "cli">;

/** Reads and changes jobs. */
export interface JobTable {
  /** Records a job and puts it into the queue. */
  insert(job: NewJob, now: number): void;
  /** A job by id; with a principal only if it is theirs. */
  find(id: string, principal?: string): Job | undefined;
  bySession(sessionId: string): Job[];
  /** The ids of a session's jobs. */
  idsOf(sessionId: string): string[];
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
  /** How many jobs that the CLI of a job has called have not ended. */
  countCalledBy(id: string): number;
  /** Tells that another CLI, or model, has taken the job. */
  moveTo(
    id: string,
    to: { cli: string; model: string | undefined; preamble: string | undefined; prompt: string },
  ): void;
  setProcess(id: string, pid: number, startTime: string | undefined): void;
  /**
   * Records the end of a job, and with it the metrics of its runs. What its CLI has called ends with
   * it: what still waits at once, what runs by a request to the server that runs it.
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
export function createJobTable(
  db: Database,
  { metrics, queue, view }: {
    metrics: Pick<MetricsTable, "record">;
    queue: Pick<Queue, "join" | "release">;
    view: Pick<QueueView, "places">;
  },
): JobTable {
  const one = (sql: string, parameters: Record<string, Value>) =>
    Number(Object.values(db.prepare(sql).get(parameters) ?? {})[0] ?? 0);
  const many = (sql: string, parameters: Record<string, Value>) =>
    db.prepare(sql).all(parameters).map(jobOf);

  return {
    insert: (job, now) =>
      db.transaction(() => {
        db.prepare(INSERT).run({
          id: job.id,
          session: job.sessionId,
          principal: job.principal,
          owner: job.owner,
          parent: job.parentId ?? null,
          cli: job.cli,
          role: job.role,
          style: job.style ?? null,
          model: job.model ?? null,
          effort: job.effort ?? null,
          readOnly: job.permission === "read_only" ? 1 : 0,
          permission: job.permission,
          prompt: job.prompt,
          preamble: job.preamble ?? null,
          lane: laneName(job),
          now,
        });
        queue.join(job.id);
      }),

    find(id, principal) {
      const row = db.prepare(`SELECT ${ROW} FROM jobs WHERE id = :id`).get({ id });
      const job = row && jobOf(row);
      return principal === undefined || job?.principal === principal ? job : undefined;
    },

    bySession: (session) =>
      many(`SELECT ${ROW} FROM jobs WHERE session_id = :session ORDER BY id`, { session }),

    idsOf: (session) =>
      db.prepare("SELECT id FROM jobs WHERE session_id = :session ORDER BY id").all({ session })
        .map((row) => String(row["id"])),

    ids: (principal, beginning, limit) =>
      db.prepare(
        `SELECT id FROM jobs WHERE principal = :principal
          AND substr(id, 1, length(:beginning)) = :beginning ORDER BY id DESC LIMIT :limit`,
      ).all({ principal, beginning, limit }).map((row) => String(row["id"])),

    newest: (session, before) =>
      many(
        `SELECT ${ROW} FROM jobs WHERE session_id = :session AND (:before IS NULL OR id < :before)
          ORDER BY id DESC LIMIT 1`,
        { session, before: before ?? null },
      )[0],

    unfinished: (owner) =>
      many(
        `SELECT ${ROW} FROM jobs WHERE status IN ('queued', 'running')
          AND (:owner IS NULL OR owner = :owner) ORDER BY id`,
        { owner: owner ?? null },
      ),

    active(principal, limit) {
      const mine = { principal };
      const running = db.prepare(`SELECT ${ROW} FROM jobs WHERE principal = :principal
        AND status = 'running' ORDER BY id`).all(mine);
      const queued = db.prepare(`SELECT ${ROW} FROM jobs WHERE principal = :principal
        AND status = 'queued' ORDER BY ready IS NULL, ready, id LIMIT :limit`)
        .all({ principal, limit });
      const places = view.places(queued.map((row) => String(row["id"])));
      const jobs = [...running, ...queued].map((row) => activeJobOf(row, places))
        .sort((one, other) => (one.queuePosition ?? 0) - (other.queuePosition ?? 0));
      return {
        jobs: jobs.slice(0, limit),
        total: one(
          `SELECT count(*) FROM jobs WHERE principal = :principal AND ${UNFINISHED}`,
          mine,
        ),
      };
    },

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

    countCalledBy: (id) =>
      one(`SELECT count(*) FROM jobs WHERE parent_id = :id AND ${UNFINISHED}`, { id }),

    moveTo(id, { cli, model, preamble, prompt }) {
      db.prepare(
        `UPDATE jobs SET cli = :cli, model = :model, preamble = :preamble, prompt = :prompt
          WHERE id = :id`,
      ).run({ id, cli, model: model ?? null, preamble: preamble || null, prompt });
    },

    setProcess(id, pid, startTime) {
      db.prepare("UPDATE jobs SET pid = :pid, process_start_time = :start WHERE id = :id")
        .run({ id, pid, start: startTime ?? null });
    },

    finish,

    requestCancel,

    cancelRequests: (owner) =>
      db.prepare(`SELECT id FROM jobs WHERE owner = :owner AND cancel_requested = 1
        AND ${UNFINISHED}`).all({ owner }).map((row) => String(row["id"])),

    countPoll: (id) =>
      one("UPDATE jobs SET poll_count = poll_count + 1 WHERE id = :id RETURNING poll_count", {
        id,
      }),
  };

  function finish(
    id: string,
    status: FinalStatus,
    result: JobResult,
    now: number,
    runs: readonly Run[] = [],
  ): boolean {
    return db.transaction(() => {
      const ended = db.prepare(
        `UPDATE jobs SET status = :status, result = :result, finished_at = :now, ready = NULL
          WHERE id = :id
          AND ${status === "completed" || status === "failed" ? "status = 'running'" : UNFINISHED}
          RETURNING cli, role, session_id`,
      ).get({ id, status, result: JSON.stringify(result), now });
      if (!ended) return false;
      const never = [{ cli: String(ended["cli"]), code: codeOf(status, result) }];
      for (const run of runs.length > 0 ? runs : never) metrics.record(String(ended["role"]), run);
      endCalled(id, status, now);
      queue.release(String(ended["session_id"]));
      return true;
    });
  }

  /** Nobody waits any more for the jobs that a job's CLI has called. */
  function endCalled(caller: string, status: FinalStatus, now: number): void {
    const called = db.prepare(`SELECT id, status FROM jobs WHERE parent_id = :caller
      AND ${UNFINISHED}`).all({ caller });
    for (const { id, status: state } of called) {
      if (state === "running") requestCancel(String(id));
      else {
        const end = endOfCalled(caller, status);
        const result = { attempts: [], warnings: [], error: end.error };
        finish(String(id), end.status, result, now);
      }
    }
  }

  function requestCancel(id: string): void {
    db.prepare(`UPDATE jobs SET cancel_requested = 1 WHERE id = :id AND ${UNFINISHED}`)
      .run({ id });
  }
}

/** The columns of a job. A text is read up to its first NUL; as JSON it has none. */
const ROW = "*, iif(instr(prompt, char(0)), json_quote(prompt), NULL) AS prompt_json";

const INSERT = `
  INSERT INTO jobs (id, session_id, principal, owner, parent_id, status, cli, role, style, model,
    reasoning_effort, read_only, permission, prompt, preamble, lane, created_at)
  VALUES (:id, :session, :principal, :owner, :parent, 'queued', :cli, :role, :style, :model,
    :effort, :readOnly, :permission, :prompt, :preamble, :lane, :now)
`;

/** How a job ends whose caller has ended. */
export function endOfCalled(
  caller: string,
  status: FinalStatus,
): { status: "cancelled" | "interrupted"; error: { code: ErrorCode; message: string } } {
  const end = status === "cancelled" ? status : "interrupted";
  const message = `The job whose CLI called it has ended as ${status} (${caller})`;
  return { status: end, error: { code: end, message } };
}

function codeOf(status: FinalStatus, { error }: JobResult): Run["code"] {
  return status === "completed" ? status : error?.code ?? status;
}

/** A queued job may be cancelled, time out or be interrupted, but not complete or fail. */
const UNFINISHED = "status IN ('queued', 'running')";

function activeJobOf(
  row: Record<string, Value>,
  places: ReadonlyMap<string, number>,
): ActiveJob {
  const number = (name: string) => row[name] === null ? undefined : Number(row[name]);
  return {
    id: String(row["id"]),
    sessionId: String(row["session_id"]),
    cli: String(row["cli"]),
    role: String(row["role"]),
    status: row["status"] as ActiveJob["status"],
    createdAt: Number(row["created_at"]),
    startedAt: number("started_at"),
    queuePosition: places.get(String(row["id"])),
  };
}

/** A database that is only read may be of an aimux that knew no more than read-only. */
function permissionOf(row: Record<string, Value>): Permission {
  const found = PERMISSIONS.find((permission) => permission === row["permission"]);
  return found ?? (row["read_only"] === 1 ? "read_only" : "write");
}

/** A job as {@linkcode ROW} selects it. */
function jobOf(row: Record<string, Value>): Job {
  // A column may be absent where the database is of an older aimux and only looked into.
  const text = (name: string) => (row[name] ?? null) === null ? undefined : String(row[name]);
  const number = (name: string) => (row[name] ?? null) === null ? undefined : Number(row[name]);
  const result = text("result");
  const promptJson = text("prompt_json");
  return {
    id: String(row["id"]),
    sessionId: String(row["session_id"]),
    principal: String(row["principal"]),
    owner: String(row["owner"]),
    parentId: text("parent_id"),
    status: row["status"] as JobStatus,
    cli: String(row["cli"]),
    role: String(row["role"]),
    style: text("style"),
    model: text("model"),
    effort: text("reasoning_effort"),
    permission: permissionOf(row),
    prompt: promptJson === undefined ? String(row["prompt"]) : JSON.parse(promptJson),
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
