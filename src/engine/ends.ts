/** Records the ends of jobs; what the database does not take is kept, and tried again. */
import type { Clock } from "../lib/clock.ts";
import { errorFacts, messageOf } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Job } from "../store/job.ts";
import { isStorageFailure } from "../store/sqlite_errors.ts";
import type { Store } from "../store/store.ts";
import { whileBusy } from "../store/while_busy.ts";
import { type End, removeEnd, writeEnd } from "./end_file.ts";

/** How often a database that others hold is tried before the caller gets its answer: about 10 s. */
const TRIES = 20;
/** The pause before a kept end is tried again; each later one is twice as long, up to … */
const FIRST_PAUSE_MS = 500;
/** … this. */
const LONGEST_PAUSE_MS = 10_000;

/** What waits to be recorded. */
export interface Unrecorded {
  count: number;
  /** Why the newest try failed. */
  problem: string;
}

/** Records the ends of one server's jobs. */
export interface Ends {
  /**
   * Records an end with all that belongs to it in one transaction. Where the database cannot take
   * it, it is kept and tried again until it can.
   *
   * @returns false where the job had ended before: that end stands.
   * @throws What is no failure of the storage.
   */
  record(job: Job, end: Omit<End, "finishedAt">): Promise<boolean>;
  /** The store with the kept ends in it, as if they had been recorded. */
  readonly store: Store;
  /** What is kept; undefined where there is nothing. */
  unrecorded(): Unrecorded | undefined;
  /** Jobs whose ends were recorded in a database that was lost by then. */
  homeless(): string[];
  /** Tries each once more; what is still left lies in a file, or is at least told by the log. */
  close(): void;
}

/** An end that waits. */
interface Kept {
  /** As its caller sees it. */
  job: Job;
  end: End;
  /** Whether it lies on disk, where the next server finds it. */
  written: boolean;
}

/** Makes it for a store. */
export function createEnds(
  { store, clock, log }: { store: Store; clock: Clock; log: Log },
): Ends {
  const kept = new Map<string, Kept>();
  const homeless: string[] = [];
  const closed = new AbortController();
  let problem = "";
  let trying = false;

  return {
    record,
    store: withKept(),
    homeless: () => homeless,
    unrecorded: () => kept.size === 0 ? undefined : { count: kept.size, problem },
    close() {
      closed.abort();
      tryAll();
      for (const [id, { end, written }] of kept) {
        const where = written ? { file: store.files(id).end } : {};
        log.error("The end of a job was not recorded", {
          job: id,
          status: end.status,
          ...where,
          error: problem,
        });
      }
    },
  };

  async function record(job: Job, given: Omit<End, "finishedAt">): Promise<boolean> {
    const end = { ...given, finishedAt: clock.now() };
    try {
      const work = () => apply(job, end);
      return await whileBusy(work, { clock, signal: closed.signal, tries: TRIES });
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      keep(job, end, error);
      return true;
    }
  }

  function apply(job: Job, { status, result, runs, turn, finishedAt }: End): boolean {
    if (store.lost() !== undefined) homeless.push(job.id);
    return store.transaction(() => {
      if (!store.jobs.finish(job.id, status, result, finishedAt, runs)) return false;
      if (turn) store.sessions.recordTurn(job.sessionId, turn, finishedAt);
      else store.sessions.touch(job.sessionId, finishedAt);
      return true;
    });
  }

  function keep(job: Job, end: End, error: unknown): void {
    problem = messageOf(error);
    const warning = `This end could not be recorded yet: ${problem}. The server that ran the job ` +
      "keeps it and tries again; until then no other one knows it";
    const { status, result, finishedAt } = end;
    const warnings = [...result.warnings, warning];
    kept.set(job.id, {
      end,
      job: { ...latest(job), status, finishedAt, result: { ...result, warnings } },
      written: false,
    });
    write(job.id);
    log.warn("Cannot record the end of a job", { job: job.id, status, ...errorFacts(error) });
    void tryAgain();
  }

  function latest(job: Job): Job {
    try {
      return store.jobs.find(job.id) ?? job;
    } catch {
      return job;
    }
  }

  function write(id: string): void {
    const entry = kept.get(id)!;
    try {
      writeEnd(store.files(id).end, entry.end);
      entry.written = true;
    } catch {
      removeEnd(store.files(id).end); // what the full disk took of it is of no use
    }
  }

  async function tryAgain(): Promise<void> {
    if (trying) return;
    trying = true;
    let pause = FIRST_PAUSE_MS;
    while (kept.size > 0 && !closed.signal.aborted) {
      await clock.delay(pause, closed.signal);
      if (closed.signal.aborted) break;
      pause = tryAll() ? FIRST_PAUSE_MS : Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
    trying = false;
  }

  /** @returns Whether any of them could be recorded. */
  function tryAll(): boolean {
    let done = false;
    for (const [id, { job, end, written }] of kept) {
      try {
        apply(job, end);
        kept.delete(id);
        removeEnd(store.files(id).end);
        log.info("The end of a job is recorded after all", { job: id, status: end.status });
        done = true;
      } catch (error) {
        problem = messageOf(error);
        if (!written) write(id);
        // What fails for one fails for all, and each failure may have taken its time.
        break;
      }
    }
    return done;
  }

  function withKept(): Store {
    const { jobs, sessions } = store;
    const asKept = (job: Job) => kept.get(job.id)?.job ?? job;
    return {
      ...store,
      jobs: {
        ...jobs,
        find(id, principal) {
          const job = kept.get(id)?.job;
          if (job && (principal === undefined || job.principal === principal)) return job;
          return job ? undefined : jobs.find(id, principal);
        },
        bySession: (session) => jobs.bySession(session).map(asKept),
        newest(session, before) {
          const job = jobs.newest(session, before);
          return job && asKept(job);
        },
        active(principal, limit) {
          const { jobs: active, total } = jobs.active(principal, limit);
          const left = active.filter(({ id }) => !kept.has(id));
          return { jobs: left, total: total - (active.length - left.length) };
        },
      },
      sessions: {
        ...sessions,
        list: (filter) =>
          sessions.list(filter).map((session) => {
            const last = kept.get(session.lastJobId)?.job;
            return last ? { ...session, status: last.status } : session;
          }),
      },
      removeSession(id) {
        store.removeSession(id);
        for (const { job } of [...kept.values()]) {
          if (job.sessionId === id) kept.delete(job.id);
        }
      },
    };
  }
}
