/** Processes that stay after they have told their end: their job is answered while they are ended. */
import type { Clock } from "../lib/clock.ts";
import type { Left } from "../process/left.ts";
import type { Job } from "../store/job.ts";
import type { Store } from "../store/store.ts";
import { rememberLeft } from "./leftovers.ts";

/** Who still lingers. */
export interface Lingering {
  /** Follows the end of a process of a job, until it is gone or cannot be ended. */
  follow(job: Pick<Job, "id" | "cli" | "sessionId">, gone: Promise<readonly Left[]>): void;
  /** Resolves when none of a session's jobs is followed: two must not be at one conversation. */
  ofSession(id: string): Promise<void>;
  /** All that are followed now. */
  all(): Promise<void>[];
}

/** Makes it. */
export function createLingering(
  parts: { store: Store; clock: Clock; onError(error: unknown): void },
): Lingering {
  /** Each with its session. */
  const followed = new Map<Promise<void>, string>();
  const all = () => [...followed.keys()];
  return {
    all,
    follow(job, gone) {
      const following = gone
        .then((left) => rememberLeft(left, job, parts))
        .catch(parts.onError)
        .finally(() => followed.delete(following));
      followed.set(following, job.sessionId);
    },
    async ofSession(id) {
      await Promise.all(all().filter((following) => followed.get(following) === id));
    },
  };
}
