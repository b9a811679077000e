import assert from "node:assert/strict";
import { testStore } from "./testing.ts";

Deno.test("a leftover is kept once, and until it is removed", () => {
  using store = testStore();
  const one = { pid: 7, startTime: "boot:1", jobId: "job_1", cli: "codex", since: 10 };
  const other = { ...one, startTime: "boot:2", since: 5 };
  for (const each of [one, other, { ...one, jobId: "job_2", since: 20 }]) {
    store.leftovers.add(each);
  }
  assert.deepEqual(store.openAgain().leftovers.all(), [other, one]);
  store.leftovers.remove({ pid: 7, startTime: "boot:1" });
  store.leftovers.remove({ pid: 8, startTime: "boot:2" });
  assert.deepEqual(store.leftovers.all(), [other]);
});
