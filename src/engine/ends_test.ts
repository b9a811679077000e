import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { JobResult } from "../store/job.ts";
import { createRedactor } from "../lib/redact.ts";
import { type TestClock, testClock } from "../lib/testing_clock.ts";
import { testLog } from "../lib/testing_log.ts";
import { chooseSignals } from "../process/signals.ts";
import type { Store } from "../store/store.ts";
import { testStore } from "../store/testing.ts";
import { createEnds } from "./ends.ts";
import { takeOwnership } from "./ownership.ts";
import { type TestEngine, testEngine } from "./testing.ts";

const request = { prompt: "say hi", principal: "local" };
const seconds = 3600;

const FULL = "database or disk is full";

/** The server that looks after what another one has left. */
function nextServer(store: Store, clock: TestClock) {
  return takeOwnership({
    store,
    clock,
    ids: { job: () => "", session: () => "", owner: () => "own_next" },
    signals: chooseSignals(),
    killGraceMs: 0,
    redact: createRedactor({}),
    log: testLog(),
    onEnd() {},
    onError: (error) => assert.fail(String(error)),
  });
}

/** A store that takes no writes as long as `failure` is set. */
function failing(store: Store, state: { failure?: string | undefined }): Store {
  return {
    ...store,
    transaction(work) {
      if (state.failure !== undefined) throw new Error(state.failure);
      return store.transaction(work);
    },
  };
}

/** A job that has answered when nothing could be recorded. */
async function answeredInVain(at: TestEngine, state: { failure?: string | undefined }) {
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  process.print("an answer");
  state.failure = FULL;
  process.exit();
  return await at.engine.settled(job, { seconds });
}

Deno.test("an end that cannot be recorded is told to its caller as it is, with a warning, and recorded later", async () => {
  const state: { failure?: string | undefined } = {};
  await using at = testEngine({ between: (store) => failing(store, state) });
  const { engine, store } = at;
  const { id, sessionId, status, result } = await answeredInVain(at, state);
  assert.deepEqual([status, result?.content], ["completed", "an answer"]);
  assert.match(result!.warnings.join(), /could not be recorded yet: database or disk is full/);

  assert.equal(store.jobs.find(id)?.status, "running", "the database does not know it");
  assert.equal(engine.store.jobs.find(id)?.status, "completed");
  assert.equal(engine.store.jobs.find(id, "local")?.status, "completed");
  assert.equal(engine.store.jobs.find(id, "bob"), undefined);
  assert.equal(engine.store.jobs.newest(sessionId)?.status, "completed");
  assert.deepEqual(engine.store.jobs.bySession(sessionId).map((job) => job.status), ["completed"]);
  const [session] = engine.store.sessions.list({ principal: "local", limit: 9 });
  assert.equal(session?.status, "completed");
  assert.deepEqual(engine.store.jobs.active("local", 9), { jobs: [], total: 0 });
  assert.deepEqual(engine.unrecorded(), { count: 1, problem: FULL });
  assert.equal(engine.isIdle(), false);

  await at.clock.advance(60_000);
  assert.equal(store.jobs.find(id)?.status, "running");
  state.failure = undefined;
  await at.clock.advance(10_000);
  const recorded = store.jobs.find(id)!;
  assert.deepEqual([recorded.status, recorded.result?.content], ["completed", "an answer"]);
  assert.deepEqual(recorded.result?.warnings, []);
  assert.equal(store.sessions.find(sessionId, "local")?.turns, 1);
  assert.deepEqual(store.metrics.totals().map(({ requests }) => requests), [1]);
  assert.deepEqual([engine.unrecorded(), engine.isIdle()], [undefined, true]);
  assert.throws(() => Deno.statSync(store.files(id).end), Deno.errors.NotFound);
  assert.equal(at.clock.waiting, 0);
});

Deno.test("an end that its server could not record is recorded by the next one, as it was", async () => {
  const state: { failure?: string | undefined } = {};
  await using at = testEngine({ between: (store) => failing(store, state) });
  const { id, sessionId } = await answeredInVain(at, state);
  await at.engine.interruptAll({ graceMs: 0 });
  assert.equal(at.store.jobs.find(id)?.status, "running");
  assert.ok(
    at.logged.some(({ level, message }) =>
      level === "error" && message === "The end of a job was not recorded"
    ),
  );

  const clock = testClock(at.clock.now() + 5000);
  const next = nextServer(at.store, clock);
  await next.recover();
  const { status, result, finishedAt } = at.store.jobs.find(id)!;
  assert.deepEqual([status, result?.content, finishedAt], [
    "completed",
    "an answer",
    at.clock.now(),
  ]);
  assert.equal(at.store.sessions.find(sessionId, "local")?.turns, 1);
  assert.throws(() => Deno.statSync(at.store.files(id).end), Deno.errors.NotFound);
  next.resign();
  await clock.advance(0);
});

Deno.test("a file of an end that was cut off is not believed", async () => {
  using store = testStore();
  store.addJob("job_1", { owner: "own_gone" });
  Deno.writeTextFileSync(store.files("job_1").end, '{"status":"completed","result":{"conte');
  const clock = testClock();
  const next = nextServer(store, clock);
  await next.recover();
  assert.equal(store.jobs.find("job_1")?.status, "interrupted");
  next.resign();
  await clock.advance(0);
});

Deno.test("a kept end loses against one that was recorded, and goes with its session", async () => {
  using store = testStore();
  const clock = testClock();
  const state: { failure?: string | undefined } = { failure: FULL };
  const ends = createEnds({ store: failing(store, state), clock, log: testLog() });
  const result: JobResult = { attempts: [], warnings: [], content: "late" };
  for (const id of ["job_1", "job_2"]) {
    store.addJob(id, { sessionId: `ses_${id}` });
    store.bring(id, "running");
    const end = { status: "completed" as const, result, runs: [] };
    assert.equal(await ends.record(store.jobs.find(id)!, end), true);
  }
  store.jobs.finish("job_1", "cancelled", { attempts: [], warnings: [] }, 5);
  ends.store.removeSession("ses_job_2");
  assert.equal(ends.store.jobs.find("job_2"), undefined);
  state.failure = undefined;
  await clock.advance(20_000);
  assert.equal(ends.store.jobs.find("job_1")?.status, "cancelled");
  assert.equal(ends.unrecorded(), undefined);
  ends.close();
});

Deno.test("what is no failure of the storage is not kept", async () => {
  using store = testStore();
  const clock = testClock();
  const failure = new Error("a bug");
  const broken: Store = {
    ...store,
    transaction() {
      throw failure;
    },
  };
  const ends = createEnds({ store: broken, clock, log: testLog() });
  store.addJob("job_1");
  const end = { status: "cancelled" as const, result: { attempts: [], warnings: [] }, runs: [] };
  await assert.rejects(ends.record(store.jobs.find("job_1")!, end), failure);
  assert.equal(ends.unrecorded(), undefined);
});

Deno.test("no answer is lost on a database that is really full", async () => {
  await using at = testEngine();
  const raw = new DatabaseSync(at.store.path);
  const pages = () => Number(raw.prepare("PRAGMA page_count").get()?.["page_count"]);
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  // More than fits into pages that are there already.
  const answer = "word ".repeat(10_000);
  process.print(answer);
  at.store.limitPages(pages());
  process.exit();
  const { status, result } = await at.engine.settled(job, { seconds });
  assert.deepEqual([status, result?.content], ["completed", answer.trim()]);
  assert.match(result!.warnings.join(), /is full/);
  assert.equal(at.store.jobs.find(job.id)?.status, "running");
  await assert.rejects(at.engine.submit({ ...request, prompt: "x".repeat(100_000) }), {
    code: "storage",
    message: /Cannot use the database ".*": database or disk is full/,
    hint: /Make room on the disk/,
  });
  at.store.limitPages(100_000);
  await at.clock.advance(20_000);
  assert.equal(at.store.jobs.find(job.id)?.status, "completed");
  raw.close();
});
