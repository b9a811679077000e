import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import { NO_RESULT, testStore } from "../store/testing.ts";
import { createAdmission } from "./admission.ts";

/** An admission over a store, with a record of who was let in and how often the store was asked. */
function door(jobs = ["job_1", "job_2", "job_3", "job_4"]) {
  const store = testStore();
  const clock = testClock();
  const entered: string[] = [];
  let claims = 0;
  let failure: Error | undefined;
  const admission = createAdmission({
    clock,
    jobs: {
      claim(...given) {
        claims++;
        if (failure) throw failure;
        return store.jobs.claim(...given);
      },
    },
  });
  for (const id of jobs) store.addJob(id, { sessionId: sessionOf(id) });

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
    enter(id: string, limit = 1, signal = new AbortController().signal) {
      return admission.enter({ id, sessionId: sessionOf(id) }, limit, signal).then((admitted) => {
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
  await using at = door();
  for (const id of ["job_1", "job_2", "job_3"]) void at.enter(id, 2);
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_2"]);
  at.finish("job_2");
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_2", "job_3"]);
});

Deno.test("a project that lowers the limit waits, and lets others pass", async () => {
  await using at = door();
  void at.enter("job_1", 3);
  void at.enter("job_2", 1);
  void at.enter("job_3", 3);
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_3"]);
  at.finish("job_1");
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_3"], "one still runs");
  at.finish("job_3");
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_3", "job_2"]);
});

Deno.test("a session has one job at a time, in order, and lets those of others pass", async () => {
  await using at = door(["job_1_a", "job_2_a", "job_3_a", "job_4"]);
  for (const id of ["job_1_a", "job_2_a", "job_3_a", "job_4"]) void at.enter(id, 9);
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1_a", "job_4"]);
  at.finish("job_1_a");
  await at.clock.advance(0);
  at.finish("job_2_a");
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1_a", "job_4", "job_2_a", "job_3_a"]);
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
  const second = at.enter("job_2", 1, stop.signal);
  void at.enter("job_3");
  stop.abort();
  assert.equal(await second, false);
  assert.equal(await at.enter("job_4", 1, stop.signal), false);
  at.finish("job_1");
  await at.clock.advance(0);
  assert.deepEqual(at.entered, ["job_1", "job_3"]);
  assert.equal(at.store.jobs.find("job_2")?.status, "queued");
});

Deno.test("a job that has ended meanwhile is not admitted", async () => {
  await using at = door();
  void at.enter("job_1");
  const second = at.enter("job_2");
  at.store.jobs.finish("job_2", "interrupted", NO_RESULT, 2);
  at.finish("job_1");
  assert.equal(await second, false);
});

Deno.test("a database that is held too long makes jobs wait, not fail", async () => {
  await using at = door();
  at.fail(new Error("database is locked"));
  const [first, second] = [at.enter("job_1", 2), at.enter("job_2", 2)];
  await at.clock.advance(0);
  assert.equal(at.claims(), 2, "a pass asks a locked database once");
  at.fail(undefined);
  await at.clock.advance(200);
  assert.deepEqual([await first, await second], [true, true]);
});

Deno.test("a claim that fails otherwise fails its job alone", async () => {
  await using at = door();
  at.fail(new Error("disk I/O error"));
  await assert.rejects(at.enter("job_1"), /disk I\/O error/);
  at.fail(undefined);
  assert.equal(await at.enter("job_2"), true);
});

Deno.test("a long queue on one session costs one question a look, not one a job", async () => {
  const ids = Array.from({ length: 200 }, (_, n) => `job_${1000 + n}_a`);
  await using at = door(ids);
  for (const id of ids) void at.enter(id, 9);
  await at.clock.advance(0);
  assert.deepEqual(at.entered, [ids[0]]);
  assert.ok(at.claims() <= 2 * ids.length, `${at.claims()} claims`);
});
