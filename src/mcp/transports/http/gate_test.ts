import assert from "node:assert/strict";
import { systemClock } from "../../../lib/clock.ts";
import { createPrincipals } from "./bearer_tokens.ts";
import { createGate, type GateParts } from "./gate.ts";
import { listenAddress } from "./listen_address.ts";

const never = new Promise<void>(() => {});

function gate(parts: Partial<GateParts> = {}) {
  const seen: string[] = [];
  const made = createGate({
    callers: { address: listenAddress(":0"), hosts: [], origins: ["https://app.example"] },
    principalOf: createPrincipals({ alice: "correct-horse", bob: "battery-staple" }),
    endpoints: new Map([["/mcp", (_request, { principal }) => {
      seen.push(principal);
      return Promise.resolve({ response: new Response("hello") });
    }]]),
    health: () => Promise.resolve({}),
    tls: false,
    maxConnections: 10,
    maxRequestsPerMinute: 100,
    clock: systemClock,
    ...parts,
  });
  return { ...made, seen };
}

function request(
  path = "/mcp",
  { method = "POST", token = "correct-horse", ...headers }: Record<string, string> = {},
): Request {
  return new Request(`http://localhost${path}`, {
    method,
    headers: {
      host: "localhost",
      ...token !== "" && { authorization: `Bearer ${token}` },
      ...headers,
    },
  });
}

Deno.test("a request reaches its endpoint as that of the token's principal", async () => {
  const { handle, seen } = gate();
  assert.equal(await (await handle(request(), never)).text(), "hello");
  await handle(request("/mcp", { token: "battery-staple" }), never);
  assert.deepEqual(seen, ["alice", "bob"]);
});

Deno.test("what may not come in does not, and is told why", async () => {
  const { handle, seen } = gate();
  for (
    const [status, given] of [
      [403, request("/mcp", { host: "evil.example" })],
      [403, request("/health", { method: "GET", host: "evil.example" })],
      [403, request("/mcp", { origin: "http://evil.example" })],
      [403, request("/mcp", { origin: "null" })],
      [403, new Request("http://evil.example/mcp", { headers: { host: "localhost" } })],
      [403, new Request("http://localhost/mcp")],
      [404, request("/")],
      [404, request("/mcp/", { token: "" })],
      [401, request("/mcp", { token: "" })],
      [401, request("/mcp", { token: "wrong" })],
      [401, request("/mcp", { method: "OPTIONS", origin: "http://localhost:3000", token: "" })],
      [405, request("/health", { method: "POST" })],
    ] as const
  ) {
    const response = await handle(given, never);
    assert.equal(response.status, status, `${given.method} ${given.url}`);
    assert.equal(typeof (await response.json()).error.message, "string");
    assert.equal(response.headers.get("access-control-allow-origin"), null);
    assert.equal(response.headers.has("www-authenticate"), status === 401);
    assert.equal(response.headers.has("allow"), status === 405);
  }
  assert.deepEqual(seen, []);
});

Deno.test("over TLS, where HTTP/2 has no Host header, the host of the target counts", async () => {
  const { handle } = gate({ tls: true });
  const headers = { authorization: "Bearer correct-horse" };
  const by = async (host: string) =>
    (await handle(new Request(`https://${host}/mcp`, { headers }), never)).status;
  assert.deepEqual([await by("localhost"), await by("evil.example")], [200, 403]);
});

Deno.test("a listed page may call and read, also what it is refused", async () => {
  const { handle } = gate();
  const origin = "https://app.example";
  const asked = await handle(request("/mcp", { method: "OPTIONS", token: "", origin }), never);
  assert.equal(asked.status, 204);
  assert.match(asked.headers.get("access-control-allow-headers") ?? "", /Authorization/);
  for (const token of ["correct-horse", ""]) {
    const response = await handle(request("/mcp", { origin, token }), never);
    assert.equal(response.headers.get("access-control-allow-origin"), origin);
    assert.equal(response.headers.get("vary"), "Origin");
  }
});

Deno.test("one that asks too often is told when to come again, and others are served", async () => {
  const { handle } = gate({ maxRequestsPerMinute: 2 });
  const status = async (token: string) => (await handle(request("/mcp", { token }), never)).status;
  assert.deepEqual([await status("correct-horse"), await status("correct-horse")], [200, 200]);
  const refused = await handle(request(), never);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "30"]);
  assert.equal(await status("battery-staple"), 200);
  assert.deepEqual([await status("a"), await status("b"), await status("c")], [401, 401, 429]);
});

Deno.test("no more requests are open than may be, and one that has ended makes room", async () => {
  const { handle } = gate({ maxConnections: 1 });
  const { promise: completed, resolve: complete } = Promise.withResolvers<void>();
  assert.equal((await handle(request(), completed)).status, 200);
  const refused = await handle(request(), never);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  assert.equal((await handle(request("/health", { method: "GET" }), never)).status, 200);
  complete();
  await completed;
  assert.equal(
    (await handle(request(), Promise.resolve())).status,
    200,
  );
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal((await handle(request(), never)).status, 200);
});

Deno.test("when it is shut nothing comes in, and it waits for what is inside", async () => {
  const { handle, shut, answered } = gate();
  const { promise: completed, resolve: complete } = Promise.withResolvers<void>();
  await handle(request(), completed);
  shut();
  assert.equal((await handle(request(), never)).status, 503);
  assert.equal((await handle(request("/health", { method: "GET" }), never)).status, 503);
  let over = false;
  const waiting = answered().then(() => over = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(over, false);
  complete();
  await waiting;
});

Deno.test("health needs no token, and tells a program by the status", async () => {
  const ask = async (health: GateParts["health"], method = "GET") => {
    const response = await gate({ health }).handle(
      request("/health", { method, token: "" }),
      never,
    );
    return [response.status, await response.json()];
  };
  assert.deepEqual(await ask(() => Promise.resolve({})), [200, { status: "ok" }]);
  assert.deepEqual(await ask(() => Promise.resolve({ problem: "Broken" })), [
    503,
    { status: "unavailable", problem: "Broken" },
  ]);
});
