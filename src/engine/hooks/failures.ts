/** What went wrong with hooks, for who looks after them. */
import type { Clock } from "../../lib/clock.ts";

/** When a hook is asked. */
export type HookEvent = "before" | "after";

/** The failures of one hook since the start of the server. */
export interface HookFailure {
  count: number;
  /** When it failed last, in milliseconds since the epoch. */
  at: number;
  /** Why. */
  message: string;
  /** Whether it failed when it was asked last. */
  failing: boolean;
}

/** Remembers the last failure of each hook. */
export interface HookFailures {
  /** Tells how a hook fared: why it failed, or nothing where it answered. */
  record(event: HookEvent, name: string, failure: string | undefined): void;
  of(event: HookEvent, name: string): HookFailure | undefined;
}

/** Makes an empty memory. */
export function createHookFailures(clock: Pick<Clock, "now">): HookFailures {
  const failures = new Map<string, HookFailure>();
  return {
    record(event, name, message) {
      const before = failures.get(`${event} ${name}`);
      if (message !== undefined) {
        const count = (before?.count ?? 0) + 1;
        failures.set(`${event} ${name}`, { count, at: clock.now(), message, failing: true });
      } else if (before) before.failing = false;
    },
    of: (event, name) => failures.get(`${event} ${name}`),
  };
}
