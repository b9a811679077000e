import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import { NO_RESULT, testStore } from "../store/testing.ts";
import { watchJobs } from "./watch_jobs.ts";

/** Watches Ann's jobs; `told` empties what was told so far. */
function watcher() {
  const store = testStore();
  const clock = testClock();
  const over = new AbortController();
  const errors: unknown[] = [];
  let uris: string[] = [];
  const watching = () =>
    watchJobs((uri) => uris.push(uri), over.signal, {
      principal: "ann",
      store,
      clock,
      onError: (error) => errors.push(error),
    });
  return {
    store,
    errors,
    watching,
    over,
    print: (id: string, text: string) =>
      Deno.writeTextFileSync(store.files(id).stdout, text, { append: true }),
    async told() {
      await clock.advance(500);
      const told = uris.toSorted();
      uris = [];
      return told;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await clock.advance(500);
      store[Symbol.dispose]();
    },
  };
}

const job = "aimux://jobs/job_1";
const transcript = "aimux://sessions/ses_1/transcript";

Deno.test("each step of a job is told once, and at its end all that is of it", async () => {
  await using at = watcher();
  at.store.addJob("job_1", { principal: "ann" });
  const watching = at.watching();
  assert.deepEqual(await at.told(), []);
  at.store.bring("job_1", "running");
  assert.deepEqual(await at.told(), [job]);
  at.print("job_1", "one\n");
  at.print("job_1", "two\n");
  assert.deepEqual(await at.told(), [job, `${job}/output`]);
  assert.deepEqual(await at.told(), []);
  at.store.jobs.finish("job_1", "completed", NO_RESULT, 3);
  assert.deepEqual(await at.told(), [job, `${job}/answer`, `${job}/output`, transcript]);
  assert.deepEqual(await at.told(), []);
  at.over.abort();
  await watching;
});

Deno.test("a job that came and ended between two looks is told, and so is one that was deleted", async () => {
  await using at = watcher();
  void at.watching();
  at.store.addJob("job_1", { principal: "ann" });
  at.store.bring("job_1", "completed");
  assert.deepEqual(await at.told(), [job, `${job}/answer`, `${job}/output`, transcript]);
  at.store.addJob("job_2", { principal: "ann", sessionId: "ses_2" });
  assert.deepEqual(await at.told(), ["aimux://jobs/job_2", "aimux://sessions/ses_2/transcript"]);
  at.store.removeSession("ses_2");
  assert.ok((await at.told()).includes("aimux://jobs/job_2"));
});

Deno.test("jobs of another principal are not told of, and a look that fails is followed by the next", async () => {
  await using at = watcher();
  void at.watching();
  at.store.addJob("job_1", { principal: "bob" });
  assert.deepEqual(await at.told(), []);
  const { news } = at.store.jobs;
  at.store.jobs.news = () => {
    throw new Error("busy");
  };
  assert.deepEqual(await at.told(), []);
  assert.equal(at.errors.length, 1);
  at.store.jobs.news = news;
  at.store.addJob("job_2", { principal: "ann", sessionId: "ses_2" });
  assert.equal((await at.told()).length, 2);
});
