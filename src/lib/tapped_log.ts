/** A log to which others can listen. */
import type { Log, LogLevel } from "./log.ts";

/** One message, before secrets are taken out of it. */
export interface LogEvent {
  level: LogLevel;
  message: string;
  facts: Record<string, unknown>;
}

/** Passes on every message, also those that the log itself leaves out. */
export interface TappedLog extends Log {
  /** Calls back with each message, until the signal aborts. */
  listen(listener: (event: LogEvent) => void, signal: AbortSignal): void;
}

/** Makes a log that writes to another one. */
export function tapLog(log: Log): TappedLog {
  const listeners = new Set<(event: LogEvent) => void>();
  const at = (level: LogLevel) => (message: string, facts: Record<string, unknown> = {}) => {
    log[level](message, facts);
    for (const listener of listeners) listener({ level, message, facts });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    state: () => log.state(),
    listen(listener, signal) {
      if (signal.aborted) return;
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
  };
}
