import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import { NO_RESULT, testStore } from "../store/testing.ts";
import { createAdmission } from "./admission.ts";

/** An admission over a store, with a record of who was let in and how often the store was asked. */
function door({ ids = ["job_1", "job_2", "job_3", "job_4"], limit = 1 } = {}) {
  const store = testStore();
  const clock = testClock();
  const entered: string[] = [];
  let claims = 0;
  let failure: Error | undefined;
  const admission = createAdmission({
    clock,
    owner: "own_1",
    queue: {
      ...store.queue,
      claimNext(...given) {
        claims++;
        if (failure) throw failure;
        return store.queue.claimNext(...given);
      },
    },
  });
  for (const id of ids) store.addJob(id, { sessionId: sessionOf(id), limit });

  /** Jobs are in sessions of their own, unless their ids name one: `job_1_a`. */
  function sessionOf(id: string): string {
    return `ses_${id.split("_")[2] ?? id}`;
  }

  return {
    store,
    clock,
    entered,
    admission,
    claims: () => claims,
    fail: (error: Error | undefined) => failure = error,
    enter(id: string, signal = new AbortController().signal) {
      return admission.enter(id, signal).then((admitted) => {
        if (admitted) entered.push(id);
        return admitted;
      });
    },
    finish(id: string) {
      store.jobs.finish(id, "failed", NO_RESULT, 2);
      admission.left();
    },
    async [Symbol.asyncDispose]() {
      admission.close();
      await clock.advance(0);
      assert.equal(clock.waiting, 0, "no timer is left");
      store[Symbol.dispose]();
    },
  };
}

Deno.test("jobs enter in order, no more at once than the limit", async () => {
  await using at = door({ limit: 2 });
  for (const id of ["job_1", "job_2", "job_3"]) void at.enter(id);
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_2"]);
  at.finish("job_2");
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_2", "job_3"]);
});

Deno.test("a job that another server has started runs here at the next look", async () => {
  await using at = door();
  void at.enter("job_1");
  void at.enter("job_2");
  await at.clock.advance(1000);
  const other = at.store.openAgain();
  other.jobs.finish("job_1", "failed", NO_RESULT, 3);
  at.store.owners.register({
    id: "own_1",
    pid: 1,
    startTime: undefined,
    leaseUntil: at.clock.now() + 1e6,
  });
  assert.deepEqual(other.queue.claimNext("own_2", at.clock.now()), {
    id: "job_2",
    owner: "own_1",
  });
  await at.clock.advance(200);
  assert.deepEqual(at.entered, ["job_1", "job_2"]);
});

Deno.test("a job of another server is started in its turn", async () => {
  await using at = door({ ids: [] });
  at.store.owners.register({
    id: "own_2",
    pid: 1,
    startTime: undefined,
    leaseUntil: at.clock.now() + 1e6,
  });
  at.store.addJob("job_1", { sessionId: "ses_1", owner: "own_2", limit: 1 });
  at.store.addJob("job_2", { sessionId: "ses_2", limit: 1 });
  void at.enter("job_2");
  await at.clock.advance(0);
  assert.equal(at.store.jobs.find("job_1")?.status, "running");
  assert.deepEqual(at.entered, []);
  at.store.jobs.finish("job_1", "completed", NO_RESULT, 2);
  await at.clock.advance(200);
  assert.deepEqual(at.entered, ["job_2"]);
});

Deno.test("a place that another server frees is taken at the next look", async () => {
  await using at = door();
  void at.enter("job_1");
  void at.enter("job_2");
  await at.clock.advance(1000);
  assert.deepEqual(at.entered, ["job_1"]);
  at.store.openAgain().jobs.finish("job_1", "failed", NO_RESULT, 3);
  await at.clock.advance(200);
  assert.deepEqual(at.entered, ["job_1", "job_2"]);
});

Deno.test("nobody looks when nobody waits", async () => {
  await using at = door();
  await at.enter("job_1");
  await at.clock.advance(1000);
  const before = at.claims();
  await at.clock.advance(10_000);
  assert.equal(at.claims(), before);
  assert.equal(at.clock.waiting, 0);
  // And the next one that waits is looked after again.
  void at.enter("job_2");
  at.store.jobs.finish("job_1", "failed", NO_RESULT, 2);
  await at.clock.advance(200);
  assert.deepEqual(at.entered, ["job_1", "job_2"]);
});

Deno.test("a job that is stopped leaves the queue and takes no place", async () => {
  await using at = door();
  const stop = new AbortController();
  void at.enter("job_1");
  const second = at.enter("job_2", stop.signal);
  void at.enter("job_3");
  stop.abort();
  at.store.jobs.finish("job_2", "cancelled", NO_RESULT, 2);
  assert.equal(await second, false);
  assert.equal(await at.enter("job_4", stop.signal), false);
  at.finish("job_1");
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_3"]);
  assert.equal(at.store.jobs.find("job_2")?.status, "cancelled");
});

Deno.test("a job that has ended meanwhile is not admitted", async () => {
  await using at = door();
  void at.enter("job_1");
  const second = at.enter("job_2");
  at.store.jobs.finish("job_2", "interrupted", NO_RESULT, 2);
  await at.clock.advance(200);
  assert.equal(await second, false);
});

Deno.test("a database that is held too long makes jobs wait, not fail", async () => {
  await using at = door({ limit: 2 });
  at.fail(new Error("database is locked"));
  const [first, second] = [at.enter("job_1"), at.enter("job_2")];
  await at.clock.advance(0);
  assert.equal(at.claims(), 2, "a pass asks a locked database once");
  at.fail(undefined);
  await at.clock.advance(200);
  assert.deepEqual([await first, await second], [true, true]);
});

Deno.test("a database that fails otherwise fails those that wait", async () => {
  await using at = door();
  at.fail(new Error("disk I/O error"));
  await assert.rejects(at.enter("job_1"), /disk I\/O error/);
  at.fail(undefined);
  at.store.jobs.finish("job_1", "interrupted", NO_RESULT, 2);
  assert.equal(await at.enter("job_2"), true);
});

Deno.test("a long queue costs one question a look, not one a job", async () => {
  const ids = Array.from({ length: 200 }, (_, n) => `job_${1000 + n}_a`);
  await using at = door({ ids, limit: 9 });
  for (const id of ids) void at.enter(id);
  await at.clock.advance(0);
  assert.deepEqual(at.entered, [ids[0]]);
  assert.ok(at.claims() <= 2 * ids.length, `${at.claims()} claims`);
});
