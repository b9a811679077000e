/** The job whose CLI has called this aimux, and what it may ask for. */
import { AimuxError } from "../lib/errors.ts";
import { isFinal, type Job } from "../store/job.ts";
import { endOfCalled } from "../store/jobs.ts";
import type { Store } from "../store/store.ts";
import { JOB_MARKER } from "./marks.ts";

/** What is looked at. */
export interface CallerParts {
  /** The environment of this aimux. */
  env: Record<string, string>;
  store: Pick<Store, "jobs">;
  /** How many unfinished jobs a job may have called. */
  maxFanOut: number;
}

/**
 * Finds the job that a request comes from; undefined where this aimux was called by no job of this
 * database. To be called in the transaction that records the request.
 *
 * @param sessionId The session that the request continues.
 * @throws AimuxError where that job may not ask for it.
 */
export function callerOf(
  sessionId: string | undefined,
  { env, store: { jobs }, maxFanOut }: CallerParts,
): Job | undefined {
  const { [JOB_MARKER]: id } = env;
  const caller = id === undefined ? undefined : jobs.find(id);
  if (!caller) return undefined;
  if (isFinal(caller.status)) {
    throw new AimuxError(
      "interrupted",
      `The job that aimux was called by has ended (${caller.id})`,
      {
        hint: "Nobody waits for the answer any more; end this program, too",
        details: { caller: caller.id, status: caller.status },
      },
    );
  }
  refuseOwnSession(caller, sessionId, jobs);
  const unfinished = jobs.countCalledBy(caller.id);
  if (unfinished < maxFanOut) return caller;
  throw new AimuxError(
    "queue_full",
    `The job that aimux was called by (${caller.id}) has called ${unfinished} jobs that have not ` +
      `ended; the most is ${maxFanOut}`,
    {
      hint: 'Wait for one of them to end, do the work here, or raise "server.max_fan_out"',
      details: { caller: caller.id, unfinished, max_fan_out: maxFanOut },
    },
  );
}

/** A job that waits for a later one of its own session would wait for ever. */
function refuseOwnSession(
  caller: Job,
  sessionId: string | undefined,
  jobs: Pick<Store["jobs"], "find">,
): void {
  if (sessionId === undefined) return;
  for (
    let job: Job | undefined = caller;
    job;
    job = job.parentId ? jobs.find(job.parentId) : undefined
  ) {
    if (job.sessionId !== sessionId) continue;
    throw new AimuxError(
      "invalid_input",
      `Session "${sessionId}" is busy with the job that aimux was called by (${job.id})`,
      {
        hint: "Leave session_id out to start a new session",
        details: { session_id: sessionId, caller: job.id },
      },
    );
  }
}

/** How a job has to end because the job that it was called by has ended; undefined where it has not. */
export function endWithCaller(
  job: Job | undefined,
  jobs: Pick<Store["jobs"], "find">,
): { status: "cancelled" | "interrupted"; message: string } | undefined {
  const caller = job?.parentId === undefined ? undefined : jobs.find(job.parentId);
  if (!caller || !isFinal(caller.status)) return undefined;
  const { status, error: { message } } = endOfCalled(caller.id, caller.status);
  return { status, message };
}
