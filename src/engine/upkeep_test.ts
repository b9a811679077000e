import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { testClock } from "../lib/testing_clock.ts";
import type { Store } from "../store/store.ts";
import { NO_RESULT, type TestStore, testStore } from "../store/testing.ts";
import { keepTidy, tidy } from "./upkeep.ts";

const HOUR = 3_600_000;
/** Where nothing is too much. */
const maxBytes = 1e12;
const ttlHours = 24;

/** A store with what a test puts in, and a clock that stands at an hour. */
function place(hour: number) {
  const store = testStore();
  const clock = testClock(hour * HOUR);
  const names = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  return {
    store,
    clock,
    outputs: () => names(store.place.outputDir),
    states: () => names(store.place.stateDir),
    sessions: () => store.sessions.list({ principal: "local", limit: 1000 }).map(({ id }) => id),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

interface Added {
  at: number;
  /** Whether its job has ended. */
  end?: boolean;
  principal?: string;
  bytes?: number;
  session?: string;
}

/** Adds a session `ses_<name>` with a job `job_<name>` and their files. */
function add(store: TestStore, name: string, given: Added): void {
  const { at, end = true, principal = "local", bytes = 6, session = `ses_${name}` } = given;
  const job = `job_${name}`;
  store.addJob(job, { sessionId: session, principal }, at);
  store.sessions.touch(session, at);
  if (end) store.jobs.finish(job, "cancelled", NO_RESULT, at);
  write(store.files(job).stdout, bytes, at);
  write(`${store.stateDir}/${session}.aider.md`, 7, at);
  write(`${store.stateDir}/${job}.aider.md`, 7, at);
}

function write(path: string, bytes: number, at: number): void {
  Deno.writeFileSync(path, new Uint8Array(bytes));
  Deno.utimeSync(path, at / 1000, at / 1000);
}

Deno.test("only sessions that are unused for long and have no unfinished job are deleted for their age", async () => {
  using here = place(25);
  const { store, clock } = here;
  add(store, "old", { at: 0 });
  add(store, "busy", { at: 0, end: false });
  add(store, "new", { at: 20 * HOUR });
  add(store, "other", { at: 0, principal: "alice" });

  const upkeep = { store, clock, ttlHours, maxBytes };
  assert.equal((await tidy(upkeep, "local")).expired, 1);
  assert.equal(store.jobs.find("job_old"), undefined);
  assert.deepEqual(here.outputs(), ["busy", "new", "other"].map((n) => `job_${n}.stdout`));
  assert.ok(!here.states().some((name) => name.includes("_old.")));
  assert.equal((await tidy(upkeep)).expired, 1);
  assert.deepEqual(here.sessions().sort(), ["ses_busy", "ses_new"]);
});

Deno.test("many expired sessions are deleted bit by bit, with all that is theirs", async () => {
  using here = place(25);
  const { store, clock } = here;
  for (let n = 0; n < 105; n++) add(store, `${n}`, { at: n });
  assert.equal((await tidy({ store, clock, ttlHours, maxBytes })).expired, 105);
  assert.deepEqual([here.outputs(), here.states(), here.sessions()], [[], [], []]);
});

Deno.test("above the bound the oldest finished sessions are deleted, and no more than need be", async () => {
  using here = place(25);
  const { store, clock } = here;
  add(store, "busy", { at: HOUR, end: false, bytes: 100_000 });
  for (let n = 2; n < 10; n++) add(store, `${n}`, { at: n * HOUR, bytes: 100_000 });
  const most = store.pages.inUse() + 450_000;
  const { expired, evicted, emptied, sizes } = await tidy({
    store,
    clock,
    ttlHours: 1000,
    maxBytes: most,
  });
  assert.deepEqual([expired, evicted, emptied], [0, 5, 0]);
  assert.deepEqual(here.sessions().sort(), ["ses_7", "ses_8", "ses_9", "ses_busy"]);
  assert.equal(sizes.output, 400_000);
});

Deno.test("the session in use, the last one and what was used just now stay, whatever the bound", async () => {
  using here = place(25);
  const { store, clock } = here;
  add(store, "busy", { at: HOUR, end: false, bytes: 50_000 });
  add(store, "old", { at: HOUR, bytes: 50_000 });
  add(store, "now", { at: 25 * HOUR - 5000, bytes: 50_000 });
  add(store, "last", { at: 25 * HOUR - 1000, bytes: 50_000 });
  const upkeep = { store, clock, ttlHours: 1000, maxBytes: 1 };
  assert.equal((await tidy(upkeep)).evicted, 1);
  assert.deepEqual(here.sessions().sort(), ["ses_busy", "ses_last", "ses_now"]);
  await clock.advance(HOUR);
  assert.equal((await tidy(upkeep)).evicted, 1);
  assert.deepEqual(here.sessions().sort(), ["ses_busy", "ses_last"]);
  assert.equal(Deno.statSync(store.files("job_busy").stdout).size, 50_000);
});

Deno.test("of a session that goes on for ever the output of old jobs goes, and says so", async () => {
  using here = place(25);
  const { store, clock } = here;
  for (const n of [1, 2, 3, 4]) {
    add(store, `${n}`, { at: n * HOUR, session: "ses_long", bytes: 100_000 });
  }
  const most = store.pages.inUse() + 250_000;
  const { evicted, emptied } = await tidy({ store, clock, ttlHours: 1000, maxBytes: most });
  assert.deepEqual([evicted, emptied], [0, 2]);
  const outputOf = (n: number) => Deno.readTextFileSync(store.files(`job_${n}`).stdout);
  for (const n of [1, 2]) assert.match(outputOf(n), /^\[… deleted .* server\.max_store_mb …\]\n$/);
  for (const n of [3, 4]) assert.equal(outputOf(n).length, 100_000);
  assert.equal(store.jobs.bySession("ses_long").length, 4);
});

Deno.test("old files of jobs and sessions that do not exist are deleted, and no others", async () => {
  using here = place(100);
  const { store, clock } = here;
  add(store, "known", { at: 99 * HOUR });
  const { outputDir, stateDir } = store.place;
  write(`${outputDir}/job_lost.stdout`, 9, HOUR);
  write(`${outputDir}/job_lost.stdout.from-900`, 9, HOUR);
  write(`${outputDir}/job_recent.stdout`, 9, 99 * HOUR);
  write(`${outputDir}/notes.txt`, 9, HOUR);
  write(`${stateDir}/ses_lost.aider.md`, 9, HOUR);
  write(store.files("job_known").answer, 9, HOUR);
  const { orphans } = await tidy({ store, clock, ttlHours, maxBytes });
  assert.equal(orphans, 3);
  assert.deepEqual(here.outputs(), [
    "job_known.answer",
    "job_known.stdout",
    "job_recent.stdout",
    "notes.txt",
  ]);
});

Deno.test("where another database lies in the folder nothing is taken for an orphan", async () => {
  using here = place(100);
  const { store, clock } = here;
  new DatabaseSync(`${store.folder}/other.db`).exec("CREATE TABLE t (a); PRAGMA user_version = 1");
  write(`${store.place.outputDir}/job_others.stdout`, 9, HOUR);
  assert.equal((await tidy({ store, clock, ttlHours, maxBytes })).orphans, 0);
  assert.deepEqual(here.outputs(), ["job_others.stdout"]);
});

Deno.test("the room of what was deleted is given back to the disk", async () => {
  using here = place(25);
  const { store, clock } = here;
  const answer = { ...NO_RESULT, content: "word ".repeat(10_000) };
  for (let n = 0; n < 100; n++) {
    store.addJob(`job_${n}`, { sessionId: `ses_${n}` }, n);
    store.bring(`job_${n}`, "running");
    store.jobs.finish(`job_${n}`, "completed", answer, n);
  }
  const upkeep = { store, clock, ttlHours, maxBytes };
  const before = await tidy({ ...upkeep, ttlHours: 1000 });
  assert.ok(before.sizes.database > 5_000_000);
  const after = await tidy(upkeep);
  assert.equal(after.expired, 100);
  assert.ok(after.sizes.database < 400_000, `${after.sizes.database}`);
  assert.ok(Deno.statSync(store.path).size < 400_000);
});

Deno.test("a session that is used again while others are deleted stays", () => {
  using store = testStore();
  add(store, "1", { at: 1 });
  assert.deepEqual(store.removeUnused(["ses_1", "ses_unknown"], 1), []);
  store.sessions.touch("ses_1", 50);
  assert.deepEqual(store.removeUnused(["ses_1"], 50), []);
  assert.deepEqual(store.removeUnused(["ses_1"], 51), [["ses_1", "job_1"]]);
});

/** A server's own looks, with what its jobs do. */
function looking(store: Store, { failing = false } = {}) {
  const clock = testClock(1000 * HOUR);
  const errors: unknown[] = [];
  const over = new AbortController();
  const state = { taken: 0, idle: true, looks: 0 };
  const watched: Store = {
    ...store,
    sessions: {
      ...store.sessions,
      expired(...given) {
        state.looks++;
        if (failing) throw new Error("database is locked");
        return store.sessions.expired(...given);
      },
    },
  };
  const done = keepTidy({
    store: watched,
    clock,
    ttlHours,
    maxBytes,
    activity: { taken: () => state.taken, isIdle: () => state.idle },
    onError: (error) => errors.push(error),
  }, over.signal);
  return {
    clock,
    errors,
    state,
    /** Lets time pass, and waits for each look, which works on a disk that knows no turned clock. */
    async advance(milliseconds: number) {
      for (let left = milliseconds; left > 0; left -= 30_000) {
        await untilItWaits();
        await clock.advance(Math.min(left, 30_000));
      }
      await untilItWaits();
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await done;
    },
  };

  async function untilItWaits(): Promise<void> {
    while (clock.waiting === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}

Deno.test("a server looks at its start and every hour, and soon after jobs have been at work", async () => {
  using store = testStore();
  await using server = looking(store);
  await server.advance(30_000);
  assert.equal(server.state.looks, 1);
  await server.advance(HOUR);
  assert.equal(server.state.looks, 2);
  server.state.taken++;
  server.state.idle = false;
  await server.advance(30_000);
  assert.equal(server.state.looks, 3);
  server.state.idle = true;
  await server.advance(30_000);
  assert.equal(server.state.looks, 4, "once more after the last job has ended");
  await server.advance(300_000);
  assert.equal(server.state.looks, 4);
  assert.deepEqual(server.errors, []);
});

Deno.test("a look that fails is told, and the next one comes all the same", async () => {
  using store = testStore();
  await using server = looking(store, { failing: true });
  await server.advance(2 * HOUR + 60_000);
  assert.equal(server.state.looks, server.errors.length);
  assert.ok(server.errors.length >= 3);
});
