/** How often each caller may ask. */
import type { Clock } from "../../../lib/clock.ts";

/** Counts the requests of each caller. */
export interface RequestRate {
  /** Takes one request of a caller: 0, or the whole seconds after which there is room for it. */
  take(caller: string): number;
}

/** Full buckets are forgotten when there are more than this. */
const MOST_BUCKETS = 1000;

/** A bucket for each caller that holds a minute's requests, and fills as time goes by. */
export function createRequestRate(perMinute: number, clock: Clock): RequestRate {
  const buckets = new Map<string, { left: number; at: number }>();
  const refilled = ({ left, at }: { left: number; at: number }) =>
    Math.min(perMinute, left + Math.max(0, clock.now() - at) * perMinute / 60_000);

  return {
    take(caller) {
      const bucket = buckets.get(caller);
      const left = bucket ? refilled(bucket) : perMinute;
      if (left < 1) return Math.ceil((1 - left) * 60 / perMinute);
      buckets.set(caller, { left: left - 1, at: clock.now() });
      if (buckets.size > MOST_BUCKETS) forgetFull();
      return 0;
    },
  };

  function forgetFull(): void {
    for (const [caller, bucket] of buckets) {
      if (refilled(bucket) >= perMinute) buckets.delete(caller);
    }
  }
}
