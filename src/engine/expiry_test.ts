import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import type { Store } from "../store/store.ts";
import { testStore } from "../store/testing.ts";
import { deleteExpired, keepDeletingExpired } from "./expiry.ts";

const HOUR = 3_600_000;

Deno.test("only sessions that are unused for long and have no unfinished job are deleted", () => {
  using store = testStore();
  const add = (name: string, time: number, end: boolean, principal = "local") => {
    const [session, job] = [`ses_${name}`, `job_${name}`];
    store.addJob(job, { sessionId: session, principal }, time);
    const result = { attempts: [], warnings: [] };
    if (end) store.jobs.finish(job, "cancelled", result, time);
    Deno.writeTextFileSync(store.files(job).stdout, "output");
    Deno.writeTextFileSync(`${store.stateDir}/${session}.aider.md`, "history");
    Deno.writeTextFileSync(`${store.stateDir}/${job}.aider.md`, "history");
  };
  add("old", 0, true);
  add("busy", 0, false);
  add("new", 20 * HOUR, true);
  add("other", 0, true, "alice");
  const clock = { now: () => 25 * HOUR, delay: () => Promise.resolve() };

  assert.equal(deleteExpired({ store, clock, ttlHours: 24 }, "local"), 1);
  assert.equal(store.jobs.find("job_old"), undefined);
  const names = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  assert.deepEqual(
    names(`${store.folder}/output`),
    ["busy", "new", "other"].map((n) => `job_${n}.stdout`),
  );
  assert.ok(!names(store.stateDir).some((name) => name.includes("_old.")));
  assert.equal(deleteExpired({ store, clock, ttlHours: 24 }), 1);
  assert.deepEqual(
    ["busy", "new", "other"].map((name) => store.jobs.find(`job_${name}`) !== undefined),
    [true, true, false],
  );
});

Deno.test("a look for expired sessions that fails is told, and the next one comes all the same", async () => {
  const store = {
    sessions: {
      expired() {
        throw new Error("database is locked");
      },
    },
  } as unknown as Store;
  const clock = testClock();
  const errors: unknown[] = [];
  const over = new AbortController();
  const onError = (error: unknown) => errors.push(error);
  const looking = keepDeletingExpired({ store, clock, ttlHours: 24, onError }, over.signal);
  await clock.advance(2 * HOUR);
  assert.equal(errors.length, 3);
  over.abort();
  await looking;
});
