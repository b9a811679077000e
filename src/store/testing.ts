/** Stores for tests. */
import { openDatabase } from "./database.ts";
import type { JobResult, JobStatus } from "./job.ts";
import type { NewJob } from "./jobs.ts";
import { openStore, type Store } from "./store.ts";

/** A store in a folder of its own, gone with its scope. */
export interface TestStore extends Store, Disposable {
  folder: string;
  /** The database file. */
  path: string;
  /** Opens the same database once more, as another server would. */
  openAgain(): Store;
  /** Adds a session and a queued job in it. */
  addJob(id: string, given?: Partial<NewJob>, now?: number): void;
  /** Sets how many pages the database may have, as if the disk had room for no more. */
  limitPages(pages: number): void;
  /** Brings a queued job into a state, whatever the queue says. */
  bring(id: string, status: JobStatus): void;
}

/** The result of a job of which nothing matters. */
export const NO_RESULT: JobResult = { attempts: [], warnings: [] };

/** Makes an empty store. */
export function testStore(): TestStore {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "store_" }));
  const path = `${folder}/sessions.db`;
  const db = openDatabase(path);
  const store = openStore(path, db);
  const opened = [store];
  return {
    ...store,
    folder,
    path,
    openAgain() {
      const again = openStore(path);
      opened.push(again);
      return again;
    },
    addJob: (id, given, now) => addJobTo(store, id, given, now),
    limitPages(pages) {
      db.prepare(`PRAGMA max_page_count = ${pages}`).get();
    },
    bring(id, status) {
      if (status === "queued") return;
      db.prepare(`UPDATE jobs SET status = 'running', started_at = 2, ready = NULL
        WHERE id = :id AND status = 'queued'`).run({ id });
      if (status !== "running") store.jobs.finish(id, status, NO_RESULT, 3);
    },
    [Symbol.dispose]() {
      for (const each of opened) each.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** A job as it is put in. */
export function newJob(id: string, given: Partial<NewJob> = {}): NewJob {
  return {
    id,
    sessionId: "ses_1",
    principal: "local",
    owner: "own_1",
    cli: "codex",
    role: "default",
    style: undefined,
    model: undefined,
    effort: undefined,
    permission: "write",
    prompt: "say hi",
    preamble: undefined,
    parentId: undefined,
    cwd: "/project",
    limit: 10,
    cliLimit: undefined,
    ...given,
  };
}

/** Adds a queued job to a store, and a session for it where there is none. */
export function addJobTo(
  { sessions, jobs }: Pick<Store, "sessions" | "jobs">,
  id: string,
  given: Partial<NewJob> = {},
  now = 1,
): void {
  const job = newJob(id, given);
  const { sessionId, principal, cli, cwd } = job;
  if (!sessions.find(sessionId, principal)) {
    sessions.insert({ id: sessionId, principal, cli, cwd }, now);
  }
  jobs.insert(job, now);
}
