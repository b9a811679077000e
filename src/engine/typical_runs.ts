/** How long runs took lately, read from the metrics and kept for a moment. */
import type { Clock } from "../lib/clock.ts";
import type { MetricsTable } from "../store/metrics.ts";

/** How long what was read is good for: many callers may ask at once. */
const KEPT_MS = 5000;

/**
 * The durations of the newest runs of a CLI in a role in milliseconds, ascending; where there were
 * none in that role, those of the CLI; empty where there were none at all.
 */
export type TypicalRuns = (cli: string, role: string) => readonly number[];

/** Makes the reader. */
export function createTypicalRuns(
  { metrics, clock }: { metrics: Pick<MetricsTable, "latencies">; clock: Pick<Clock, "now"> },
): TypicalRuns {
  const known = new Map<string, { durations: readonly number[]; readAt: number }>();

  return function typicalRuns(cli, role) {
    const key = `${cli} ${role}`;
    const kept = known.get(key);
    if (kept && clock.now() - kept.readAt < KEPT_MS) return kept.durations;
    const inRole = metrics.latencies({ cli, role });
    const durations = (inRole.length > 0 ? inRole : metrics.latencies({ cli }))
      .sort((one, other) => one - other);
    known.set(key, { durations, readAt: clock.now() });
    return durations;
  };
}
