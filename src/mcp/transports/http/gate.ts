/** What every request passes before it reaches an endpoint, and what each one is counted for. */
import type { Clock } from "../../../lib/clock.ts";
import {
  type AllowedCallers,
  isAllowedHost,
  isAllowedOrigin,
  isListedOrigin,
} from "./allowed_callers.ts";
import type { PrincipalOf } from "./bearer_tokens.ts";
import { refusal, wrongMethod } from "./refusal.ts";
import { createRequestRate } from "./request_rate.ts";
import type { Endpoint } from "./endpoint.ts";

/** What the gate knows. */
export interface GateParts {
  callers: AllowedCallers;
  principalOf: PrincipalOf;
  /** By path. */
  endpoints: ReadonlyMap<string, Endpoint>;
  /** Whether the server can be used; the reason where it cannot. */
  health(): Promise<{ problem?: string }>;
  /** Whether it speaks TLS: then HTTP/2, which has no Host header, is spoken, too. */
  tls: boolean;
  maxConnections: number;
  maxRequestsPerMinute: number;
  clock: Clock;
}

/** The gate, as a handler of requests. */
export interface Gate {
  /** @param completed resolves when the response was sent, or cannot be any more */
  handle(request: Request, completed: Promise<void>): Promise<Response>;
  /** How many requests were let in so far. */
  requests(): number;
  /** From now on nothing is let in. */
  shut(): void;
  /** Resolves when all that has an end was answered. */
  answered(): Promise<void>;
}

/** For all whose token is wrong, together. */
const NOBODY = "";

/** Makes the gate. */
export function createGate(parts: GateParts): Gate {
  const { callers, principalOf, endpoints, clock } = parts;
  const rate = createRequestRate(parts.maxRequestsPerMinute, clock);
  const pending = new Set<Promise<void>>();
  let open = 0;
  let requests = 0;
  let shut = false;

  return {
    async handle(request, completed) {
      const origin = request.headers.get("origin");
      const response = await answer(request, origin, completed);
      return isListedOrigin(origin, callers) ? readableBy(origin!, response) : response;
    },
    requests: () => requests,
    shut: () => void (shut = true),
    async answered() {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
  };

  async function answer(
    request: Request,
    origin: string | null,
    completed: Promise<void>,
  ): Promise<Response> {
    // What the Host header makes of it need not be a URL.
    const url = URL.parse(request.url);
    const named = request.headers.get("host") ?? (parts.tls && url ? url.host : null);
    // The target of a request may hold a host, too, and then it is that which counts.
    if (!url || !isAllowedHost(named, callers) || !isAllowedHost(url.host, callers)) {
      return refusal(403, "Host not allowed: add it to transport.allowed_hosts if it is yours");
    }
    const { pathname } = url;
    if (!isAllowedOrigin(origin, callers)) {
      return refusal(403, "Origin not allowed: add it to transport.allowed_origins if it is yours");
    }
    if (pathname === "/health") return await answerHealth(request);
    const endpoint = endpoints.get(pathname);
    if (!endpoint) return refusal(404, `Not found: there is ${[...endpoints.keys()].join(", ")}`);
    if (request.method === "OPTIONS" && isListedOrigin(origin, callers)) return preflight();

    const principal = principalOf(request.headers.get("authorization"));
    const wait = rate.take(principal ?? NOBODY);
    if (wait > 0) {
      return refusal(429, `Too many requests: try again in ${wait} s`, {
        headers: { "retry-after": String(wait) },
      });
    }
    if (principal === undefined) return unauthorized(request);
    if (shut) return unavailable("The server is shutting down");
    if (open >= parts.maxConnections) return unavailable("Too many requests and streams are open");
    open++;
    requests++;
    const over = completed.then(() => void open--);
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    pending.add(settled);
    void settled.then(() => pending.delete(settled));
    try {
      const { response, endless } = await endpoint(request, { principal, completed });
      void (endless ? Promise.resolve() : over).then(settle);
      return response;
    } catch (error) {
      settle();
      throw error;
    }
  }

  async function answerHealth(request: Request): Promise<Response> {
    if (!/^(?:GET|HEAD)$/.test(request.method)) return wrongMethod("GET", "HEAD");
    const { problem } = shut ? { problem: "The server is shutting down" } : await parts.health();
    const body = problem === undefined ? { status: "ok" } : { status: "unavailable", problem };
    return Response.json(body, {
      status: problem === undefined ? 200 : 503,
      headers: { "cache-control": "no-store" },
    });
  }
}

/** A browser asks before it lets a page call. */
function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-allow-headers":
        "Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Session-Id, " +
        "MCP-Protocol-Version, Mcp-Method, Mcp-Name",
      "access-control-max-age": "600",
    },
  });
}

function unauthorized(request: Request): Response {
  const given = request.headers.has("authorization");
  return refusal(401, given ? "Wrong bearer token" : "A bearer token is needed", {
    headers: {
      "www-authenticate": `Bearer realm="aimux"${given ? ', error="invalid_token"' : ""}`,
    },
  });
}

function unavailable(message: string): Response {
  return refusal(503, message, { headers: { "retry-after": "1" } });
}

/** Only pages that the configuration names may read answers. */
function readableBy(origin: string, response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", "Mcp-Session-Id, WWW-Authenticate, Retry-After");
  headers.append("vary", "Origin");
  return new Response(response.body, { status: response.status, headers });
}
