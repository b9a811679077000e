/** Lets the queued jobs of this server run, when the queue says that it is their turn. */
import type { Clock } from "../lib/clock.ts";
import { isBusy } from "../store/sqlite_errors.ts";
import type { Queue } from "../store/queue.ts";
import type { QueueView } from "../store/queue_view.ts";

/** How often waiting jobs look whether other servers have freed a place, or have given them one. */
const LOOK_MS = 200;

/** A job that waits for its turn. */
interface Waiting {
  settle(outcome: { admitted: boolean } | { error: unknown }): void;
}

/** The door to running. */
export interface Admission {
  /**
   * Waits for a place and takes it.
   *
   * @returns false where the signal aborted first, or the job has ended meanwhile.
   */
  enter(id: string, signal: AbortSignal): Promise<boolean>;
  /** Tells that a job of this server has ended, so that the next may run. */
  left(): void;
  close(): void;
}

/** What admission needs. */
export interface AdmissionParts {
  queue: Pick<Queue, "claimNext"> & Pick<QueueView, "countOf" | "unfinishedOf">;
  /** The id of this server. */
  owner: string;
  clock: Clock;
}

/** Makes the admission of one server; the queue itself is in the shared database. */
export function createAdmission({ queue, owner, clock }: AdmissionParts): Admission {
  const waiting = new Map<string, Waiting>();
  const closed = new AbortController();
  let watching = false;

  return { enter, left: admit, close: () => closed.abort() };

  function enter(id: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const abort = () => {
        waiting.delete(id);
        resolve(false);
      };
      signal.addEventListener("abort", abort, { once: true });
      waiting.set(id, {
        settle(outcome) {
          waiting.delete(id);
          signal.removeEventListener("abort", abort);
          if ("error" in outcome) reject(outcome.error);
          else resolve(outcome.admitted);
        },
      });
      admit();
      void watch();
    });
  }

  /** Starts jobs as long as there is room, those of other servers included: they see it. */
  function admit(): void {
    ask(() => {
      while (waiting.size > 0) {
        const started = queue.claimNext(owner, clock.now());
        if (!started) return;
        if (started.owner === owner) waiting.get(started.id)?.settle({ admitted: true });
      }
    });
  }

  /** Sees which of the waiting jobs another server has started, and which have ended. */
  function look(): void {
    ask(() => {
      if (queue.countOf(owner) === waiting.size) return;
      const unfinished = queue.unfinishedOf(owner);
      for (const [id, { settle }] of waiting) {
        const status = unfinished.get(id);
        if (status !== "queued") settle({ admitted: status === "running" });
      }
    });
  }

  /** A database that another server holds is asked again at the next look. */
  function ask(question: () => void): void {
    try {
      question();
    } catch (error) {
      if (isBusy(error)) return;
      for (const { settle } of waiting.values()) settle({ error });
    }
  }

  async function watch(): Promise<void> {
    if (watching) return;
    watching = true;
    while (waiting.size > 0 && !closed.signal.aborted) {
      await clock.delay(LOOK_MS, closed.signal);
      if (closed.signal.aborted) break;
      look();
      admit();
    }
    watching = false;
  }
}
