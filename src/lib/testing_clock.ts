/** A clock for tests: its time stands still until it is turned. */
import type { Clock } from "./clock.ts";

/** A clock that a test turns. */
export interface TestClock extends Clock {
  /** Waits that have not ended yet. */
  readonly waiting: number;
  /** Lets time pass: each wait that falls due ends in its turn, with all that follows from it. */
  advance(milliseconds: number): Promise<void>;
}

/** Makes a clock that stands at `start`. */
export function testClock(start = 1_700_000_000_000): TestClock {
  let now = start;
  const waits = new Set<{ due: number; end(): void }>();

  return {
    now: () => now,
    get waiting() {
      return waits.size;
    },
    delay(milliseconds, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted || milliseconds <= 0) return resolve();
        const wait = {
          due: now + milliseconds,
          end() {
            waits.delete(wait);
            signal?.removeEventListener("abort", wait.end);
            resolve();
          },
        };
        waits.add(wait);
        signal?.addEventListener("abort", wait.end, { once: true });
      });
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      await everythingQueued();
      for (;;) {
        const [next] = [...waits].sort((a, b) => a.due - b.due);
        if (!next || next.due > end) break;
        now = Math.max(now, next.due);
        next.end();
        await everythingQueued();
      }
      now = end;
    },
  };
}

/** Lets every promise that is settled already, and what follows from it, run first. */
function everythingQueued(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
