/** Lets queued jobs run: in order, no more at once than the limit, one at a time a session. */
import type { Clock } from "../lib/clock.ts";
import { isBusy } from "../store/database.ts";
import type { Job } from "../store/job.ts";
import type { JobTable } from "../store/jobs.ts";

/** How often waiting jobs look whether another server has freed a place. */
const LOOK_MS = 200;

/** A job that waits for its turn. */
interface Waiting {
  job: Pick<Job, "id" | "sessionId">;
  limit: number;
  settle(outcome: { admitted: boolean } | { error: unknown }): void;
}

/** The door to running. */
export interface Admission {
  /**
   * Waits for a place and takes it.
   *
   * @param limit How many jobs may run at once, this one included.
   * @returns false where the signal aborted first, or the job has ended meanwhile.
   */
  enter(
    job: Pick<Job, "id" | "sessionId">,
    limit: number,
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Tells that a job of this server has ended, so that the next may run. */
  left(): void;
  close(): void;
}

/** Makes the admission of one server; the places themselves are counted in the shared database. */
export function createAdmission(
  { jobs, clock }: { jobs: Pick<JobTable, "claim">; clock: Clock },
): Admission {
  let waiting: Waiting[] = [];
  const closed = new AbortController();
  let watching = false;

  return { enter, left: admit, close: () => closed.abort() };

  function enter(
    job: Waiting["job"],
    limit: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const abort = () => {
        waiting = waiting.filter((entry) => entry.job !== job);
        resolve(false);
      };
      signal.addEventListener("abort", abort, { once: true });
      waiting.push({
        job,
        limit,
        settle(outcome) {
          signal.removeEventListener("abort", abort);
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.admitted);
        },
      });
      admit();
      void watch();
    });
  }

  /** Offers a place to each waiting job in turn. A job whose session is busy lets others pass. */
  function admit(): void {
    let refusedLimit = 0;
    const busySessions = new Set<string>();
    waiting = waiting.filter(({ job, limit, settle }) => {
      if (limit <= refusedLimit || busySessions.has(job.sessionId)) return true;
      try {
        const claim = jobs.claim(job.id, limit, clock.now());
        if (claim === "full") refusedLimit = limit;
        else busySessions.add(job.sessionId);
        if (claim === "full" || claim === "session_busy") return true;
        settle({ admitted: claim === "claimed" });
      } catch (error) {
        if (isBusy(error)) {
          refusedLimit = Infinity;
          return true;
        }
        settle({ error });
      }
      return false;
    });
  }

  /** Places that other servers free are seen by looking; those of this server are told. */
  async function watch(): Promise<void> {
    if (watching) return;
    watching = true;
    while (waiting.length > 0 && !closed.signal.aborted) {
      await clock.delay(LOOK_MS, closed.signal);
      if (!closed.signal.aborted) admit();
    }
    watching = false;
  }
}
