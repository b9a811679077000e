/** Clients of the old era that send their messages byte by byte, one for each transport. */
import type { HttpServer } from "./http_server.ts";
import { type Message, requestLine, startRaw } from "./raw.ts";
import type { Workplace } from "./workplace.ts";

/** A client that has shaken hands. */
export interface RawClient extends AsyncDisposable {
  /** Sends a request; resolves with its answer, rejects where the connection ends without one. */
  request(method: string, params: unknown): Sent;
  notify(method: string, params: unknown): Promise<void>;
}

/** A request that is on its way. */
export interface Sent {
  id: number;
  answer: Promise<Message>;
  /** Closes the stream on which the answer would come. */
  leave(): void;
}

const HANDSHAKE = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "raw", version: "1.0.0" },
};

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

/** Over standard input and output, with a server of its own. */
export async function rawStdio(workplace: Workplace): Promise<RawClient> {
  const program = startRaw(workplace);
  let last = 0;
  const client: RawClient = {
    request(method, params) {
      const id = ++last;
      const answer = program.write(requestLine(id, method, params))
        .then(() => program.message((message) => message.id === id));
      return { id, answer: quiet(answer), leave() {} };
    },
    notify: (method, params) => program.write(`${notification(method, params)}\n`),
    async [Symbol.asyncDispose]() {
      await program.end();
      await program.ended;
    },
  };
  await client.request("initialize", HANDSHAKE).answer;
  return client;
}

/** Over Streamable HTTP: each request has a stream of its own. */
export async function rawHttp({ url }: HttpServer): Promise<RawClient> {
  const session: Record<string, string> = {};
  let last = 0;
  const post = (body: string, signal: AbortSignal | null = null) =>
    fetch(`${url}/mcp`, { method: "POST", headers: { ...HEADERS, ...session }, body, signal });
  const client: RawClient = {
    request(method, params) {
      const id = ++last;
      const left = new AbortController();
      const answer = post(requestLine(id, method, params), left.signal).then(async (response) => {
        session["mcp-session-id"] ??= response.headers.get("mcp-session-id")!;
        return answerOf(id, await response.text());
      });
      return { id, answer: quiet(answer), leave: () => left.abort() };
    },
    async notify(method, params) {
      await (await post(notification(method, params))).body?.cancel();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await client.request("initialize", HANDSHAKE).answer;
  return client;
}

/** Over SSE: all answers come on one stream. */
export async function rawSse({ url }: HttpServer): Promise<RawClient> {
  const left = new AbortController();
  const stream = await openStream(url, left.signal);
  const [, path = ""] = await stream.until(/^data: (\/messages\S+)$/m);
  let last = 0;
  const post = async (body: string) => {
    const response = await fetch(url + path, { method: "POST", headers: HEADERS, body });
    await response.body?.cancel();
  };
  const client: RawClient = {
    request(method, params) {
      const id = ++last;
      const answer = post(requestLine(id, method, params))
        .then(() => stream.until(new RegExp(`^data: \\{.*"id":${id}[,}].*$`, "m")))
        .then(([line]) => answerOf(id, line!));
      return { id, answer: quiet(answer), leave: () => left.abort() };
    },
    notify: (method, params) => post(notification(method, params)),
    async [Symbol.asyncDispose]() {
      left.abort();
      await stream.ended;
    },
  };
  await client.request("initialize", HANDSHAKE).answer;
  return client;
}

/** A stream of SSE, and what it brought so far. */
export interface EventStream {
  response: Response;
  text(): string;
  /** Resolves when the text has it, rejects when the stream ends without. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<void>;
}

/** Opens one, until the signal aborts. */
export async function openStream(
  url: string,
  signal: AbortSignal,
): Promise<EventStream> {
  const response = await fetch(`${url}/sse`, { signal });
  let text = "";
  let over = false;
  let waiting: (() => void)[] = [];
  const wake = () => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const ended = (async () => {
    try {
      for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
        text += part;
        wake();
      }
    } catch {
      // It was left.
    }
    over = true;
    wake();
  })();
  return {
    response,
    text: () => text,
    ended,
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(text);
        if (found) return found;
        if (over) throw new Error(`The stream ended without ${pattern}: ${text}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

function notification(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

/** The answer, as JSON or as an event. */
function answerOf(id: number, text: string): Message {
  const found = text.split("\n").map((line) => line.replace(/^data: /, ""))
    .filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Message)
    .find((message) => message["id"] === id);
  if (!found) throw new Error(`No answer to ${id} in: ${text.slice(0, 500)}`);
  return found;
}

/** The same promise, which nobody has to wait for. */
function quiet<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
