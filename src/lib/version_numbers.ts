/** Versions as their numbers: what follows them, such as `-beta.1`, counts for nothing. */

/**
 * Compares two versions by their numbers; a number that is missing counts as 0.
 *
 * @returns a negative number where `a` is the older one, 0 where they are equal; undefined where one
 * of them does not begin with a number.
 *
 * @example
 * ```ts
 * import { compareVersions } from "./version_numbers.ts";
 * import assert from "node:assert/strict";
 *
 * assert.ok(compareVersions("0.9.1", "0.10")! < 0);
 * assert.equal(compareVersions("2.0", "2.0.0-beta.1"), 0);
 * assert.equal(compareVersions("2.0", "unknown"), undefined);
 * ```
 */
export function compareVersions(a: string, b: string): number | undefined {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  if (!left || !right) return undefined;
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] | undefined {
  return /^\d+(?:\.\d+)*/.exec(version)?.[0].split(".").map(Number);
}
