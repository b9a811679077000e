/** Serves MCP over HTTP until a signal comes. */
import { systemClock } from "../lib/clock.ts";
import { errorFacts, messageOf } from "../lib/errors.ts";
import { within } from "../lib/within.ts";
import { createPrincipals } from "../mcp/transports/http/bearer_tokens.ts";
import { createGate } from "../mcp/transports/http/gate.ts";
import { type HttpServer, listen } from "../mcp/transports/http/http_server.ts";
import { listenAddress } from "../mcp/transports/http/listen_address.ts";
import {
  createStreamableEndpoint,
  type Endpoint,
} from "../mcp/transports/http/streamable_endpoint.ts";
import { CannotServe, readTls, tokensOf } from "./http_settings.ts";
import type { Served } from "./serve.ts";
import { firstStopSignal } from "./stop_signals.ts";

/** How long the last answers may take to be written, and the last connections to close. */
const LAST_WRITE_MS = 2000;

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

  const parts = {
    serverFor,
    clock: systemClock,
    maxBytes: transport.max_body_bytes,
    keepAliveMs: transport.keep_alive_seconds * 1000,
    onError: (error: unknown) => app.log.debug("Transport", { error: messageOf(error) }),
  };
  const streamable = createStreamableEndpoint(parts);
  const endpoints = new Map<string, Endpoint["answer"]>([["/mcp", streamable.answer]]);
  const gate = createGate({
    callers: { address, hosts: transport.allowed_hosts, origins: transport.allowed_origins },
    principalOf: createPrincipals(tokens),
    endpoints,
    health: async () => {
      try {
        await app.parts();
        return {};
      } catch {
        return { problem: "The database cannot be opened" };
      }
    },
    tls: tls !== undefined,
    maxConnections: transport.max_connections,
    maxRequestsPerMinute: transport.max_requests_per_minute,
    clock: systemClock,
  });

  const signalled = firstStopSignal();
  const server = start();
  tellWhere(server);
  // A failure is logged, and told by each tool that needs what could not be built.
  void app.parts().catch(() => {});

  const why = await signalled;
  app.log.info("Stopping", { why });
  gate.shut();
  const atMost = (promise: Promise<unknown>) =>
    within(LAST_WRITE_MS, promise, { clock: systemClock });
  await app.stop({
    graceMs: Math.min(settings.kill_grace_seconds, settings.shutdown_grace_seconds) * 1000,
    answered: async () => void await atMost(gate.answered()),
  });
  await atMost(streamable.close());
  if (!await atMost(server.shutdown())) server.abort();
  return 0;

  function start(): HttpServer {
    try {
      return listen({
        address,
        ...tls && { tls },
        handle: gate.handle,
        onError: (error) => app.log.error("Unexpected", errorFacts(error)),
      });
    } catch (error) {
      throw new CannotServe(
        `Cannot listen at "${transport.port}" (PORT, or server.transport.port): ` +
          `${messageOf(error)}`,
      );
    }
  }

  function tellWhere({ urls }: HttpServer): void {
    for (const url of urls) {
      for (const path of endpoints.keys()) console.error(`aimux serves MCP at ${url}${path}`);
    }
    app.log.info("Listening", { urls, principals: Object.keys(tokens) });
    if (!address.loopback && !tls) {
      console.error(
        "Warning: without TLS, tokens and prompts can be read on the way: set " +
          "transport.tls_cert and transport.tls_key, or put a proxy with TLS before aimux",
      );
    }
  }
}
