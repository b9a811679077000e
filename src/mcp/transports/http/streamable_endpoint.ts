/**
 * Streamable HTTP at `/mcp`: each request is a POST, and its answer, with all that is told before,
 * comes as the response to it.
 *
 * Nothing is kept from one request to the next, so that a restart is nothing to a client, and what
 * one is told cannot reach another.
 */
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServer,
} from "@modelcontextprotocol/server";
import type { Connection } from "../../connection.ts";
import { accepts } from "./accepts.ts";
import type { Endpoint } from "./endpoint.ts";
import { createLegacyExchanges } from "./legacy_exchanges.ts";
import { readJson, type ReadOptions } from "./read_json.ts";
import { refusal, wrongMethod } from "./refusal.ts";
import { speakingWell } from "./speaking_well.ts";
import { createWatchedBus, type Watch } from "./watched_bus.ts";

/** What it is built from. */
export interface StreamableParts extends ReadOptions {
  /** Makes a server for one request of a principal. */
  serverFor(principal: string, connection: Connection): McpServer;
  /** Tells of changes to the resources of a principal. */
  watch(principal: string, ...how: Parameters<Watch>): void;
  keepAliveMs: number;
  onError(error: Error): void;
}

/** The endpoint, and the end of what it keeps open. */
export interface StreamableEndpoint {
  answer: Endpoint;
  close(): Promise<void>;
}

/** Serves the current protocol and those before it. */
export function createStreamableEndpoint(parts: StreamableParts): StreamableEndpoint {
  const { serverFor, keepAliveMs, onError, maxBytes } = parts;
  const answerLegacy = createLegacyExchanges({
    serverFor: (principal) => serverFor(principal, { era: "legacy", lasting: false }),
    keepAliveMs,
    onError,
  });
  // Each has its own, so that nobody is told of what others do.
  const handlers = new Map<string, McpHttpHandler>();

  return {
    async answer(request, caller) {
      if (request.method !== "POST") return { response: wrongMethod("POST") };
      const accept = request.headers.get("accept");
      if (!accepts(accept, "application/json") || !accepts(accept, "text/event-stream")) {
        const message = "Accept must have both application/json and text/event-stream";
        return { response: refusal(406, message) };
      }
      const read = await readJson(request, parts);
      if ("refused" in read) return { response: read.refused };
      const [plain, body] = [plainly(request), read.value];
      if (await isLegacyRequest(plain, body)) {
        return { response: await answerLegacy(plain, body, caller) };
      }
      const response = await handlerOf(caller.principal).fetch(plain, { parsedBody: body });
      return { response, endless: isSubscription(body) };
    },
    async close() {
      await Promise.all([...handlers.values()].map((handler) => handler.close()));
    },
  };

  function handlerOf(principal: string): McpHttpHandler {
    const known = handlers.get(principal);
    if (known) return known;
    const handler = createMcpHandler(
      () => speakingWell(serverFor(principal, { era: "modern", lasting: false })),
      {
        legacy: "reject",
        keepAliveMs,
        onerror: onError,
        maxRequestBodySize: maxBytes,
        bus: createWatchedBus((tell, signal) => parts.watch(principal, tell, signal)),
      },
    );
    handlers.set(principal, handler);
    return handler;
  }
}

/** The request as the SDK looks at it when it has the body: it takes no wildcard for an answer. */
function plainly(request: Request): Request {
  const { url, headers, signal } = request;
  const accept = headers.get("accept") ?? "";
  if (accept.includes("application/json") && accept.includes("text/event-stream")) return request;
  const plain = new Headers(headers);
  plain.set("accept", "application/json, text/event-stream");
  return new Request(url, { method: "POST", headers: plain, signal });
}

function isSubscription(body: unknown): boolean {
  return (body as { method?: unknown } | null)?.method === "subscriptions/listen";
}
