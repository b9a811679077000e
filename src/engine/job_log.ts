/** What the log says of a job: never its prompt, nor what its CLI said. */
import type { Log } from "../lib/log.ts";
import type { FinalStatus, Job, JobResult } from "../store/job.ts";
import type { Route } from "./routing.ts";

/** The events of one job. */
export interface JobLog {
  started(): void;
  ended(status: FinalStatus, result: JobResult): void;
}

/** Logs of a job where it goes, and at `warn` which CLIs were passed over on the way. */
export function jobLog(
  log: Log,
  { job, route, timeoutSeconds }: { job: Job; route: Route; timeoutSeconds: number },
): JobLog {
  const facts = { job: job.id, cli: job.cli, role: job.role, model: job.model };
  const { effort, permission, sessionId: session } = job;
  const more = { effort, permission, session, timeout_seconds: timeoutSeconds };
  log.debug("Job queued", { ...facts, ...more, path: route.path });
  if (route.attempts.length > 0) {
    const passedOver = route.attempts.map(({ cli, code }) => `${cli}: ${code}`);
    log.warn("Another CLI takes the job", { ...facts, passed_over: passedOver });
  }
  return {
    started() {
      const { warnings } = route;
      log.info("Job started", { ...facts, ...more, ...warnings.length > 0 && { warnings } });
    },
    ended(status, { error, exit_code, duration_ms }) {
      log.info("Job ended", { ...facts, status, code: error?.code, exit_code, duration_ms });
    },
  };
}
