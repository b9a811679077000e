/** The built-in hook that writes a line on each run; never a prompt, an answer or a message. */
import { isoTime } from "../../lib/clock.ts";
import { type SharedFile, sharedFile } from "../../lib/shared_file.ts";
import type { FinalStatus, Job, JobResult } from "../../store/job.ts";
import { modelOf } from "./model_of.ts";

/** The version of a line; another one would mean that a field's meaning has changed. */
export const TELEMETRY_VERSION = 1;

/** A run that has ended. */
export interface Ended {
  job: Job;
  status: FinalStatus;
  result: JobResult;
}

/** What a line says. */
export function telemetryOf({ job, status, result }: Ended, now: number): Record<string, unknown> {
  const { error, exit_code, duration_ms, usage, attempts } = result;
  return {
    version: TELEMETRY_VERSION,
    time: isoTime(now),
    job_id: job.id,
    session_id: job.sessionId,
    principal: job.principal,
    cli: job.cli,
    role: job.role,
    model: modelOf(job, result),
    reasoning_effort: job.effort,
    permission: job.permission,
    status,
    code: status === "completed" ? "completed" : error?.code ?? status,
    exit_code,
    duration_ms,
    total_ms: now - job.createdAt,
    usage,
    attempts: attempts.map(({ cli, model, code }) => ({ cli, model, code })),
  };
}

/** The files that lines go to. */
export interface TelemetryFiles {
  /** @throws where it cannot be written */
  append(path: string, line: Record<string, unknown>): void;
  close(): void;
}

/** Opens each file at its first line; several servers may share it, as they share the log. */
export function createTelemetryFiles(
  limits: { maxBytes: number; keep: number },
): TelemetryFiles {
  const files = new Map<string, SharedFile>();
  return {
    append(path, line) {
      const file = files.get(path) ?? sharedFile({ path, ...limits });
      files.set(path, file);
      file.append(`${JSON.stringify(line)}\n`);
    },
    close() {
      for (const file of files.values()) file[Symbol.dispose]();
      files.clear();
    },
  };
}
