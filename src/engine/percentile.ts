/**
 * The nearest-rank percentile: the smallest value that at least `percent` of 100 values do not
 * exceed, which is always one of them. Undefined where there are none.
 *
 * @see https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
 *
 * @param sorted Ascending.
 * @param percent A whole number from 1 to 100.
 * @example
 * ```ts
 * import { percentile } from "./percentile.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(percentile([15, 20, 35, 40, 50], 40), 20);
 * ```
 */
export function percentile(sorted: readonly number[], percent: number): number | undefined {
  // Multiplied first: a product of whole numbers is exact, a fraction of 100 is not.
  return sorted[Math.ceil(percent * sorted.length / 100) - 1];
}
