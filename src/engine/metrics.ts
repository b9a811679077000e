/** Adds up what the CLIs did. */
import { isoTime } from "../lib/clock.ts";
import { inOrder } from "../clis/order.ts";
import { NEWEST_RUNS, type RunErrors, type RunTotals } from "../store/metrics.ts";
import type { Store } from "../store/store.ts";
import type { Figures, Metrics } from "./metrics_shape.ts";
import { percentile } from "./percentile.ts";

/** Ends that say nothing of a CLI: somebody did not want the answer any more, or aimux stopped. */
const NO_FAILURES = ["cancelled", "interrupted"];

/** The metrics of all servers on the database and of everybody, since it was made. */
export function describeMetrics(
  { metrics, snapshot }: Pick<Store, "metrics" | "snapshot">,
): Metrics {
  return snapshot(() => {
    const all = { totals: metrics.totals(), errors: metrics.errors() };
    const namesOf = (of: "cli" | "role") => new Set(all.totals.map((row) => row[of]));
    return {
      since: isoTime(metrics.since()),
      window: { newest_runs: NEWEST_RUNS, percentiles: "nearest-rank" },
      total: figures(all, metrics.latencies()),
      per_cli: Object.fromEntries(
        inOrder(namesOf("cli")).map((
          cli,
        ) => [cli, figures(of({ cli }), metrics.latencies({ cli }))]),
      ),
      per_role: Object.fromEntries(
        [...namesOf("role")].sort().map((role) => [
          role,
          figures(of({ role }), metrics.latencies({ role })),
        ]),
      ),
    };

    function of(one: { cli: string } | { role: string }): Rows {
      const fits = "cli" in one
        ? ({ cli }: { cli: string }) => cli === one.cli
        : ({ role }: { role: string }) => role === one.role;
      return { totals: all.totals.filter(fits), errors: all.errors.filter(fits) };
    }
  });
}

interface Rows {
  totals: RunTotals[];
  errors: RunErrors[];
}

function figures({ totals, errors }: Rows, latencies: number[]): Figures {
  const requests = sum(totals.map((row) => row.requests)) ?? 0;
  const byCode: Figures["errors"] = {};
  for (const { code, count } of errors) byCode[code] = (byCode[code] ?? 0) + count;
  const failures = sum(
    errors.filter(({ code }) => !NO_FAILURES.includes(code))
      .map(({ count }) => count),
  ) ?? 0;
  const sorted = latencies.toSorted((a, b) => a - b);
  const nanos = sum(totals.map((row) => row.costNanos));
  return {
    requests,
    completed: sum(totals.map((row) => row.completed)) ?? 0,
    failures,
    error_rate: requests === 0 ? 0 : failures / requests,
    errors: byCode,
    latency_ms: {
      runs: sum(totals.map((row) => row.timed)) ?? 0,
      p50: percentile(sorted, 50) ?? null,
      p95: percentile(sorted, 95) ?? null,
      max: largest(totals.map((row) => row.longestMs)),
    },
    input_tokens: sum(totals.map((row) => row.inputTokens)),
    output_tokens: sum(totals.map((row) => row.outputTokens)),
    cached_tokens: sum(totals.map((row) => row.cachedTokens)),
    cost_usd: nanos === null ? null : nanos / 1e9,
  };
}

/** The sum of what is known; null where nothing is. */
function sum(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function largest(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}
