/** One connection of the old HTTP transport: a stream to the client, and messages from it. */
import type { JSONRPCMessage, RequestId, Transport } from "@modelcontextprotocol/server";
import type { Clock } from "../../../lib/clock.ts";
import { wellFormed } from "../well_formed.ts";

/** What waits to be read by a client that reads no more is kept up to this. */
const MOST_UNREAD_BYTES = 64 * 1024 * 1024;
/** The runtime keeps up to 1,024 pieces besides, however long they are. */
const LONGEST_PIECE = 16 * 1024;

/** What a connection needs. */
export interface SseOptions {
  /** Where the client sends its messages, as a path. */
  messagesPath: string;
  keepAliveMs: number;
  clock: Clock;
}

/** A transport over a stream of server-sent events. */
export interface SseTransport extends Transport {
  /** What the client is sent. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Resolves when the client begins to listen to changes. */
  readonly listening: Promise<void>;
  /** Resolves when it is closed, from whatever side. */
  readonly closed: Promise<void>;
  /** Takes a message of the client; false for a request whose id is that of one still open. */
  receive(message: JSONRPCMessage): boolean;
  /** Resolves when no request is unanswered. */
  answered(): Promise<void>;
}

/** Makes a connection; its stream begins with the path for messages. */
export function createSseTransport(
  { messagesPath, keepAliveMs, clock }: SseOptions,
): SseTransport {
  const encoder = new TextEncoder();
  const unanswered = new Set<RequestId>();
  const closed = new AbortController();
  const closing = Promise.withResolvers<void>();
  const listen = Promise.withResolvers<void>();
  let waiters: (() => void)[] = [];
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let lastWrite = clock.now();
  const stream = new ReadableStream<Uint8Array>({
    start: (own) => void (controller = own),
    // The client has gone.
    cancel: close,
  }, new ByteLengthQueuingStrategy({ highWaterMark: 0 }));

  const transport: SseTransport = {
    stream,
    listening: listen.promise,
    closed: closing.promise,
    start() {
      write(`event: endpoint\ndata: ${messagesPath}\n\n`);
      void keepAlive();
      return Promise.resolve();
    },
    receive(message) {
      if ("method" in message && "id" in message) {
        if (unanswered.has(message.id)) return false;
        // It is answered when the connection is closed, for which nothing waits.
        if (message.method === "subscriptions/listen") listen.resolve();
        else unanswered.add(message.id);
      } else if ("method" in message && message.method === "notifications/cancelled") {
        settle((message.params as { requestId?: RequestId } | undefined)?.requestId);
      }
      transport.onmessage?.(message);
      return true;
    },
    send(message) {
      write(`event: message\ndata: ${JSON.stringify(wellFormed(message))}\n\n`);
      if ("id" in message && !("method" in message)) settle(message.id);
      return Promise.resolve();
    },
    answered() {
      if (unanswered.size === 0) return Promise.resolve();
      return new Promise((resolve) => waiters.push(resolve));
    },
    close,
  };
  return transport;

  function write(text: string): void {
    if (closed.signal.aborted) return;
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length; at += LONGEST_PIECE) {
      controller.enqueue(bytes.subarray(at, at + LONGEST_PIECE));
    }
    lastWrite = clock.now();
    if (-(controller.desiredSize ?? 0) > MOST_UNREAD_BYTES) {
      const error = new Error("The client does not read what it is sent");
      transport.onerror?.(error);
      // What waits to be read is dropped.
      controller.error(error);
      void close();
    }
  }

  /** A comment after each silence: proxies and clients give up connections that are silent. */
  async function keepAlive(): Promise<void> {
    while (!closed.signal.aborted) {
      const left = lastWrite + keepAliveMs - clock.now();
      if (left > 0) await clock.delay(left, closed.signal);
      else write(": keepalive\n\n");
    }
  }

  function settle(id: RequestId | undefined): void {
    if (id === undefined || !unanswered.delete(id) || unanswered.size > 0) return;
    release();
  }

  function release(): void {
    for (const resolve of waiters) resolve();
    waiters = [];
  }

  function close(): Promise<void> {
    if (closed.signal.aborted) return Promise.resolve();
    closed.abort();
    closing.resolve();
    unanswered.clear();
    release();
    try {
      controller.close();
    } catch {
      // It has ended already.
    }
    transport.onclose?.();
    return Promise.resolve();
  }
}
