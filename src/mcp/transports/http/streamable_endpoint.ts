/**
 * Streamable HTTP at `/mcp`: each request is a POST, and its answer, with all that is told before,
 * comes as the response to it.
 *
 * Nothing is kept from one request to the next, so that a restart is nothing to a client, and what
 * one is told cannot reach another.
 */
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import type { Connection } from "../../connection.ts";
import { accepts } from "./accepts.ts";
import { readJson, type ReadOptions } from "./read_json.ts";
import { refusal, wrongMethod } from "./refusal.ts";
import { wellFormed } from "../well_formed.ts";

/** What it is built from. */
export interface StreamableParts extends ReadOptions {
  /** Makes a server for one request of a principal. */
  serverFor(principal: string, connection: Connection): McpServer;
  keepAliveMs: number;
  onError(error: Error): void;
}

/** Answers at one path. */
export interface Endpoint {
  /** @returns The response, and whether it stays open until the client goes. */
  answer(request: Request, principal: string): Promise<{ response: Response; endless?: boolean }>;
  /** Ends what is open. */
  close(): Promise<void>;
}

/** Serves the current protocol and those before it. */
export function createStreamableEndpoint(parts: StreamableParts): Endpoint {
  const { serverFor, keepAliveMs, onError, maxBytes } = parts;
  const handler = createMcpHandler(
    ({ authInfo, era }) => speakingWell(serverFor(authInfo!.clientId, { era, lasting: false })),
    { keepAliveMs, onerror: onError, maxRequestBodySize: maxBytes },
  );
  return {
    async answer(request, principal) {
      if (request.method !== "POST") return { response: wrongMethod("POST") };
      const accept = request.headers.get("accept");
      if (!accepts(accept, "application/json") || !accepts(accept, "text/event-stream")) {
        const message = "Accept must have both application/json and text/event-stream";
        return { response: refusal(406, message) };
      }
      const body = await readJson(request, parts);
      if ("refused" in body) return { response: body.refused };
      const response = await handler.fetch(withoutBody(request), {
        parsedBody: body.value,
        authInfo: { token: "", clientId: principal, scopes: [] },
      });
      return { response, endless: isSubscription(body.value) };
    },
    close: () => handler.close(),
  };
}

/** The request as the SDK looks at it when it has the body: it takes no wildcard for an answer. */
function withoutBody({ url, headers, signal }: Request): Request {
  const plain = new Headers(headers);
  plain.set("accept", "application/json, text/event-stream");
  return new Request(url, { method: "POST", headers: plain, signal });
}

function isSubscription(body: unknown): boolean {
  return (body as { method?: unknown } | null)?.method === "subscriptions/listen";
}

function speakingWell(server: McpServer): McpServer {
  const connect = server.connect.bind(server);
  server.connect = function connectWell(transport) {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(wellFormed(message), options);
    return connect(transport);
  };
  return server;
}
