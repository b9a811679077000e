/** Time as a value that tests can turn. */

/** What the program knows of time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `milliseconds`, or at once when `signal` aborts; it never rejects. */
  delay(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The longest wait that a timer can hold; a longer one is cut to it (about 24 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  delay(milliseconds, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(milliseconds, LONGEST_TIMER_MS));
      signal?.addEventListener("abort", done, { once: true });
    });
  },
};

/** A time as it is told: ISO 8601, UTC. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
