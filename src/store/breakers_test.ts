import assert from "node:assert/strict";
import fc from "fast-check";
import type { BreakerSettings } from "./breakers.ts";
import { testStore } from "./testing.ts";

const settings: BreakerSettings = { failureThreshold: 3, cooldownMs: 1000, halfOpenMaxCalls: 1 };

/** A store in which codex has failed so often, at 0. */
function failedTimes(count: number) {
  const store = testStore();
  for (let n = 0; n < count; n++) store.breakers.failed("codex", "quota", settings, 0);
  return store;
}

Deno.test("a breaker opens at the threshold, for this CLI alone", () => {
  using store = failedTimes(2);
  assert.equal(store.breakers.state("codex", settings, 0).state, "closed");
  assert.equal(store.breakers.enter("codex", "job_1", settings, 0), true);
  store.breakers.failed("codex", "auth", settings, 5);
  assert.deepEqual(store.breakers.state("codex", settings, 10), {
    state: "open",
    failures: 3,
    lastCode: "auth",
    retryAt: 1005,
    probes: 0,
  });
  assert.equal(store.breakers.enter("codex", "job_1", settings, 10), false);
  assert.equal(store.breakers.enter("gemini", "job_1", settings, 10), true);
});

Deno.test("a success between failures begins the count anew", () => {
  using store = failedTimes(2);
  store.breakers.succeeded("codex");
  store.breakers.failed("codex", "quota", settings, 0);
  assert.equal(store.breakers.state("codex", settings, 0).failures, 1);
});

Deno.test("after the cooldown one try at a time decides", () => {
  using store = failedTimes(3);
  for (const id of ["job_1", "job_2", "job_3"]) store.addJob(id, { cli: "codex" });
  assert.equal(store.breakers.enter("codex", "job_1", settings, 1000), true);
  assert.equal(store.breakers.enter("codex", "job_1", settings, 1000), true, "it has a place");
  assert.equal(store.breakers.enter("codex", "job_2", settings, 1000), false);
  assert.equal(store.breakers.state("codex", settings, 1000).probes, 1);

  store.breakers.failed("codex", "transient", settings, 1500);
  assert.equal(store.breakers.state("codex", settings, 2499).state, "open");
  assert.equal(store.breakers.enter("codex", "job_2", settings, 2500), true);
  store.breakers.succeeded("codex");
  assert.deepEqual(store.breakers.state("codex", settings, 2500), {
    state: "closed",
    failures: 0,
    probes: 0,
  });
});

Deno.test("a try that ended without a verdict frees its place, and so does a deleted session", () => {
  using store = failedTimes(3);
  store.addJob("job_1");
  store.addJob("job_2", { sessionId: "ses_2" });
  assert.equal(store.breakers.enter("codex", "job_1", settings, 1000), true);
  store.bring("job_1", "cancelled");
  assert.equal(store.breakers.enter("codex", "job_2", settings, 1000), true);
  store.removeSession("ses_2");
  assert.equal(store.breakers.state("codex", settings, 1000).probes, 0);
});

Deno.test("every server of the database sees the same breaker, also after a restart", () => {
  using store = failedTimes(3);
  assert.equal(store.openAgain().breakers.state("codex", settings, 10).state, "open");
});

Deno.test("failures of runs that were let through before it opened do not prolong its cooldown", () => {
  using store = failedTimes(3);
  store.breakers.failed("codex", "quota", settings, 900);
  assert.equal(store.breakers.state("codex", settings, 900).retryAt, 1000);
});

Deno.test("a cooldown lasts its time, and a shorter one does not end it", () => {
  using store = testStore();
  store.breakers.coolDown({ cli: "codex", model: "m", until: 100, code: "quota" });
  store.breakers.coolDown({ cli: "codex", model: "m", until: 50, code: "quota" });
  store.breakers.coolDown({ cli: "gemini", until: 60, code: "auth" });
  assert.deepEqual(store.breakers.cooldowns(59), [
    { cli: "codex", model: "m", until: 100, code: "quota" },
    { cli: "gemini", until: 60, code: "auth" },
  ]);
  assert.deepEqual(store.breakers.cooldowns(99).map(({ cli }) => cli), ["codex"]);
  assert.deepEqual(store.breakers.cooldowns(100), []);
});

Deno.test("whatever happens, an open breaker lets nothing through and a half-open one at most its number", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("fail") }),
    fc.record({ do: fc.constant("succeed") }),
    fc.record({ do: fc.constant("enter") }),
    fc.record({ do: fc.constant("end") }),
    fc.record({ do: fc.constant("wait"), ms: fc.integer({ min: 1, max: 1500 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      using store = testStore();
      let now = 0;
      let jobs = 0;
      const running: string[] = [];
      for (const each of steps) {
        const before = store.breakers.state("codex", settings, now);
        if (each.do === "fail") store.breakers.failed("codex", "failed", settings, now);
        if (each.do === "succeed") store.breakers.succeeded("codex");
        if (each.do === "end") store.bring(running.shift() ?? "none", "cancelled");
        if ("ms" in each) now += each.ms;
        if (each.do !== "enter") continue;
        const id = `job_${jobs++}`;
        store.addJob(id);
        const entered = store.breakers.enter("codex", id, settings, now);
        if (entered) running.push(id);
        assert.equal(
          entered,
          before.state === "closed" || (before.state === "half_open" && before.probes === 0),
        );
        assert.ok(store.breakers.state("codex", settings, now).probes <= 1);
      }
    }),
    { numRuns: 30 },
  );
});
