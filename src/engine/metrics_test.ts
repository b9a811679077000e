import assert from "node:assert/strict";
import fc from "fast-check";
import type { ErrorCode } from "../lib/errors.ts";
import type { Run } from "../store/metrics.ts";
import { NO_RESULT, type TestStore, testStore } from "../store/testing.ts";
import { describeMetrics } from "./metrics.ts";
import { type Figures, metricsShape } from "./metrics_shape.ts";

interface Ended {
  role: string;
  run: Run;
}

/** Ends a job for each, alternately by one server and by another on the same database. */
function record(store: TestStore, ended: readonly Ended[]): void {
  const servers = [store, store.openAgain()];
  for (const [index, { role, run }] of ended.entries()) {
    const id = `job_${String(index).padStart(6, "0")}`;
    store.addJob(id, { role, sessionId: `ses_${index}` });
    store.bring(id, "running");
    const status = run.code === "completed" ? "completed" : "failed";
    assert.ok(servers[index % 2]!.jobs.finish(id, status, NO_RESULT, 3, [run]));
  }
}

/** The same figures, from the list of all runs and in decimal. */
function figuresOf(ended: readonly Ended[]): Figures {
  const runs = ended.map(({ run }) => run);
  const errors: Partial<Record<ErrorCode, number>> = {};
  let failures = 0;
  for (const { code } of runs) {
    if (code === "completed") continue;
    errors[code] = (errors[code] ?? 0) + 1;
    if (code !== "cancelled" && code !== "interrupted") failures++;
  }
  const timed = runs.flatMap(({ durationMs }) => durationMs ?? []);
  const newest = timed.slice(-1000).sort((a, b) => a - b);
  const rank = (percent: number) =>
    newest.find((_, index) => (index + 1) * 100 >= percent * newest.length) ?? null;
  const total = (field: "input_tokens" | "output_tokens" | "cached_tokens") => {
    const told = runs.flatMap(({ usage }) => usage?.[field] ?? []);
    return told.length === 0 ? null : Number(told.reduce((sum, one) => sum + BigInt(one), 0n));
  };
  // Cents with six more digits, as text: no fraction is ever added.
  const costs = runs.flatMap(({ usage }) => usage?.cost_usd ?? []);
  const cents = costs.reduce((sum, cost) => sum + BigInt(cost.toFixed(8).replace(".", "")), 0n);
  const digits = `${cents}`.padStart(9, "0");
  return {
    requests: runs.length,
    completed: runs.filter(({ code }) => code === "completed").length,
    failures,
    error_rate: runs.length === 0 ? 0 : failures / runs.length,
    errors,
    latency_ms: {
      runs: timed.length,
      p50: rank(50),
      p95: rank(95),
      max: timed.length === 0 ? null : timed.reduce((a, b) => a > b ? a : b),
    },
    input_tokens: total("input_tokens"),
    output_tokens: total("output_tokens"),
    cached_tokens: total("cached_tokens"),
    cost_usd: costs.length === 0 ? null : Number(`${digits.slice(0, -8)}.${digits.slice(-8)}`),
  };
}

const CODES = ["completed", "completed", "quota", "auth", "timed_out", "cancelled", "interrupted"];

const count = fc.integer({ min: 0, max: 10_000_000 });
const usage = fc.record({
  input_tokens: count,
  output_tokens: count,
  cached_tokens: count,
  // Prices as they are: dollars with up to eight decimals.
  cost_usd: fc.integer({ min: 0, max: 300_000_000 }).map((price) => price / 1e8),
}, { requiredKeys: [] });

const ended = fc.record({
  role: fc.constantFrom("default", "debug", "codereview"),
  run: fc.record({
    cli: fc.constantFrom("zebra", "codex", "gemini", "claude"),
    code: fc.constantFrom(...CODES) as fc.Arbitrary<Run["code"]>,
    durationMs: fc.integer({ min: 0, max: 100_000 }),
    usage,
  }, { requiredKeys: ["cli", "code"] }),
});

function check(all: readonly Ended[]): void {
  using store = testStore();
  record(store, all);
  const metrics = describeMetrics(store);
  assert.deepEqual(metricsShape.parse(JSON.parse(JSON.stringify(metrics))), metrics);
  assert.deepEqual(metrics.total, figuresOf(all));
  const by = (of: (ended: Ended) => string) =>
    Object.fromEntries(
      [...new Set(all.map(of))].map((name) => [
        name,
        figuresOf(all.filter((one) => of(one) === name)),
      ]),
    );
  assert.deepEqual(metrics.per_cli, by(({ run }) => run.cli));
  assert.deepEqual(metrics.per_role, by(({ role }) => role));
}

Deno.test("the figures are those of the list of all runs, to the last digit", () => {
  fc.assert(fc.property(fc.array(ended, { maxLength: 60 }), check), { numRuns: 30 });
});

Deno.test("percentiles are of the newest thousand runs, of each CLI, each role and all", () => {
  const [all] = fc.sample(fc.array(ended, { minLength: 4500, maxLength: 4500, size: "max" }), {
    numRuns: 1,
    seed: 7,
  });
  check(all!);
});

Deno.test("without any run there are no figures to mistake for some", () => {
  using store = testStore();
  const { total, per_cli, per_role, window } = describeMetrics(store);
  assert.deepEqual(total, {
    requests: 0,
    completed: 0,
    failures: 0,
    error_rate: 0,
    errors: {},
    latency_ms: { runs: 0, p50: null, p95: null, max: null },
    input_tokens: null,
    output_tokens: null,
    cached_tokens: null,
    cost_usd: null,
  });
  assert.deepEqual([per_cli, per_role], [{}, {}]);
  assert.deepEqual(window, { newest_runs: 1000, percentiles: "nearest-rank" });
});

Deno.test("CLIs are told in their fixed order, roles by name", () => {
  using store = testStore();
  const clis = ["zebra", "claude", "codex"];
  record(
    store,
    clis.map((cli, index) => ({ role: `r${9 - index}`, run: { cli, code: "completed" } })),
  );
  const { per_cli, per_role } = describeMetrics(store);
  assert.deepEqual(Object.keys(per_cli), ["codex", "claude", "zebra"]);
  assert.deepEqual(Object.keys(per_role), ["r7", "r8", "r9"]);
});
