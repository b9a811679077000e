/**
 * MCP over standard input and output, one JSON message a line.
 *
 * The SDK's own transport drops a call that is in flight at the end of input, says nothing to
 * garbage and closes at 10 MB. This one answers every line that is not a message with an error,
 * and lets the requests in flight be answered before it closes.
 */
import {
  INTERNAL_ERROR,
  INVALID_REQUEST,
  type JSONRPCMessage,
  PARSE_ERROR,
  parseJSONRPCMessage,
  type RequestId,
  type Transport,
} from "@modelcontextprotocol/server";
import { NOT_A_MESSAGE } from "./not_a_message.ts";

/** Longer lines are refused: a prompt of the largest size takes well under a fourth of it. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** The two streams. */
export interface StdioStreams {
  input: ReadableStream<Uint8Array>;
  /** Writes all of the bytes. */
  write(bytes: Uint8Array): Promise<void>;
}

/** A transport that tells when its input is over and when all requests are answered. */
export interface StdioTransport extends Transport {
  /** Resolves when the first message was written. */
  readonly firstWritten: Promise<void>;
  /** Resolves when the client begins to listen to changes. */
  readonly listening: Promise<void>;
  /** Resolves at the end of input, or when output cannot be written any more. */
  readonly inputEnded: Promise<void>;
  /** Resolves when no request is unanswered. */
  answered(): Promise<void>;
}

/** Makes the transport; `start` begins to read. */
export function createStdioTransport({ input, write }: StdioStreams): StdioTransport {
  const unanswered = new Set<RequestId>();
  const first = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const listen = Promise.withResolvers<void>();
  let waiters: (() => void)[] = [];
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  const transport: StdioTransport = {
    firstWritten: first.promise,
    inputEnded: end.promise,
    listening: listen.promise,
    start() {
      void read();
      return Promise.resolve();
    },
    send,
    answered() {
      if (unanswered.size === 0) return writing;
      return new Promise<void>((resolve) => waiters.push(resolve)).then(() => writing);
    },
    async close() {
      if (closed) return;
      closed = true;
      await writing.catch(() => {});
      transport.onclose?.();
    },
  };
  return transport;

  async function read(): Promise<void> {
    try {
      for await (const line of lines(input)) receive(line);
    } catch (error) {
      transport.onerror?.(error as Error);
    }
    end.resolve();
  }

  function receive(line: Line): void {
    if (line.tooLong) {
      const limit = `${LONGEST_LINE_BYTES / 1024 / 1024} MiB`;
      return refuse(INVALID_REQUEST, `Message too long: a line may have at most ${limit}`);
    }
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(line.bytes);
    } catch {
      return refuse(PARSE_ERROR, "Invalid UTF-8 in message");
    }
    if (text.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return refuse(PARSE_ERROR, `Invalid JSON: ${(error as Error).message}`);
    }
    if (Array.isArray(value)) {
      return refuse(INVALID_REQUEST, "Batches are not supported: send one message a line");
    }
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(value);
    } catch {
      return refuse(INVALID_REQUEST, NOT_A_MESSAGE, idOf(value));
    }
    deliver(message);
  }

  function deliver(message: JSONRPCMessage): void {
    if ("method" in message) {
      if ("id" in message) {
        // Two requests with one id could not be told apart by their answers.
        if (unanswered.has(message.id)) {
          return refuse(INVALID_REQUEST, "A request with this id is still unanswered", message.id);
        }
        // It is answered when the connection is closed, for which nothing waits.
        if (message.method === "subscriptions/listen") listen.resolve();
        else unanswered.add(message.id);
      } else if (message.method === "notifications/cancelled") {
        settle((message.params as { requestId?: RequestId } | undefined)?.requestId);
      }
    }
    transport.onmessage?.(message);
  }

  async function send(message: JSONRPCMessage): Promise<void> {
    const isAnswer = "id" in message && !("method" in message);
    try {
      await enqueue(message);
    } finally {
      if (isAnswer) settle(message.id ?? undefined);
    }
  }

  /** Messages go out whole and in the order in which they were sent. */
  function enqueue(message: unknown): Promise<void> {
    const bytes = new TextEncoder().encode(serialize(message) + "\n");
    const written = writing.then(() => write(bytes)).finally(first.resolve);
    writing = written.catch((error) => {
      // A client that does not read any more is gone, also if its input is still open.
      transport.onerror?.(error as Error);
      end.resolve();
    });
    return written;
  }

  function refuse(code: number, message: string, id: RequestId | null = null): void {
    void enqueue({ jsonrpc: "2.0", id, error: { code, message } }).catch(() => {});
  }

  function settle(id: RequestId | undefined): void {
    if (id === undefined || !unanswered.delete(id) || unanswered.size > 0) return;
    for (const resolve of waiters) resolve();
    waiters = [];
  }
}

function serialize(message: unknown): string {
  try {
    return wellFormed(JSON.stringify(message));
  } catch (error) {
    const id = (message as { id?: RequestId }).id ?? null;
    const told = { code: INTERNAL_ERROR, message: `Cannot serialize: ${(error as Error).message}` };
    return JSON.stringify({ jsonrpc: "2.0", id, error: told });
  }
}

/**
 * Half a surrogate pair, such as a CLI's cut output may hold, is an escape in JSON that strict
 * parsers refuse, and with it the whole message.
 */
function wellFormed(json: string): string {
  if (!json.includes("\\ud")) return json;
  return json.replace(/\\\\|\\ud[89a-f]../g, (found) => found === "\\\\" ? found : "\ufffd");
}

function idOf(value: unknown): RequestId | null {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/** One line; of one that is too long nothing is kept. */
type Line = { bytes: Uint8Array; tooLong?: false } | { tooLong: true };

const NEWLINE = 10;

/** Splits the input at line feeds; a last line without one counts too. */
async function* lines(input: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (): Line => {
    const line: Line = length > LONGEST_LINE_BYTES
      ? { tooLong: true }
      : { bytes: joined(parts, length) };
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of input) {
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE)) {
      keep(rest.subarray(0, at));
      yield take();
      rest = rest.subarray(at + 1);
    }
    keep(rest);
  }
  if (length > 0) yield take();

  function keep(part: Uint8Array): void {
    length += part.length;
    if (length > LONGEST_LINE_BYTES) parts = [];
    else if (part.length > 0) parts.push(part);
  }
}

function joined(parts: Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
