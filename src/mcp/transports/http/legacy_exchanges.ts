/**
 * Requests of clients of the old era, each answered by a server of its own.
 *
 * What a client sends about a call that is still open comes with another request: it is handed on
 * by the client's session id and the id of the call.
 */
import {
  type JSONRPCMessage,
  type JSONRPCResponse,
  type McpServer,
  type MessageExtraInfo,
  parseJSONRPCMessage,
  type RequestId,
  SUPPORTED_PROTOCOL_VERSIONS,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { Caller } from "./endpoint.ts";
import { handshakeIn, handshakeOf, sessionIdFor } from "./legacy_session.ts";
import { badMessage, refusal } from "./refusal.ts";
import { speakingWell } from "./speaking_well.ts";

/** What exchanges are made with. */
export interface LegacyParts {
  /** Makes a server for one request of a principal. */
  serverFor(principal: string): McpServer;
  keepAliveMs: number;
  onError(error: Error): void;
}

/** Answers the requests of the old era. */
export type AnswerLegacy = (request: Request, body: unknown, caller: Caller) => Promise<Response>;

/** A request that is still open. */
interface Exchange {
  /** The ids of its calls that are not answered. */
  calls: Set<RequestId>;
  /** Whether a call was cancelled: it is not answered, and the SDK waits for its answer. */
  cancelled: boolean;
  /** What the server asked the client meanwhile: its own ids by those that the client sees. */
  asked: Map<RequestId, RequestId>;
  deliver(message: JSONRPCMessage): void;
  close(): void;
}

/** Of the handshake that a server is given before the request; nobody sees it. */
const HANDSHAKE_ID = "aimux-handshake";

const SESSION_HEADER = "mcp-session-id";

/** Makes the answering of requests. */
export function createLegacyExchanges(
  { serverFor, keepAliveMs, onError }: LegacyParts,
): AnswerLegacy {
  const open = new Map<string, Set<Exchange>>();
  let questions = 0;

  return async function answerLegacy(request, body, caller) {
    let messages: JSONRPCMessage[];
    try {
      messages = (Array.isArray(body) ? body : [body]).map((message) =>
        parseJSONRPCMessage(message)
      );
    } catch {
      return badMessage(body);
    }
    const sessionId = request.headers.get(SESSION_HEADER);
    const key = sessionId === null ? undefined : JSON.stringify([caller.principal, sessionId]);
    const calls = messages.flatMap((each) => "method" in each && "id" in each ? [each.id] : []);
    if (calls.length === 0) return wrongVersion(request) ?? handOn(messages, key);
    return await exchange(request, { body, messages, calls, sessionId, key, caller });
  };

  /** Hands on what is about open calls; the rest concerns nothing that is kept. */
  function handOn(messages: JSONRPCMessage[], key: string | undefined): Response {
    for (const exchange of [...open.get(key ?? "") ?? []]) {
      for (const message of messages) {
        if (!("method" in message)) answerQuestion(message, exchange);
        else if (message.method === "notifications/cancelled") cancel(message, exchange);
      }
    }
    return new Response(null, { status: 202 });
  }

  async function exchange(
    request: Request,
    { body, messages, calls, sessionId, key, caller }: {
      body: unknown;
      messages: JSONRPCMessage[];
      calls: RequestId[];
      sessionId: string | null;
      key: string | undefined;
      caller: Caller;
    },
  ): Promise<Response> {
    const others = open.get(key ?? "");
    if (others && [...others].some((other) => calls.some((id) => other.calls.has(id)))) {
      return refusal(400, "A request with this id is still unanswered", { id: calls[0]! });
    }
    const server = speakingWell(serverFor(caller.principal));
    const transport = new WebStandardStreamableHTTPServerTransport({ keepAliveMs });
    const exchange: Exchange = {
      calls: new Set(calls),
      cancelled: false,
      asked: new Map(),
      deliver: (message) => transport.onmessage?.(message, { request } as MessageExtraInfo),
      close: () => void transport.close(),
    };
    await server.connect(transport);
    transport.onerror = onError;
    watchSending(transport, exchange);
    if (key !== undefined) open.set(key, (open.get(key) ?? new Set()).add(exchange));
    void caller.completed.then(() => {
      end(key, exchange);
      void server.close().catch(onError);
    });
    const handshake = sessionId === null ? undefined : handshakeOf(sessionId);
    if (handshake) {
      exchange.deliver({
        jsonrpc: "2.0",
        id: HANDSHAKE_ID,
        method: "initialize",
        params: { ...handshake, clientInfo: { name: "", version: "" } },
      });
    }
    const response = await transport.handleRequest(request, { parsedBody: body });
    const [first] = messages;
    if (response.ok && first && "method" in first && first.method === "initialize") {
      const told = handshakeIn(first.params);
      if (told) response.headers.set(SESSION_HEADER, sessionIdFor(told));
    }
    return response;
  }

  /** Sees what is answered, and gives what is asked ids that no other exchange uses. */
  function watchSending(
    transport: WebStandardStreamableHTTPServerTransport,
    exchange: Exchange,
  ): void {
    const { calls, asked } = exchange;
    const send = transport.send.bind(transport);
    transport.send = async function sendWatched(message, options) {
      if (!("id" in message)) return await send(message, options);
      if ("method" in message) {
        const id = `aimux-${++questions}`;
        asked.set(id, message.id);
        // There is no other stream than that of the calls.
        const relatedRequestId = options?.relatedRequestId ?? [...calls][0];
        return await send({ ...message, id }, {
          ...options,
          ...relatedRequestId !== undefined && { relatedRequestId },
        });
      }
      if (message.id === HANDSHAKE_ID) return;
      if (message.id !== undefined) calls.delete(message.id);
      await send(message, options);
      closeIfOver(exchange);
    };
  }

  function end(key: string | undefined, exchange: Exchange): void {
    const all = open.get(key ?? "");
    all?.delete(exchange);
    if (all?.size === 0) open.delete(key ?? "");
  }
}

function answerQuestion(answer: JSONRPCResponse, { asked, deliver }: Exchange): void {
  const id = answer.id === undefined ? undefined : asked.get(answer.id);
  if (id === undefined) return;
  asked.delete(answer.id!);
  deliver({ ...answer, id } as JSONRPCMessage);
}

function cancel(notification: JSONRPCMessage, exchange: Exchange): void {
  const { calls, deliver } = exchange;
  const { requestId } = (notification as { params?: { requestId?: RequestId } }).params ?? {};
  if (requestId === undefined || !calls.delete(requestId)) return;
  deliver(notification);
  exchange.cancelled = true;
  closeIfOver(exchange);
}

/** Ends the stream where nothing more comes and the SDK does not see it. */
function closeIfOver({ calls, cancelled, close }: Exchange): void {
  if (cancelled && calls.size === 0) close();
}

function wrongVersion(request: Request): Response | undefined {
  const version = request.headers.get("mcp-protocol-version");
  if (version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return undefined;
  return refusal(
    400,
    `Unsupported protocol version "${version}": use one of ${
      SUPPORTED_PROTOCOL_VERSIONS.join(", ")
    }`,
  );
}
