/** Listens for HTTP, on each of its addresses. */
import type { Clock } from "../../../lib/clock.ts";
import { type LastingServer, lastingServer } from "./lasting_server.ts";
import type { ListenAddress } from "./listen_address.ts";

/** How often another free port is tried where the second address has no use of the first's. */
const ATTEMPTS = 10;

/** What a listener needs. */
export interface ListenOptions {
  address: ListenAddress;
  /** PEM texts. */
  tls?: { cert: string; key: string };
  /** @param completed resolves when the response was sent, or cannot be any more */
  handle(request: Request, completed: Promise<void>): Promise<Response>;
  clock: Clock;
  onError(error: unknown): void;
}

/** A server that listens. */
export interface HttpServer {
  /** The addresses that it listens at, as URLs without a path. */
  urls: string[];
  /** Takes nothing new, and resolves when nothing is open. */
  shutdown(): Promise<void>;
}

/** @throws {Deno.errors.AddrInUse} and others, where an address cannot be listened at */
export function listen(options: ListenOptions): HttpServer {
  for (let attempt = 1;; attempt++) {
    try {
      return listenOnce(options);
    } catch (error) {
      const another = options.address.port === 0 && error instanceof Deno.errors.AddrInUse;
      if (!another || attempt === ATTEMPTS) throw error;
    }
  }
}

function listenOnce({ address, tls, handle, clock, onError }: ListenOptions): HttpServer {
  const servers: LastingServer[] = [];
  let { port } = address;
  let absent: unknown;
  for (const hostname of address.hostnames) {
    const start = (port: number) =>
      Deno.serve({
        hostname,
        port,
        ...tls,
        onListen() {},
        onError(error) {
          onError(error);
          return new Response(null, { status: 500 });
        },
      }, (request, { completed }) => handle(request, completed.catch(() => {})));
    try {
      const server = lastingServer({ start, port, clock, onError });
      servers.push(server);
      port = server.addr.port;
    } catch (error) {
      // A machine may have no IPv6, or no IPv4.
      absent = error;
      if (isAbsent(error)) continue;
      for (const server of servers) void server.shutdown();
      throw error;
    }
  }
  if (servers.length === 0) throw absent;
  const scheme = tls ? "https" : "http";
  return {
    urls: servers.map(({ addr: { hostname, port } }) =>
      `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`
    ),
    async shutdown() {
      await Promise.all(servers.map((server) => server.shutdown()));
    },
  };
}

/** Whether the machine has no such address. */
function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.AddrNotAvailable ||
    /address family not supported|not available/i.test(String(error));
}
