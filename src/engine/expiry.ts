/** Deletes sessions that nobody has used for long. */
import type { Clock } from "../lib/clock.ts";
import type { Store } from "../store/store.ts";

/** How often a server looks for expired sessions by itself. */
const LOOK_MS = 3_600_000;

/** Which sessions have expired. */
export interface Expiry {
  store: Store;
  clock: Clock;
  ttlHours: number;
}

/**
 * Deletes the expired sessions with their jobs and files.
 *
 * @param principal Only theirs, if given.
 * @returns How many were deleted.
 */
export function deleteExpired({ store, clock, ttlHours }: Expiry, principal?: string): number {
  const expired = store.sessions.expired(clock.now() - ttlHours * 3_600_000, principal);
  for (const id of expired) store.removeSession(id);
  return expired.length;
}

/** Deletes expired sessions now and every hour, until the signal aborts; a failure is only told. */
export async function keepDeletingExpired(
  { onError, ...expiry }: Expiry & { onError(error: unknown): void },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      deleteExpired(expiry);
    } catch (error) {
      onError(error);
    }
    await expiry.clock.delay(LOOK_MS, signal);
  }
}
