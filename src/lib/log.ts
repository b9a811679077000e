/** A log file of JSON lines, for the user alone. */

import { messageOf } from "./errors.ts";

/** From least to most severe. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How severe a message is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes messages with facts. Logging never fails its caller. */
export interface Log
  extends Record<LogLevel, (message: string, facts?: Record<string, unknown>) => void> {
  /** How the log fares at this moment. */
  state(): LogState;
}

/** How a log fares. */
export interface LogState {
  /** The file; empty for none. */
  path: string;
  /** Less severe messages are left out. */
  level: LogLevel;
  /** `off`: no file is wanted; `failing`: the last message could not be written. */
  state: "ok" | "off" | "failing";
  /** What is wrong. */
  problem?: string;
  /** The size of the file, where there is one. */
  bytes?: number;
}

/**
 * A log that is opened, with mode 0600, at its first message.
 *
 * @param path The file; empty for none.
 * @param level Less severe messages are left out.
 */
export function createLog(path: string, level: LogLevel): Log & Disposable {
  let file: Deno.FsFile | undefined;
  let broken = path === "";
  let problem: string | undefined;

  function write(severity: LogLevel, message: string, facts: Record<string, unknown> = {}): void {
    if (broken || LOG_LEVELS.indexOf(severity) < LOG_LEVELS.indexOf(level)) return;
    const head = { time: new Date().toISOString(), level: severity, message };
    try {
      file ??= open(path);
      file.writeSync(new TextEncoder().encode(lineOf(head, facts)));
    } catch (error) {
      // Said once and then no more: a full disk must not flood standard error as well.
      broken = true;
      problem = `Cannot write the log "${path}": ${messageOf(error)}`;
      console.error(problem);
    }
  }

  return {
    debug: (message, facts) => write("debug", message, facts),
    info: (message, facts) => write("info", message, facts),
    warn: (message, facts) => write("warn", message, facts),
    error: (message, facts) => write("error", message, facts),
    state() {
      const bytes = sizeOf(path);
      return {
        path,
        level,
        state: path === "" ? "off" : problem === undefined ? "ok" : "failing",
        ...problem !== undefined && { problem },
        ...bytes !== undefined && { bytes },
      };
    },
    [Symbol.dispose]() {
      broken = true;
      file?.close();
      file = undefined;
    },
  };
}

function sizeOf(path: string): number | undefined {
  try {
    return path === "" ? undefined : Deno.statSync(path).size;
  } catch {
    return undefined;
  }
}

function lineOf(head: Record<string, unknown>, facts: Record<string, unknown>): string {
  try {
    return JSON.stringify({ ...head, ...facts }) + "\n";
  } catch (error) {
    return JSON.stringify({ ...head, facts: `not JSON: ${error}` }) + "\n";
  }
}

function open(path: string): Deno.FsFile {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  if (folder && folder !== path) Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return Deno.openSync(path, { append: true, create: true, mode: 0o600 });
}
