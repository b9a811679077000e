/** Notices when a burst of requests is over. */
import type { Clock } from "../lib/clock.ts";

/** How often is looked. */
const LOOK_MS = 10_000;
/** So many requests are a burst. */
const BURST = 100;
/** So few between two looks are quiet. */
const QUIET = 10;
/** What is collected lets go of more, which only the next time can be. */
const TIMES = 3;

/**
 * Does something at each of the first quiet looks after a burst, until the signal aborts.
 *
 * @param requests tells how many there were so far
 */
export async function afterBursts(
  requests: () => number,
  work: () => void,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  let [begun, looked, times] = [0, 0, 0];
  while (!signal.aborted) {
    await clock.delay(LOOK_MS, signal);
    const now = requests();
    const quiet = now - looked < QUIET;
    looked = now;
    if (now - begun >= BURST) times = TIMES;
    if (signal.aborted || !quiet || times === 0) continue;
    begun = now;
    times--;
    work();
  }
}
