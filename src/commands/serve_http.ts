/** Serves MCP over HTTP until a signal comes. */
import { systemClock } from "../lib/clock.ts";
import { errorFacts, messageOf } from "../lib/errors.ts";
import { within } from "../lib/within.ts";
import { createPrincipals } from "../mcp/transports/http/bearer_tokens.ts";
import { createGate } from "../mcp/transports/http/gate.ts";
import { type HttpServer, listen } from "../mcp/transports/http/http_server.ts";
import { listenAddress } from "../mcp/transports/http/listen_address.ts";
import { createMcpEndpoints } from "../mcp/transports/http/mcp_endpoints.ts";
import { watchJobs } from "../mcp/watch_jobs.ts";
import { giveBackMemory } from "../process/give_back_memory.ts";
import { afterBursts } from "./after_bursts.ts";
import { CannotServe, readTls, tokensOf } from "./http_settings.ts";
import type { Served } from "./serve.ts";
import { firstStopSignal } from "./stop_signals.ts";

/** How long the last answers may take to be written, and the last connections to close. */
const LAST_WRITE_MS = 2000;
/** How long it is believed that the database can be used, or cannot. */
const HEALTH_HOLDS_MS = 5000;

/** @returns The exit code. */
export async function serveOnHttp(served: Served): Promise<number> {
  const { app, settings } = served;
  try {
    return await serveUntilSignal(served);
  } catch (error) {
    if (!(error instanceof CannotServe)) throw error;
    console.error(`aimux cannot start: ${error.message}`);
    await app.stop({ graceMs: settings.kill_grace_seconds * 1000 });
    return 1;
  }
}

async function serveUntilSignal({ app, settings, serverFor }: Served): Promise<number> {
  const { transport } = settings;
  const address = listenAddress(transport.port);
  const tokens = tokensOf(settings, address);
  const tls = readTls(transport);
  app.redact.learn(Object.fromEntries(
    Object.entries(tokens).map(([name, token]) => [`SECRET_TOKEN_OF_${name}`, token]),
  ));

  const clock = systemClock;
  let checked: { at: number; result: Promise<{ problem?: string }> } | undefined;
  const mcp = createMcpEndpoints({
    streamable: transport.type === "http",
    sse: transport.type === "sse" || transport.sse,
    serverFor,
    watch,
    clock,
    maxBytes: transport.max_body_bytes,
    keepAliveMs: transport.keep_alive_seconds * 1000,
    onError: (error) => app.log.debug("Transport", { error: messageOf(error) }),
  });
  const gate = createGate({
    callers: { address, hosts: transport.allowed_hosts, origins: transport.allowed_origins },
    principalOf: createPrincipals(tokens),
    endpoints: mcp.endpoints,
    health,
    tls: tls !== undefined,
    maxConnections: transport.max_connections,
    maxRequestsPerMinute: transport.max_requests_per_minute,
    clock,
  });

  const signalled = firstStopSignal();
  const server = start();
  tellWhere(server);
  // A failure is logged, and told by each tool that needs what could not be built.
  void app.parts().catch(() => {});

  const stopped = new AbortController();
  void afterBursts(gate.requests, giveBackMemory, { clock, signal: stopped.signal });

  const why = await signalled;
  stopped.abort();
  app.log.info("Stopping", { why });
  gate.shut();
  const atMost = (promise: Promise<unknown>) => within(LAST_WRITE_MS, promise, { clock });
  await app.stop({
    graceMs: Math.min(settings.kill_grace_seconds, settings.shutdown_grace_seconds) * 1000,
    answered: async () => void await atMost(Promise.all([gate.answered(), mcp.answered()])),
  });
  await atMost(mcp.close());
  // What is still open then ends with the program.
  await atMost(server.shutdown());
  return 0;

  function start(): HttpServer {
    try {
      return listen({
        address,
        ...tls && { tls },
        handle: gate.handle,
        clock,
        onError: (error) => app.log.error("Unexpected", errorFacts(error)),
      });
    } catch (error) {
      const where = `at "${transport.port}" (PORT, or server.transport.port)`;
      if (!tls || isOfAddress(error)) {
        throw new CannotServe(`Cannot listen ${where}: ${messageOf(error)}`);
      }
      const { tls_cert, tls_key } = transport;
      throw new CannotServe(
        `Cannot speak TLS with "${tls_cert}" (server.transport.tls_cert) and "${tls_key}" ` +
          `(server.transport.tls_key): ${messageOf(error)}`,
      );
    }
  }

  function tellWhere({ urls }: HttpServer): void {
    if (!address.loopback && !tls) {
      console.error(
        "Warning: without TLS, tokens and prompts can be read on the way: set " +
          "transport.tls_cert and transport.tls_key, or put a proxy with TLS before aimux",
      );
    }
    for (const url of urls) {
      for (const path of mcp.paths) console.error(`aimux serves MCP at ${url}${path}`);
    }
    app.log.info("Listening", { urls, paths: mcp.paths, principals: Object.keys(tokens) });
  }

  /** Anybody may ask, and it costs a write. */
  function health(): Promise<{ problem?: string }> {
    if (!checked || clock.now() - checked.at > HEALTH_HOLDS_MS) {
      checked = { at: clock.now(), result: check() };
    }
    return checked.result;
  }

  async function check(): Promise<{ problem?: string }> {
    try {
      const { store } = await app.parts();
      const { problem, busy } = store.check(clock.now());
      // Where another server writes at the same moment, it works.
      return problem === undefined || busy ? {} : { problem: "The database cannot be used" };
    } catch {
      return { problem: "The database cannot be opened" };
    }
  }

  function watch(principal: string, tell: (uri: string) => void, signal: AbortSignal): void {
    const onError = (error: unknown) => app.log.warn("Cannot look for changes", errorFacts(error));
    void app.parts()
      .then(({ store }) => watchJobs(tell, signal, { principal, store, clock, onError }))
      .catch(onError);
  }
}

/** Whether it was the address that could not be had. */
function isOfAddress(error: unknown): boolean {
  const { AddrInUse, AddrNotAvailable, PermissionDenied } = Deno.errors;
  return [AddrInUse, AddrNotAvailable, PermissionDenied].some((kind) => error instanceof kind);
}
