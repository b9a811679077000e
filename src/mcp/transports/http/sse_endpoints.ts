/**
 * The transport of clients that know no Streamable HTTP: `GET /sse` opens a stream, whose first
 * event names the path to which the client POSTs its messages.
 */
import { type McpServer, parseJSONRPCMessage } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Connection } from "../../connection.ts";
import { accepts } from "./accepts.ts";
import type { Endpoint } from "./endpoint.ts";
import { readJson, type ReadOptions } from "./read_json.ts";
import { badMessage, refusal, wrongMethod } from "./refusal.ts";
import { createSseTransport, type SseTransport } from "./sse_transport.ts";

/** What they are built from. */
export interface SseParts extends ReadOptions {
  /** Makes a server for one connection of a principal. */
  serverFor(principal: string, connection: Connection): McpServer;
  keepAliveMs: number;
  onError(error: Error): void;
}

/** The two endpoints, and the end of what they keep open. */
export interface SseEndpoints {
  stream: Endpoint;
  messages: Endpoint;
  /** Resolves when no request of any connection is unanswered. */
  answered(): Promise<void>;
  close(): Promise<void>;
}

/** Serves every connection by a server of its own. */
export function createSseEndpoints(
  messagesPath: string,
  { serverFor, keepAliveMs, onError, ...reading }: SseParts,
): SseEndpoints {
  const connections = new Map<string, { principal: string; transport: SseTransport }>();

  return {
    stream(request, { principal, completed }) {
      if (request.method !== "GET") return answer(wrongMethod("GET"));
      if (!accepts(request.headers.get("accept"), "text/event-stream")) {
        return answer(refusal(406, "Accept must have text/event-stream"));
      }
      const id = crypto.randomUUID();
      const transport = createSseTransport({
        messagesPath: `${messagesPath}?sessionId=${id}`,
        keepAliveMs,
        clock: reading.clock,
      });
      connections.set(id, { principal, transport });
      const served = serveStdio(
        ({ era }) => serverFor(principal, { era, lasting: true, listening: transport.listening }),
        { transport, onerror: onError },
      );
      // One that was given up may stay open on the side of a client that does not read.
      void Promise.race([completed, transport.closed]).then(() => {
        connections.delete(id);
        void served.close().catch(onError);
      });
      const response = new Response(transport.stream, {
        headers: {
          "content-type": "text/event-stream",
          "cache-control": "no-cache, no-transform",
          "x-accel-buffering": "no",
        },
      });
      return Promise.resolve({ response, endless: true });
    },

    async messages(request, { principal }) {
      if (request.method !== "POST") return { response: wrongMethod("POST") };
      const id = new URL(request.url).searchParams.get("sessionId") ?? "";
      const connection = connections.get(id);
      if (connection?.principal !== principal) {
        return { response: refusal(404, "No such connection: open one with GET /sse") };
      }
      const read = await readJson(request, reading);
      if ("refused" in read) return { response: read.refused };
      let message;
      try {
        message = parseJSONRPCMessage(read.value);
      } catch {
        return { response: badMessage(read.value) };
      }
      if (!connection.transport.receive(message)) {
        const id = "id" in message ? message.id ?? null : null;
        return { response: refusal(400, "A request with this id is still unanswered", { id }) };
      }
      return { response: new Response("Accepted", { status: 202 }) };
    },

    async answered() {
      await Promise.all([...connections.values()].map(({ transport }) => transport.answered()));
    },

    async close() {
      await Promise.all([...connections.values()].map(({ transport }) => transport.close()));
    },
  };
}

function answer(response: Response): Promise<{ response: Response }> {
  return Promise.resolve({ response });
}
