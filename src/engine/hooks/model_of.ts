import type { Job, JobResult } from "../../store/job.ts";

/** The model of a job's last attempt, which may be one that was fallen back to. */
export function modelOf(
  { model }: Pick<Job, "model">,
  { attempts }: Pick<JobResult, "attempts">,
): string | undefined {
  return attempts.at(-1)?.model ?? model;
}
