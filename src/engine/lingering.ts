/** Processes that stay after they have told their end: their job is answered while they are ended. */
import type { Clock } from "../lib/clock.ts";
import type { Job } from "../store/job.ts";
import type { Store } from "../store/store.ts";
import { rememberLeft } from "./leftovers.ts";
import type { Lingerer } from "./wait_for_end.ts";

/** Who still lingers. */
export interface Lingering {
  /** Follows the end of a process of a job, until it is gone or cannot be ended. */
  follow(job: Pick<Job, "id" | "cli" | "sessionId">, process: Lingerer): void;
  /** Resolves when none of a session's jobs is followed: two must not be at one conversation. */
  ofSession(id: string): Promise<void>;
  /** Each that is followed now. */
  all(): Promise<void>[];
  /** Ends all with another grace, those that come later, too. */
  end(graceMs: number): void;
}

/** Makes it. */
export function createLingering(
  parts: { store: Store; clock: Clock; onError(error: unknown): void },
): Lingering {
  const followed = new Map<Promise<void>, { sessionId: string; process: Lingerer }>();
  let graceMs: number | undefined;
  return {
    all: () => [...followed.keys()],
    follow(job, process) {
      if (graceMs !== undefined) hurry(process, graceMs);
      const following = process.gone
        .then((left) => rememberLeft(left, job, parts))
        .catch(parts.onError)
        .finally(() => followed.delete(following));
      followed.set(following, { sessionId: job.sessionId, process });
    },
    async ofSession(id) {
      await Promise.all(
        [...followed].flatMap(([following, { sessionId }]) => sessionId === id ? [following] : []),
      );
    },
    end(milliseconds) {
      graceMs = milliseconds;
      for (const { process } of followed.values()) hurry(process, graceMs);
    },
  };

  function hurry(process: Lingerer, graceMs: number): void {
    process.end(graceMs).catch(parts.onError);
  }
}
