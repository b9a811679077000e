/** Notices when a burst of requests is over. */
import type { Clock } from "../lib/clock.ts";

/** How often is looked. */
const LOOK_MS = 10_000;
/** So many requests are a burst, whose memory is worth a look. */
const BURST = 100;
/** So few between two looks are quiet. */
const QUIET = 10;

/**
 * Does something after each burst, once it is quiet again, until the signal aborts.
 *
 * @param requests tells how many there were so far
 */
export async function afterBursts(
  requests: () => number,
  work: () => void,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  let [worked, looked] = [0, 0];
  while (!signal.aborted) {
    await clock.delay(LOOK_MS, signal);
    const now = requests();
    if (!signal.aborted && now - looked < QUIET && now - worked >= BURST) {
      worked = now;
      work();
    }
    looked = now;
  }
}
