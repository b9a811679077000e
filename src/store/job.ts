/** What the store knows of a job. */
import type { Permission } from "../config/permission.ts";
import type { ErrorCode } from "../lib/errors.ts";

/** The states of a job; the last five are final. */
export const JOB_STATUSES = [
  "queued",
  "running",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
  "interrupted",
] as const;

/** The state of a job. */
export type JobStatus = (typeof JOB_STATUSES)[number];

/** A state that a job never leaves. */
export type FinalStatus = Exclude<JobStatus, "queued" | "running">;

/** Whether a job has ended. */
export function isFinal(status: JobStatus): status is FinalStatus {
  return status !== "queued" && status !== "running";
}

/** Tokens and money, as the interface names them. */
export interface JobUsage {
  input_tokens?: number;
  output_tokens?: number;
  cached_tokens?: number;
  cost_usd?: number;
}

/** One CLI that was tried for a job. */
export interface Attempt {
  cli: string;
  model?: string;
  /** `completed`, or the code of what went wrong. */
  code: ErrorCode | "completed";
  message: string;
}

/** What a job left behind when it ended. Plain JSON. */
export interface JobResult {
  /** The answer, cut to what a client can hold. */
  content?: string;
  truncated?: boolean;
  /** The resource that holds all of it. */
  output_uri?: string;
  cli_session_id?: string;
  exit_code?: number;
  duration_ms?: number;
  usage?: JobUsage;
  attempts: Attempt[];
  warnings: string[];
  error?: { code: ErrorCode; message: string; hint?: string; details?: Record<string, unknown> };
  /** The end of what was printed, where the job did not complete. */
  partial_output?: string;
}

/** A job as it stands in the database. */
export interface Job {
  id: string;
  sessionId: string;
  principal: string;
  owner: string;
  /** The job whose CLI called this one. */
  parentId: string | undefined;
  status: JobStatus;
  cli: string;
  role: string;
  /** How the answer was to be written. */
  style: string | undefined;
  model: string | undefined;
  effort: string | undefined;
  /** What the CLI may do. */
  permission: Permission;
  /** The user's own prompt. */
  prompt: string;
  /** What stood before it: the role's prompt and the style. */
  preamble: string | undefined;
  pid: number | undefined;
  processStartTime: string | undefined;
  cancelRequested: boolean;
  pollCount: number;
  result: JobResult | undefined;
  createdAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
}
