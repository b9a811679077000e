import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { NEWEST_RUNS } from "./metrics.ts";
import { NO_RESULT, type TestStore, testStore } from "./testing.ts";
import type { Run } from "./metrics.ts";

/** Ends jobs, each with one run. */
function ran(store: TestStore, ...runs: (Partial<Run> & { role?: string })[]): void {
  store.transaction(() => {
    for (const { role = "default", ...run } of runs) {
      const id = crypto.randomUUID();
      store.addJob(id, { role, sessionId: id });
      store.bring(id, "running");
      const ended = { cli: "codex", code: "completed" as const, ...run };
      const status = ended.code === "completed" ? "completed" : "failed";
      assert.ok(store.jobs.finish(id, status, NO_RESULT, 3, [ended]));
    }
  });
}

Deno.test("runs are added up by CLI and role", () => {
  using store = testStore();
  ran(
    store,
    { durationMs: 30, usage: { input_tokens: 5, output_tokens: 1, cost_usd: 0.1 } },
    { durationMs: 10, usage: { input_tokens: 7, cached_tokens: 2, cost_usd: 0.2 } },
    { code: "quota", durationMs: 20 },
    { cli: "gemini", code: "auth" },
    { role: "debug", durationMs: 5 },
  );
  assert.deepEqual(store.metrics.totals(), [
    {
      cli: "codex",
      role: "debug",
      requests: 1,
      completed: 1,
      timed: 1,
      longestMs: 5,
      inputTokens: undefined,
      outputTokens: undefined,
      cachedTokens: undefined,
      costNanos: undefined,
    },
    {
      cli: "codex",
      role: "default",
      requests: 3,
      completed: 2,
      timed: 3,
      longestMs: 30,
      inputTokens: 12,
      outputTokens: 1,
      cachedTokens: 2,
      costNanos: 300_000_000,
    },
    {
      cli: "gemini",
      role: "default",
      requests: 1,
      completed: 0,
      timed: 0,
      longestMs: undefined,
      inputTokens: undefined,
      outputTokens: undefined,
      cachedTokens: undefined,
      costNanos: undefined,
    },
  ]);
  assert.deepEqual(store.metrics.errors(), [
    { cli: "codex", role: "default", code: "quota", count: 1 },
    { cli: "gemini", role: "default", code: "auth", count: 1 },
  ]);
  assert.deepEqual(store.metrics.latencies({ cli: "codex" }).sort(), [10, 20, 30, 5]);
  assert.deepEqual(store.metrics.latencies({ role: "debug" }), [5]);
  assert.deepEqual(store.metrics.latencies({ cli: "gemini" }), []);
  assert.equal(store.metrics.latencies().length, 4);
});

Deno.test("a job without a run counts by its end", () => {
  using store = testStore();
  const error = { code: "unsupported" as const, message: "x" };
  for (
    const [id, status, result] of [
      ["job_1", "completed", NO_RESULT],
      ["job_2", "cancelled", NO_RESULT],
      ["job_3", "failed", { ...NO_RESULT, error }],
      ["job_4", "failed", NO_RESULT],
    ] as const
  ) {
    store.addJob(id, { sessionId: id });
    store.bring(id, "running");
    store.jobs.finish(id, status, result, 3);
  }
  const [total] = store.metrics.totals();
  assert.deepEqual([total?.requests, total?.completed, total?.timed], [4, 1, 0]);
  assert.deepEqual(store.metrics.errors().map(({ code }) => code), [
    "cancelled",
    "failed",
    "unsupported",
  ]);
});

Deno.test("a job counts once, however often its end is told", () => {
  using store = testStore();
  const other = store.openAgain();
  store.addJob("job_1");
  store.bring("job_1", "running");
  const runs = [{ cli: "codex", code: "completed" as const, durationMs: 9 }];
  assert.equal(store.jobs.finish("job_1", "completed", NO_RESULT, 3, runs), true);
  assert.equal(store.jobs.finish("job_1", "completed", NO_RESULT, 3, runs), false);
  assert.equal(other.jobs.finish("job_1", "interrupted", NO_RESULT, 3), false);
  assert.equal(other.metrics.totals()[0]?.requests, 1);
  assert.deepEqual(other.metrics.latencies(), [9]);
});

Deno.test("an end that is rolled back is not counted", () => {
  using store = testStore();
  store.addJob("job_1");
  store.bring("job_1", "running");
  assert.throws(() =>
    store.transaction(() => {
      store.jobs.finish("job_1", "completed", NO_RESULT, 3);
      throw new Error("disk full");
    }), /disk full/);
  assert.equal(store.jobs.find("job_1")?.status, "running");
  assert.deepEqual(store.metrics.totals(), []);
});

Deno.test("each run of a job counts where it ran", () => {
  using store = testStore();
  store.addJob("job_1", { role: "debug" });
  store.bring("job_1", "running");
  store.jobs.finish("job_1", "completed", NO_RESULT, 3, [
    { cli: "codex", code: "quota", durationMs: 1 },
    { cli: "claude", code: "completed", durationMs: 2 },
  ]);
  assert.deepEqual(
    store.metrics.totals().map(({ cli, role, requests, completed }) => [
      cli,
      role,
      requests,
      completed,
    ]),
    [["claude", "debug", 1, 1], ["codex", "debug", 1, 0]],
  );
});

Deno.test("nothing shrinks when sessions are deleted, and all is there again after a restart", () => {
  using store = testStore();
  ran(store, { durationMs: 4, usage: { input_tokens: 1 } }, { code: "auth", durationMs: 2 });
  const told = ({ metrics }: Pick<TestStore, "metrics">) => [
    metrics.since(),
    metrics.totals(),
    metrics.errors(),
    metrics.latencies(),
  ];
  const before = told(store);
  for (const { id } of store.sessions.list({ principal: "local", limit: 9 })) {
    store.removeSession(id);
  }
  assert.equal(store.sessions.count(), 0);
  assert.deepEqual(told(store), before);
  assert.deepEqual(told(store.openAgain()), before);
});

Deno.test("of each CLI in each role only the newest latencies are kept, but the longest for ever", () => {
  using store = testStore();
  const many = Array.from({ length: NEWEST_RUNS + 50 }, (_, index) => index);
  ran(store, { durationMs: 1_000_000 }, { cli: "gemini", durationMs: 3 });
  ran(store, ...many.map((durationMs) => ({ durationMs })));
  ran(store, { role: "debug", durationMs: 7 });
  const newest = store.metrics.latencies({ role: "default" });
  assert.deepEqual(newest, many.slice(-NEWEST_RUNS).reverse());
  assert.deepEqual(store.metrics.latencies({ cli: "gemini" }), [3]);
  assert.deepEqual(store.metrics.latencies({ cli: "codex" }), [7, ...newest].slice(0, NEWEST_RUNS));
  assert.equal(store.metrics.totals().find(({ role }) => role === "default")?.longestMs, 1_000_000);

  const raw = new DatabaseSync(store.path);
  assert.deepEqual({ ...raw.prepare("SELECT count(*) AS n FROM latencies").get() }, {
    n: NEWEST_RUNS + 2,
  });
  raw.close();
});

Deno.test("numbers that a CLI cannot mean are left out, and sums stay readable", () => {
  using store = testStore();
  const most = Number.MAX_SAFE_INTEGER;
  for (const odd of [-1, NaN, Infinity, 1e300]) {
    ran(store, { durationMs: odd, usage: { input_tokens: odd, cost_usd: odd } });
  }
  ran(
    store,
    { durationMs: 1.6, usage: { input_tokens: 2.4, output_tokens: most, cost_usd: 1e-9 } },
    { usage: { output_tokens: most } },
  );
  const [total] = store.metrics.totals();
  assert.deepEqual(
    [total?.requests, total?.timed, total?.longestMs, total?.inputTokens],
    [6, 1, 2, 2],
  );
  assert.deepEqual([total?.outputTokens, total?.costNanos], [most, 1]);
});

Deno.test("metrics count from when the database was made", () => {
  const before = Date.now();
  using store = testStore();
  const since = store.metrics.since();
  assert.ok(since >= before - 1 && since <= Date.now(), `${since}`);
});
