/** Tells clients of changes to the jobs and sessions to which they subscribed. */
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from "@modelcontextprotocol/server";
import { type Subject, subjectOf } from "../engine/job_uris.ts";
import { errorFacts } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Store } from "../store/store.ts";
import type { Connection } from "./connection.ts";
import type { ToolContext } from "./tools/define_tool.ts";
import { watchJobs } from "./watch_jobs.ts";

/** What subscriptions need. */
export interface SubscriptionParts {
  connection: Connection;
  principal: string;
  context(): Promise<Pick<ToolContext, "store" | "clock">>;
  log: Log;
  /** Aborts when the connection is gone. */
  closed: AbortSignal;
}

/**
 * Serves `resources/subscribe` and `resources/unsubscribe` of a lasting connection of the old era.
 * In the new one the transport holds the subscriptions, and is told of all changes.
 */
export function serveSubscriptions(server: McpServer, parts: SubscriptionParts): void {
  const { connection, closed } = parts;
  const update = (uri: string) => void server.server.sendResourceUpdated({ uri }).catch(() => {});
  if (connection.era === "legacy") {
    if (connection.lasting) serveSubscribe(server, update, parts);
    return;
  }
  void connection.listening?.then(() => watch(update, closed, parts)).catch((error) =>
    parts.log.warn("Cannot tell of changes", errorFacts(error))
  );
}

function serveSubscribe(
  server: McpServer,
  update: (uri: string) => void,
  parts: SubscriptionParts,
): void {
  const uris = new Set<string>();
  let watching: AbortController | undefined;
  server.server.setRequestHandler("resources/subscribe", async ({ params: { uri } }) => {
    const { store, clock } = await parts.context();
    assertThere(uri, store, parts.principal);
    uris.add(uri);
    if (!watching) {
      watching = new AbortController();
      const signal = AbortSignal.any([watching.signal, parts.closed]);
      const tell = (changed: string) => uris.has(changed) && update(changed);
      void watch(tell, signal, { ...parts, context: () => Promise.resolve({ store, clock }) });
    }
    return {};
  });
  server.server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    uris.delete(uri);
    if (uris.size === 0) {
      watching?.abort();
      watching = undefined;
    }
    return {};
  });
}

async function watch(
  update: (uri: string) => void,
  signal: AbortSignal,
  { context, principal, log }: Pick<SubscriptionParts, "context" | "principal" | "log">,
): Promise<void> {
  const { store, clock } = await context();
  const onError = (error: unknown) => log.warn("Cannot look for changes", errorFacts(error));
  await watchJobs(update, signal, { principal, store, clock, onError });
}

function assertThere(
  uri: string,
  { jobs, sessions }: Pick<Store, "jobs" | "sessions">,
  principal: string,
): void {
  const subject = subjectOf(uri);
  if (!subject) {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `Nothing is told of changes to "${uri}": subscribe to a job, its output or its answer, or ` +
        "to a session's transcript, without a query",
      { uri },
    );
  }
  if (!find(subject)) throw new ResourceNotFoundError(uri);

  function find({ of, id }: Subject): unknown {
    return of === "job" ? jobs.find(id, principal) : sessions.find(id, principal);
  }
}
