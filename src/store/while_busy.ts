/** Tries a write again while another server holds the database. */
import type { Clock } from "../lib/clock.ts";
import { isBusy } from "./sqlite_errors.ts";

/** How often a write is tried; with the waits of the statements themselves this takes about 30 s. */
const TRIES = 50;
/** The pause after the first try; each later one is longer by half, up to … */
const FIRST_PAUSE_MS = 20;
/** … this. */
const LONGEST_PAUSE_MS = 500;

/**
 * Does the work at once, and again as long as another server is in its way. Between two tries the
 * program goes on with everything else.
 *
 * @param options.signal Gives up at its abort.
 * @param options.tries How often, at most; 50 without it.
 * @throws What the last try threw.
 */
export async function whileBusy<T>(
  work: () => T,
  { clock, signal, tries = TRIES }: { clock: Clock; signal?: AbortSignal; tries?: number },
): Promise<T> {
  let pause = FIRST_PAUSE_MS;
  for (let left = tries - 1;; left--) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || left <= 0 || signal?.aborted) throw error;
    }
    // Servers that were refused together shall not come back together.
    await clock.delay(Math.ceil(pause * (0.5 + Math.random())), signal);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
  }
}
