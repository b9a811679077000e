/** The tool that manages sessions and their jobs. */
import { isoTime } from "../../lib/clock.ts";
import { z } from "zod";
import { CLI_STATES } from "../../clis/cli_states.ts";
import { PERMISSIONS } from "../../config/permission.ts";
import { outputUri, transcriptUri } from "../../engine/job_uris.ts";
import { unknownCli } from "../../engine/routing.ts";
import { boundsOf, tidy } from "../../engine/upkeep.ts";
import { cut } from "../../lib/cut.ts";
import { AimuxError } from "../../lib/errors.ts";
import { isFinal, type Job, JOB_STATUSES } from "../../store/job.ts";
import type { Session, SessionSummary } from "../../store/sessions.ts";
import { whileBusy } from "../../store/while_busy.ts";
import { guidanceShape } from "../guidance/guidance.ts";
import { sessionsGuidance } from "../guidance/sessions.ts";
import { tokensOf } from "../tokens.ts";
import { defineTool, type ToolContext } from "./define_tool.ts";
import { errorShape } from "./job_payload.ts";
import { findJob } from "./status.ts";

/** What can be done with sessions. */
export const SESSION_ACTIONS = ["list", "info", "cancel", "kill", "gc", "health"] as const;

const input = z.strictObject({
  action: z.enum(SESSION_ACTIONS).describe("What to do"),
  session_id: z.string().optional().describe("For info and kill"),
  job_id: z.string().optional().describe("For cancel"),
  status: z.enum(["all", "active", ...JOB_STATUSES]).optional()
    .describe("For list: the state of a session's newest job; active is queued or running"),
  cli: z.string().optional().describe("For list: only sessions of this CLI"),
  limit: z.int().min(1).max(1000).optional().describe("For list: how many at most, 20 without it"),
});

type Input = z.output<typeof input>;

const sessionShape = z.object({
  session_id: z.string().describe("Pass it to exec to continue the conversation"),
  cli: z.string().describe("The CLI that it is with"),
  cwd: z.string().describe("The folder that it is in"),
  cli_session_id: z.string().optional().describe("The CLI's own id of the conversation"),
  turns: z.int().describe("How many of its jobs have completed"),
  status: z.string().optional().describe("The state of its newest job"),
  permission: z.enum(PERMISSIONS).optional().describe("What its newest job may do"),
  last_job_id: z.string().optional().describe("Its newest job"),
  created_at: z.string().describe("ISO 8601, UTC"),
  last_active_at: z.string().describe("When a job of it last began or ended"),
});

const jobShape = z.object({
  job_id: z.string().describe("Pass it to status"),
  status: z.enum(JOB_STATUSES).describe("The state of the job"),
  cli: z.string().describe("The CLI that runs it"),
  role: z.string().describe("The role that it runs in"),
  permission: z.enum(PERMISSIONS).describe("What the CLI may do"),
  prompt_preview: z.string().describe("The first 200 characters of the prompt"),
  content_preview: z.string().optional().describe("The first 200 characters of the answer"),
  output_uri: z.string().optional().describe("The resource with all of the output"),
  error: errorShape.optional(),
  created_at: z.string().describe("ISO 8601, UTC"),
  started_at: z.string().optional().describe("Once it runs"),
  finished_at: z.string().optional().describe("Once it has ended"),
});

const payloadShape = z.object({
  action: z.enum(SESSION_ACTIONS).describe("What was done"),
  sessions: z.array(sessionShape).optional().describe("list: the sessions"),
  count: z.int().optional().describe("list: how many are listed"),
  total_sessions: z.int().optional().describe("list, health: how many there are"),
  session: sessionShape.optional().describe("info: the session"),
  jobs: z.array(jobShape).optional().describe("info: its jobs, oldest first"),
  jobs_omitted: z.int().optional()
    .describe("info: how many older jobs are left out; the transcript has all"),
  transcript_uri: z.string().optional().describe("info: the resource with all of its turns"),
  job_id: z.string().optional().describe("cancel: the job"),
  session_id: z.string().optional().describe("cancel: its session; kill: the deleted one"),
  permission: z.enum(PERMISSIONS).optional().describe("cancel: what the job may do"),
  status: z.string().optional().describe("cancel: the state that the job is in; kill: killed"),
  message: z.string().optional().describe("cancel, kill, gc: what was done, as a sentence"),
  cancelled_jobs: z.array(z.string()).optional().describe("kill: the jobs that were ended"),
  collected: z.int().optional().describe("gc: how many expired sessions were deleted"),
  evicted: z.int().optional()
    .describe("gc: how many more were deleted for want of room, of everybody's the oldest"),
  store_bytes: z.int().optional().describe("gc: what database, output and state now take"),
  max_store_bytes: z.int().optional().describe("gc: the most that they may take"),
  running_jobs: z.int().optional().describe("health: jobs that run, of all servers"),
  queued_jobs: z.int().optional().describe("health: jobs that wait, of all servers"),
  max_concurrent_jobs: z.int().optional().describe("health: how many may run at once"),
  health: z.enum(["ok", "degraded", "unusable"]).optional()
    .describe("health: degraded: there are warnings; unusable: no prompt can be run"),
  uptime_seconds: z.number().optional().describe("health: since the server was started"),
  clis: z.record(z.string(), z.enum(CLI_STATES)).optional()
    .describe("health: the state of each CLI"),
  warnings: z.array(z.string()).optional()
    .describe(
      "health: what is not as it should be, and what to do; aimux://health has more. " +
        "Else: what every caller should know of the store",
    ),
});

/** What the sessions tool returns, without the guidance. */
export type SessionsPayload = z.output<typeof payloadShape>;

/** How much of a prompt or an answer a listing shows. */
const PREVIEW_CHARS = 200;
const DEFAULT_LIMIT = 20;
/** How long a call may go on to end jobs that come while it deletes their session. */
const LONGEST_KILL_SECONDS = 10;

/** Lists, inspects, cancels and deletes. */
export const sessions = defineTool({
  name: "sessions",
  title: "Sessions and their jobs",
  description: {
    what: "Manages sessions (conversations with a CLI) and their jobs.",
    when: "To find a session_id or job_id, to stop a job, or to clean up.",
    why: "Jobs and sessions outlive the call and the server that made them.",
    how: "action list (status, cli, limit), info (session_id), cancel (job_id), " +
      "kill (session_id: ends its jobs and deletes it), gc (deletes what is too old or too much), health.",
    not: "Not for waiting for a job: status does that.",
    choose: "cancel keeps the session and what was printed; kill deletes both.",
  },
  input,
  output: payloadShape.partial().extend({ error: errorShape.optional(), ...guidanceShape }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: false,
  },
  guidance: sessionsGuidance,
  text: sessionsText,
  fit: fitSessions,

  actions: {
    list: {
      what: "Lists sessions, the newest activity first.",
      takes: ["status", "cli", "limit"],
      classification: "sync_ok",
      handle: list,
    },
    info: {
      what: "Shows a session and its jobs, with the first words of their prompts and answers.",
      needs: ["session_id"],
      classification: "sync_ok",
      handle: info,
    },
    cancel: {
      what: "Ends a job and what it has started; what it printed and its session are kept.",
      needs: ["job_id"],
      classification: "sync_ok",
      handle: cancel,
    },
    kill: {
      what: "Ends a session's jobs and deletes it with their output.",
      needs: ["session_id"],
      classification: "sync_ok",
      handle: kill,
    },
    gc: {
      what: "Deletes expired sessions, and the oldest where there is too much, now and not later.",
      classification: "sync_ok",
      handle: gc,
    },
    health: {
      what: "Counts sessions and jobs, and tells the state of each CLI, with warnings.",
      classification: "sync_ok",
      handle: health,
    },
  },
});

async function list(
  { status, cli, limit }: Input,
  { store, principal, health }: ToolContext,
): Promise<SessionsPayload> {
  const found = store.sessions.list({
    principal,
    limit: limit ?? DEFAULT_LIMIT,
    ...status !== undefined && status !== "all" && { status },
    ...cli !== undefined && { cli },
  });
  // A CLI that there was may have left sessions.
  if (found.length === 0 && cli !== undefined) {
    const known = (await health(principal)).clis.map(({ name }) => name);
    if (!known.includes(cli)) throw unknownCli(cli, known);
  }
  return {
    action: "list",
    sessions: found.map(describeSession),
    count: found.length,
    total_sessions: store.sessions.count(principal),
  };
}

function info({ session_id }: Input, context: ToolContext): SessionsPayload {
  const session = findSession(session_id!, context);
  const jobs = context.store.jobs.bySession(session.id);
  return {
    action: "info",
    session: { ...describeSession(session), ...statusOf(jobs) },
    jobs: jobs.map(describeBriefly),
    transcript_uri: transcriptUri(session.id),
  };
}

async function cancel({ job_id }: Input, context: ToolContext): Promise<SessionsPayload> {
  const job = findJob(job_id!, context);
  const told = {
    action: "cancel" as const,
    job_id: job.id,
    session_id: job.sessionId,
    permission: job.permission,
  };
  if (isFinal(job.status)) {
    const message = `The job had already ended as ${job.status}; nothing was cancelled`;
    return { ...told, status: job.status, message };
  }
  const ended = await context.engine.cancel(job);
  const message = ended.status === "cancelled"
    ? "The job was cancelled and its process has ended"
    : isFinal(ended.status)
    ? `The job was faster: it ended as ${ended.status}`
    : "The job was asked to end and has not ended yet";
  return { ...told, status: ended.status, message };
}

async function kill({ session_id }: Input, context: ToolContext): Promise<SessionsPayload> {
  const { store, engine, clock } = context;
  const session = findSession(session_id!, context);
  const cancelled: string[] = [];
  const deadline = clock.now() + LONGEST_KILL_SECONDS * 1000;
  // A call may add a job while those before it end.
  for (let left = unfinished(); left.length > 0; left = unfinished()) {
    const ended = await Promise.all(left.map((job) => engine.cancel(job)));
    const still = ended.find(({ status }) => !isFinal(status));
    if (still || clock.now() > deadline) throw notDeleted(session.id, still ?? left[0]!);
    cancelled.push(...left.map(({ id }) => id));
  }
  const jobs = store.jobs.bySession(session.id).length;
  await whileBusy(() => store.removeSession(session.id), { clock });
  return {
    action: "kill",
    session_id: session.id,
    status: "killed",
    cancelled_jobs: cancelled,
    message: `The session and its ${jobs === 1 ? "job" : `${jobs} jobs`} were deleted`,
  };

  function unfinished(): Job[] {
    return store.jobs.bySession(session.id).filter(({ status }) => !isFinal(status));
  }
}

function notDeleted(session: string, { id }: Job): AimuxError {
  return new AimuxError("failed", `Session "${session}" was not deleted: "${id}" still runs`, {
    hint: "The job was asked to end; try again in a moment",
    details: { session_id: session, job_id: id },
  });
}

async function gc(
  _given: Input,
  { store, config, clock, principal }: ToolContext,
): Promise<SessionsPayload> {
  const bounds = boundsOf(config.server);
  const { expired, evicted, sizes } = await tidy({ store, clock, ...bounds }, principal);
  return {
    action: "gc",
    collected: expired,
    evicted,
    store_bytes: sizes.total,
    max_store_bytes: bounds.maxBytes,
    message: `Sessions unused for ${bounds.ttlHours} hours are deleted, and of the others the ` +
      `oldest where the store has more than ${config.server.max_store_mb} MB`,
  };
}

async function health(_given: Input, { health, principal }: ToolContext): Promise<SessionsPayload> {
  const { status, uptime_seconds, clis, jobs, sessions, warnings } = await health(principal);
  return {
    action: "health",
    total_sessions: sessions?.own ?? 0,
    running_jobs: jobs.running ?? 0,
    queued_jobs: jobs.queued ?? 0,
    max_concurrent_jobs: jobs.max_concurrent_jobs,
    health: status,
    uptime_seconds,
    clis: Object.fromEntries(clis.map(({ name, state }) => [name, state])),
    warnings,
  };
}

function findSession(
  id: string,
  { store, principal }: ToolContext,
): Session {
  const session = store.sessions.find(id, principal);
  if (session) return session;
  throw new AimuxError("not_found", `No session "${id}"`, {
    hint: 'List the sessions with action "list"',
    details: { session_id: id },
  });
}

function describeSession(session: Session | SessionSummary): z.output<typeof sessionShape> {
  return {
    session_id: session.id,
    cli: session.cli,
    cwd: session.cwd,
    ...session.cliSessionId !== undefined && { cli_session_id: session.cliSessionId },
    turns: session.turns,
    ..."status" in session && {
      status: session.status,
      permission: session.permission,
      last_job_id: session.lastJobId,
    },
    created_at: isoTime(session.createdAt),
    last_active_at: isoTime(session.lastActiveAt),
  };
}

function statusOf(
  jobs: readonly Job[],
): Pick<z.output<typeof sessionShape>, "status" | "permission" | "last_job_id"> {
  const last = jobs.at(-1);
  return last ? { status: last.status, permission: last.permission, last_job_id: last.id } : {};
}

function describeBriefly(job: Job): z.output<typeof jobShape> {
  const { content, error, output_uri } = job.result ?? { output_uri: outputUri(job.id) };
  return {
    job_id: job.id,
    status: job.status,
    cli: job.cli,
    role: job.role,
    permission: job.permission,
    prompt_preview: cut(job.prompt, PREVIEW_CHARS),
    ...content !== undefined && { content_preview: cut(content, PREVIEW_CHARS) },
    ...output_uri !== undefined && { output_uri },
    ...error && { error },
    created_at: isoTime(job.createdAt),
    ...job.startedAt !== undefined && { started_at: isoTime(job.startedAt) },
    ...job.finishedAt !== undefined && { finished_at: isoTime(job.finishedAt) },
  };
}

/** Leaves out the least active sessions, or the oldest jobs, until the rest fits. */
function fitSessions(payload: SessionsPayload, tokens: number): SessionsPayload {
  const { sessions: listed, jobs } = payload;
  const kept = (count: number): SessionsPayload =>
    listed
      ? { ...payload, sessions: listed.slice(0, count), count }
      : { ...payload, jobs: jobs!.slice(jobs!.length - count), jobs_omitted: jobs!.length - count };
  const fits = (fitted: SessionsPayload) =>
    tokensOf(sessionsText(fitted)) + tokensOf(JSON.stringify(fitted)) <= tokens;
  if (fits(payload) || !(listed ?? jobs)) return payload;
  let [least, most] = [0, (listed ?? jobs!).length];
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (fits(kept(middle))) least = middle;
    else most = middle;
  }
  return kept(least);
}

function sessionsText(payload: SessionsPayload): string {
  const { sessions: listed, jobs, session } = payload;
  if (listed) {
    const lines = listed.map((each) =>
      `${each.session_id}  ${each.cli}  ${each.status}  ${each.permission}  ${each.turns} turns  ` +
      `last ${each.last_active_at} (${each.last_job_id})  ${each.cwd}`
    );
    return [`${payload.count} of ${payload.total_sessions} sessions`, ...lines].join("\n");
  }
  if (session && jobs) {
    const lines = jobs.map((job) =>
      `${job.job_id}  ${job.status}  ${job.permission}  ${job.prompt_preview}`
    );
    const omitted = payload.jobs_omitted ?? 0;
    return [
      `${session.session_id}  ${session.cli}  ${session.cwd}`,
      ...omitted > 0 ? [`${omitted} older jobs are left out: read ${payload.transcript_uri}`] : [],
      ...lines,
    ].join("\n");
  }
  return Object.entries(payload).map(([name, value]) => `${name}: ${shown(value)}`).join("\n");
}

function shown(value: SessionsPayload[keyof SessionsPayload]): string {
  if (Array.isArray(value)) return value.join(", ") || "none";
  if (typeof value !== "object") return String(value);
  return Object.entries(value).map(([name, inner]) => `${name} ${inner}`).join(", ");
}
