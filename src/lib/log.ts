/** The log: JSON lines in a file that several servers share, redacted, for the user alone. */
import { configureSync, getConfig, getLogger, type LogRecord, type Sink } from "@logtape/logtape";
import { messageOf } from "./errors.ts";
import type { Redactor } from "./redact.ts";
import { sharedFile } from "./shared_file.ts";

/** From least to most severe. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How severe a message is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes messages with facts. Logging never fails its caller, and a message is on disk at once. */
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
  /** What is wrong; with `ok` something that does not keep messages from being written. */
  problem?: string;
  /** The size of the file, where there is one. */
  bytes?: number;
}

/** What a log is. */
export interface LogOptions {
  /** The file; empty for none. */
  path: string;
  /** Less severe messages are left out. */
  level: LogLevel;
  /** Takes secrets out of messages and facts. */
  redact: Redactor;
  /** How large the file may become, in bytes; 10 MB by default. */
  maxBytes?: number;
  /** How many full files are kept beside it; 5 by default. */
  keep?: number;
}

/** Makes a log; its file is opened at the first message. */
export function createLog({ path, level, ...options }: LogOptions): Log & Disposable {
  const { redact, maxBytes = 10_000_000, keep = 5 } = options;
  const file = sharedFile({ path, maxBytes, keep });
  let failure: { problem: string; lost: number } | undefined;
  let told = false;
  let closed = path === "";
  let tape: Tape | undefined;

  function log(severity: LogLevel, message: string, facts: Record<string, unknown> = {}): void {
    if (closed) return;
    try {
      tape ??= openTape(level, write);
      tape.logger[severity](message, { ...facts });
    } catch (error) {
      // A fact that cannot even be looked at.
      write(recordOf("error", message, { unreadable: messageOf(error) }));
    }
  }

  /** Never throws: the library would go on without the record, and nobody would hear of it. */
  function write(record: LogRecord): void {
    const lost = (failure?.lost ?? 0) + 1;
    const problem = put(lossLine() + lineOf(record, redact));
    failure = problem === undefined ? undefined : { problem, lost };
    if (problem === undefined || told) return;
    // Said once: a full disk must not flood standard error as well.
    console.error(problem);
    told = true;
  }

  function put(lines: string): string | undefined {
    try {
      file.append(lines);
    } catch (error) {
      return `Cannot write the log "${path}": ${messageOf(error)}`;
    }
  }

  /** What the log says of the messages that it had to leave out; empty where there are none. */
  function lossLine(): string {
    if (!failure) return "";
    return lineOf(recordOf("warning", "Messages were lost", { ...failure }), redact);
  }

  return {
    debug: (message, facts) => log("debug", message, facts),
    info: (message, facts) => log("info", message, facts),
    warn: (message, facts) => log("warn", message, facts),
    error: (message, facts) => log("error", message, facts),
    state() {
      const problem = failure?.problem ?? file.problem;
      const bytes = sizeOf(path);
      return {
        path,
        level,
        state: path === "" ? "off" : failure ? "failing" : "ok",
        ...problem !== undefined && { problem },
        ...bytes !== undefined && { bytes },
      };
    },
    [Symbol.dispose]() {
      if (failure) put(lossLine());
      closed = true;
      tape?.close();
      file[Symbol.dispose]();
    },
  };
}

/** A logger of the library and the way to be rid of it. */
interface Tape {
  logger: ReturnType<typeof getLogger>;
  close(): void;
}

/** What the library has to say of itself would otherwise go to standard output. */
const SILENT = { category: ["logtape", "meta"], sinks: [], lowestLevel: null };

/**
 * The library has one configuration for the whole process. Each log adds a logger of its own to it,
 * and takes it away again.
 */
function openTape(level: LogLevel, sink: Sink): Tape {
  const id = crypto.randomUUID();
  const category = ["aimux", id];
  const lowestLevel = level === "warn" ? "warning" : level;
  const { sinks = {}, loggers = [SILENT] } = getConfig() ?? {};
  configureSync({
    reset: true,
    sinks: { ...sinks, [id]: sink },
    loggers: [...loggers, { category, sinks: [id], lowestLevel }],
  });
  return { logger: getLogger(category), close: () => closeTape(id) };
}

function closeTape(id: string): void {
  const { sinks = {}, loggers = [] } = getConfig() ?? {};
  const { [id]: _closed, ...others } = sinks;
  const left = loggers.filter(({ category }) => category[1] !== id);
  configureSync({ reset: true, sinks: others, loggers: left });
}

function recordOf(
  level: LogRecord["level"],
  message: string,
  properties: Record<string, unknown>,
): LogRecord {
  const timestamp = Date.now();
  return { category: [], level, message: [message], rawMessage: message, timestamp, properties };
}

/** A longer line is cut: nobody reads it, and others wait for the file. */
const LINE_CHARS = 64_000;

function lineOf({ timestamp, level, rawMessage, properties }: LogRecord, redact: Redactor): string {
  const head = {
    time: new Date(timestamp).toISOString(),
    level: level === "warning" ? "warn" : level,
    message: redact(String(rawMessage)),
    // Several servers, one for each editor window, write to one file.
    pid: Deno.pid,
  };
  const facts = readable(properties, redact);
  // A fact does not take the place of what every line has.
  const line = JSON.stringify({ ...head, ...facts, ...head });
  if (line.length <= LINE_CHARS) return line + "\n";
  const cut = JSON.stringify(facts).slice(0, LINE_CHARS);
  return JSON.stringify({ ...head, message: head.message.slice(0, LINE_CHARS), cut }) + "\n";
}

function readable(facts: Record<string, unknown>, redact: Redactor): Record<string, unknown> {
  try {
    return redact.facts(facts);
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}

function sizeOf(path: string): number | undefined {
  try {
    return path === "" ? undefined : Deno.statSync(path).size;
  } catch {
    return undefined;
  }
}
