/** Waiting that has an end. */
import type { Clock } from "./clock.ts";

/**
 * Waits for a promise, at most so many milliseconds and until the signal aborts.
 *
 * @returns Whether it was settled in time.
 * @throws what the promise was rejected with, where that was in time; later it is of no effect.
 *
 * @example
 * ```ts
 * import { systemClock } from "./clock.ts";
 * import { within } from "./within.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(await within(1000, Promise.resolve(), { clock: systemClock }), true);
 * assert.equal(await within(1, new Promise(() => {}), { clock: systemClock }), false);
 * ```
 */
export async function within(
  milliseconds: number,
  promise: Promise<unknown>,
  { clock, signal }: { clock: Clock; signal?: AbortSignal },
): Promise<boolean> {
  const over = new AbortController();
  const limit = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  try {
    return await Promise.race([
      promise.then(() => true),
      clock.delay(milliseconds, limit).then(() => false),
    ]);
  } finally {
    over.abort();
  }
}
