/** A log that tests read. */
import type { Log, LogLevel } from "./log.ts";

/** One message. */
export interface Logged {
  level: LogLevel;
  message: string;
  facts: Record<string, unknown>;
}

/** A log in memory. */
export function testLog(): Log & { entries: Logged[] } {
  const entries: Logged[] = [];
  const at = (level: LogLevel) => (message: string, facts: Record<string, unknown> = {}) => {
    entries.push({ level, message, facts });
  };
  return {
    entries,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    state: () => ({ path: "", level: "debug", state: "off" }),
  };
}
