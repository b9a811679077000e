/**
 * Serves the conformance suite's fixtures on aimux's own HTTP stack: the same gate, endpoints and
 * transports, with other tools. Prints its URL, and ends when its standard input does.
 */
import { systemClock } from "../../src/lib/clock.ts";
import { createPrincipals } from "../../src/mcp/transports/http/bearer_tokens.ts";
import { createGate } from "../../src/mcp/transports/http/gate.ts";
import { listen } from "../../src/mcp/transports/http/http_server.ts";
import { listenAddress } from "../../src/mcp/transports/http/listen_address.ts";
import { createMcpEndpoints } from "../../src/mcp/transports/http/mcp_endpoints.ts";
import { createFixtureServer } from "./fixtures.ts";

const address = listenAddress("127.0.0.1:0");
const listeners = new Set<(uri: string) => void>();
const clock = systemClock;

const mcp = createMcpEndpoints({
  streamable: true,
  sse: true,
  serverFor: (_principal, connection) =>
    createFixtureServer({ connection, update: (uri) => listeners.forEach((tell) => tell(uri)) }),
  watch(_principal, tell, signal) {
    listeners.add(tell);
    signal.addEventListener("abort", () => listeners.delete(tell), { once: true });
  },
  clock,
  maxBytes: 16_000_000,
  keepAliveMs: 15_000,
  onError: (error) => console.error(error.message),
});
const gate = createGate({
  callers: { address, hosts: [], origins: [] },
  principalOf: createPrincipals({}),
  endpoints: mcp.endpoints,
  health: () => Promise.resolve({}),
  tls: false,
  maxConnections: 1000,
  maxRequestsPerMinute: 1_000_000,
  clock,
});
const { urls } = listen({ address, handle: gate.handle, clock, onError: console.error });
console.log(`${urls[0]}/mcp`);

for await (const _ of Deno.stdin.readable) { /* until it ends */ }
await mcp.close();
Deno.exit(0);
