/** A model on this machine, for CLIs that think they talk to their provider. */
import { anthropic } from "./anthropic.ts";
import type { Api, Body, SentEvent } from "./api.ts";
import type { Behaviour } from "./behaviour.ts";
import { chat } from "./chat.ts";
import { gemini } from "./gemini.ts";
import { replyTo } from "./reply.ts";
import type { ModelRequest } from "./request.ts";
import { responses } from "./responses.ts";
import type { KnownTools } from "./tool_call.ts";

/** A server that runs. */
export interface ModelServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  url: string;
  /** The requests of models' turns since {@linkcode behave} was called, in order. */
  readonly requests: readonly ModelRequest[];
  /** How many replies since then asked for a tool, or for an edit in words. */
  readonly asked: number;
  /** Other paths that were asked for since then, as `GET /v1/models`. */
  readonly others: readonly string[];
  /** From now on the model is like this; what was recorded is forgotten. */
  behave(behaviour: Behaviour): void;
  /** Resolves when the next request of a model's turn has arrived. */
  arrival(signal?: AbortSignal): Promise<void>;
}

const APIS: readonly Api[] = [chat, responses, anthropic, gemini];

/** Seconds that a CLI is told to wait after a 429. */
const RETRY_AFTER = "1";

/** Starts a model server on a free port of the loopback interface. */
export function startModelServer({ port = 0 } = {}): ModelServer {
  let behaviour: Behaviour = {};
  let requests: ModelRequest[] = [];
  let others: string[] = [];
  let asked = 0;
  const known: KnownTools = new Map();
  const waiting = new Set<() => void>();
  /** Aborted when the behaviour is another. */
  let changed = new AbortController();
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, answer);

  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get requests() {
      return requests;
    },
    get others() {
      return others;
    },
    get asked() {
      return asked;
    },
    behave(next) {
      changed.abort();
      changed = new AbortController();
      behaviour = next;
      requests = [];
      others = [];
      asked = 0;
    },
    arrival(signal) {
      return new Promise((resolve, reject) => {
        waiting.add(resolve);
        signal?.addEventListener("abort", () => {
          waiting.delete(resolve);
          reject(signal.reason);
        }, { once: true });
      });
    },
    async [Symbol.asyncDispose]() {
      changed.abort();
      await server.shutdown();
    },
  };

  async function answer(http: Request): Promise<Response> {
    const { pathname } = new URL(http.url);
    const text = await http.text();
    if (http.method !== "POST") return other(http.method, pathname);
    const body: Body | undefined = parse(text);
    for (const api of APIS) {
      const request: ModelRequest | undefined = body && api.read(pathname, body);
      if (request) return await turn(api, { ...request, body, ...keyOf(http) });
    }
    return other(http.method, pathname);
  }

  async function turn(api: Api, request: ModelRequest): Promise<Response> {
    requests.push(request);
    for (const tool of request.tools) known.set(tool.name, tool);
    for (const resolve of waiting) resolve();
    waiting.clear();
    const { status, hang } = behaviour;
    if (hang) await over(changed.signal);
    if (status !== undefined) {
      const message = MESSAGES[status];
      const headers = { ...status === 429 && { "retry-after": RETRY_AFTER } };
      return Response.json(api.error(status, message), { status, headers });
    }
    const reply = replyTo(request, behaviour, known);
    if (reply.call || reply.text === behaviour.edit?.asText) asked++;
    if (!request.stream) return Response.json(api.whole(reply, request));
    return new Response(stream(api.events(reply, request), behaviour), {
      headers: {
        "content-type": "text/event-stream",
        // More is announced than comes, so that the connection breaks instead of ending well.
        ...behaviour.cut && { "content-length": "1000000" },
      },
    });
  }

  /** What CLIs ask for besides: the list of models, a count of tokens. */
  function other(method: string, path: string): Response {
    others.push(`${method} ${path}`);
    if (method === "GET" && path.endsWith("/models")) {
      return Response.json({ object: "list", data: [{ id: "mock-model", object: "model" }] });
    }
    if (path.endsWith("/count_tokens")) return Response.json({ input_tokens: 11 });
    if (path.endsWith(":countTokens")) return Response.json({ totalTokens: 11 });
    return Response.json({ error: { message: `No such path "${path}"` } }, { status: 404 });
  }
}

const MESSAGES: Record<NonNullable<Behaviour["status"]>, string> = {
  400: "Bad request (mock 400)",
  401: "Incorrect API key provided (mock 401)",
  404: "The model `mock-model` does not exist (mock 404)",
  429: "Rate limit reached (mock 429)",
  500: "The server had an error (mock 500)",
  529: "Overloaded (mock 529)",
};

function stream(
  events: readonly SentEvent[],
  { cut = false, pauseMs = 0 }: Behaviour,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const sent = cut ? events.slice(0, Math.ceil(events.length / 2)) : events;
  const gone = new AbortController();
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (pauseMs > 0) await pause(pauseMs, gone.signal);
      if (gone.signal.aborted) return;
      const next = sent[at++];
      if (next) controller.enqueue(encoder.encode(written(next)));
      else controller.close();
    },
    cancel: () => gone.abort(),
  });
}

function written({ event, data }: SentEvent): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return `${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

function pause(milliseconds: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    gone.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

function over(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function keyOf({ headers }: Request): { key?: string } {
  const key = headers.get("authorization") ?? headers.get("x-api-key") ??
    headers.get("x-goog-api-key");
  return key === null ? {} : { key };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
