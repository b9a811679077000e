/** Work of which only so much is done at once. */

/** Does the work when a lane is free; whoever came first goes first. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes the lanes.
 *
 * @example
 * ```ts
 * import { createLanes } from "./lanes.ts";
 * import assert from "node:assert/strict";
 *
 * const inTurn = createLanes(1);
 * const done: number[] = [];
 * await Promise.all([1, 2].map((n) => inTurn(async () => void done.push(n))));
 * assert.deepEqual(done, [1, 2]);
 * ```
 */
export function createLanes(count: number): InTurn {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async function inTurn(work) {
    if (running < count) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The lane goes to the next one, or becomes free.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
