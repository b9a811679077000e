/** Where a call's progress goes: to its caller alone, under the token that the caller gave. */
import type { Clock } from "../lib/clock.ts";

/** Tells one caller how far its call is. */
export interface ProgressSink {
  /** Resolves when the message was handed over; a failure to do so is no failure of the call. */
  tell(message: string): Promise<void>;
}

/** The notification as the protocol wants it. */
export interface ProgressNotification {
  method: "notifications/progress";
  params: { progressToken: string | number; progress: number; message: string };
}

/** By how much two values differ at least: they have to grow, also where the clock stands. */
const STEP_SECONDS = 0.001;

/**
 * A sink whose `progress` is the seconds since the call came, so that it grows with each message. A
 * total is not known.
 *
 * @param token The caller's own; without one there is no sink, since nothing may be told.
 */
export function progressSink(
  token: string | number | undefined,
  clock: Clock,
  notify: (notification: ProgressNotification) => Promise<void>,
): ProgressSink | undefined {
  if (token === undefined) return undefined;
  const start = clock.now();
  let last = 0;
  return {
    async tell(message) {
      const seconds = Math.round(clock.now() - start) / 1000;
      last = Math.max(seconds, Math.round((last + STEP_SECONDS) * 1000) / 1000);
      const params = { progressToken: token, progress: last, message };
      await notify({ method: "notifications/progress", params }).catch(() => {});
    },
  };
}
