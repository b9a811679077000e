/** The log of the caller's own jobs, as the old era's log messages. */
import type { McpServer } from "@modelcontextprotocol/server";
import type { LogLevel } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import type { LogEvent, TappedLog } from "../lib/tapped_log.ts";
import type { ToolContext } from "./tools/define_tool.ts";

/** The protocol's levels, from least to most severe. */
const LEVELS = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
] as const;

const LEVEL_OF: Record<LogLevel, typeof LEVELS[number]> = {
  debug: "debug",
  info: "info",
  warn: "warning",
  error: "error",
};

/** What the messages are made of, and for whom. */
export interface JobMessageParts {
  principal: string;
  context(): Promise<Pick<ToolContext, "store">>;
  log: TappedLog;
  redact: Redactor;
  /** Aborts when the connection is gone. */
  closed: AbortSignal;
}

/**
 * Serves `logging/setLevel`: from then on the client is told what is logged of its own jobs, from
 * that level on. A client that does not ask is told nothing.
 */
export function serveJobMessages(server: McpServer, parts: JobMessageParts): void {
  const { principal, context, log, redact, closed } = parts;
  let level: typeof LEVELS[number] | undefined;
  server.server.setRequestHandler("logging/setLevel", async ({ params }) => {
    const { store: { jobs } } = await context();
    if (level === undefined) {
      log.listen((event) => {
        try {
          if (isOwn(event)) tell(event);
        } catch {
          // A message that cannot be told is no reason for its job to fail.
        }
      }, closed);
    }
    level = params.level;
    return {};

    function isOwn({ facts: { job } }: LogEvent): boolean {
      return typeof job === "string" && jobs.find(job, principal) !== undefined;
    }
  });

  function tell({ level: severity, message, facts }: LogEvent): void {
    const as = LEVEL_OF[severity];
    if (LEVELS.indexOf(as) < LEVELS.indexOf(level!)) return;
    const params = { level: as, logger: "aimux", data: redact.facts({ message, ...facts }) };
    void server.server.notification({ method: "notifications/message", params }).catch(() => {});
  }
}
