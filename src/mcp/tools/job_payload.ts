/** A job as clients see it: the result of exec and status. */
import { isoTime } from "../../lib/clock.ts";
import { z } from "zod";
import { PERMISSIONS } from "../../config/permission.ts";
import type { Engine } from "../../engine/engine.ts";
import { outputUri } from "../../engine/job_uris.ts";
import { type Progress, progressText } from "../../engine/progress.ts";
import type { Wait } from "../../engine/wait.ts";
import { ERROR_CODES } from "../../lib/errors.ts";
import { isFinal, type Job, JOB_STATUSES } from "../../store/job.ts";
import type { SessionTable } from "../../store/sessions.ts";
import { guidanceShape } from "../guidance/guidance.ts";

/** What went wrong, in every result that tells of an error. */
export const errorShape = z.object({
  code: z.enum(ERROR_CODES).describe("What a program can act on"),
  message: z.string().describe("What happened, and to which value"),
  hint: z.string().optional().describe("What to do about it"),
  details: z.record(z.string(), z.unknown()).optional().describe("The values, for a program"),
}).describe("What went wrong");

const jobFields = z.object({
  status: z.enum(JOB_STATUSES).describe("The state of the job"),
  job_id: z.string().describe("Pass it to status, or to sessions to cancel it"),
  session_id: z.string().describe("Pass it to exec to continue the conversation"),
  cli: z.string().describe("The CLI that runs it"),
  role: z.string().describe("The role that it runs in"),
  style: z.string().optional().describe("How the answer was to be written, where that was said"),
  cwd: z.string().optional().describe("The folder that it runs in"),
  permission: z.enum(PERMISSIONS).describe("What the CLI may do"),
  read_only: z.boolean().describe("Whether the CLI was told to change nothing"),
  model: z.string().optional().describe("The model, where one was chosen"),
  reasoning_effort: z.string().optional().describe("The CLI's own level, where one was chosen"),
  content: z.string().optional().describe("The final answer"),
  truncated: z.boolean().optional().describe("Whether the middle of content is left out"),
  output_uri: z.string().optional().describe("The resource with all of the output"),
  cli_session_id: z.string().optional().describe("The CLI's own id of the conversation"),
  exit_code: z.int().optional().describe("Of the CLI, where it ended by itself"),
  duration_ms: z.number().optional().describe("From the start of its process"),
  usage: z.object({
    input_tokens: z.number().optional().describe("Tokens read"),
    output_tokens: z.number().optional().describe("Tokens written"),
    cached_tokens: z.number().optional().describe("Tokens read from a cache"),
    cost_usd: z.number().optional().describe("US dollars"),
  }).optional().describe("What this run used, where the CLI tells"),
  attempts: z.array(z.object({
    cli: z.string().describe("The CLI"),
    model: z.string().optional().describe("The model, where one was chosen"),
    code: z.string().describe("completed, or the error's code"),
    message: z.string().describe("Why it did not do"),
  })).optional().describe("The CLIs that were tried, in order"),
  warnings: z.array(z.string()).optional().describe("What was not as asked for"),
  error: errorShape.optional(),
  partial_output: z.string().optional().describe("What was printed before the job failed"),
  progress: z.string().optional().describe("The newest readable line that the CLI printed"),
  output_bytes: z.int().optional().describe("How much it has printed so far"),
  last_output_at: z.string().optional().describe("When it printed last"),
  queue_position: z.int().optional().describe("1 is next"),
  estimated_start_seconds: z.number().optional()
    .describe("Seconds until it probably starts; absent where no earlier run is known"),
  created_at: z.string().optional().describe("ISO 8601, UTC"),
  started_at: z.string().optional().describe("Once it runs"),
  finished_at: z.string().optional().describe("Once it has ended"),
  poll_count: z.int().optional().describe("How often status was asked while it ran"),
});

/** A job's fields without the guidance. */
export type JobPayload = z.output<typeof jobFields>;

/** The output schema of exec and status: flat, everything optional that not every state has. */
export const jobResultSchema = jobFields.partial().extend(guidanceShape);

/** What a description looks at besides the job. */
export interface DescribingParts {
  engine: Pick<Engine, "progress" | "waitOf">;
  store: { sessions: Pick<SessionTable, "find"> };
}

/** Describes a job as it stands. */
export function describeJob(
  job: Job,
  { engine, store }: DescribingParts,
): JobPayload {
  const cwd = cwdOf(job, store);
  const model = modelOf(job);
  const identity = {
    status: job.status,
    job_id: job.id,
    session_id: job.sessionId,
    cli: job.cli,
    role: job.role,
    ...job.style !== undefined && { style: job.style },
    ...model !== undefined && { model },
    ...job.effort !== undefined && { reasoning_effort: job.effort },
    ...cwd !== undefined && { cwd },
    permission: job.permission,
    read_only: job.permission === "read_only",
    created_at: isoTime(job.createdAt),
    ...job.startedAt !== undefined && { started_at: isoTime(job.startedAt) },
  };
  if (!isFinal(job.status)) {
    const progress = engine.progress(job);
    return {
      ...identity,
      ...job.status === "queued" && describeWaiting(engine.waitOf(job.id)),
      ...progress && describeProgress(progress),
      output_uri: outputUri(job.id),
      poll_count: job.pollCount,
    };
  }
  return {
    ...identity,
    ...job.result,
    ...job.finishedAt !== undefined && { finished_at: isoTime(job.finishedAt) },
  };
}

/** The model that has answered, which may be one that was fallen back to; else the one asked for. */
function modelOf({ status, result, model }: Job): string | undefined {
  return status === "completed" ? result?.attempts.at(-1)?.model ?? model : model;
}

function describeWaiting(
  wait: Wait | undefined,
): Pick<JobPayload, "queue_position" | "estimated_start_seconds"> {
  if (!wait) return {};
  const { place, startsInSeconds: estimate } = wait;
  return {
    queue_position: place,
    ...estimate !== undefined && { estimated_start_seconds: estimate },
  };
}

/** An answer is not lost because its folder cannot be looked up. */
function cwdOf({ sessionId, principal }: Job, { sessions }: DescribingParts["store"]) {
  try {
    return sessions.find(sessionId, principal)?.cwd;
  } catch {
    return undefined;
  }
}

function describeProgress(
  progress: Progress,
): Pick<JobPayload, "progress" | "output_bytes" | "last_output_at"> {
  const { bytes, lastOutputAt } = progress;
  return {
    progress: progressText(progress),
    output_bytes: bytes,
    ...lastOutputAt !== undefined && { last_output_at: isoTime(lastOutputAt) },
  };
}
