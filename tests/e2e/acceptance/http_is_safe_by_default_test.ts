/** No page of a browser and no stranger on the network gets aimux to run anything. */
import assert from "node:assert/strict";
import { startHttp } from "../http_server.ts";
import { createWorkplace } from "../workplace.ts";

const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "page", version: "1" },
  },
});

/** A request as a page that resolves its own name to loopback makes the browser send it. */
async function statusOf(url: string, path: string, headers: Record<string, string>) {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const all = {
    host: `localhost:${port}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "content-length": String(INITIALIZE.length),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const text = `POST ${path} HTTP/1.1\r\n${head}\r\n${INITIALIZE}`;
  await connection.write(new TextEncoder().encode(text));
  const buffer = new Uint8Array(4000);
  const answer = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  assert.doesNotMatch(answer, /access-control-allow/i);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

Deno.test("a foreign Host and a foreign Origin are refused with 403, on every path", async () => {
  await using workplace = await createWorkplace();
  await using server = await startHttp(workplace, { env: { AIMUX_SERVER_TRANSPORT_SSE: "true" } });
  assert.equal(await statusOf(server.url, "/mcp", {}), 200);
  for (const path of ["/mcp", "/messages?sessionId=x", "/sse", "/health", "/other"]) {
    assert.equal(await statusOf(server.url, path, { host: "evil.example:8080" }), 403);
    assert.equal(await statusOf(server.url, path, { origin: "http://evil.example" }), 403);
    assert.equal(await statusOf(server.url, path, { origin: "null" }), 403);
  }
  const own = { origin: "http://localhost:6274" };
  assert.equal(await statusOf(server.url, "/mcp", own), 200);
});

Deno.test("without a token it does not start where others can reach it, and says what to do", async () => {
  await using workplace = await createWorkplace();
  for (const [transport, port] of [["http", "[::]:0"], ["sse", "0.0.0.0:0"]] as const) {
    await assert.rejects(startHttp(workplace, { transport, port }), ({ message }: Error) => {
      assert.match(message, /^It ended with 1: aimux cannot start: Other machines can reach /);
      assert.match(message, /Set AIMUX_AUTH_TOKEN or server\.auth_tokens, or listen on this /);
      return true;
    });
  }
});

Deno.test("with a token it listens there, and answers nothing without it", async () => {
  await using workplace = await createWorkplace();
  await using server = await startHttp(workplace, {
    port: "0.0.0.0:0",
    env: { AIMUX_AUTH_TOKEN: "correct-horse-battery" },
  });
  const url = server.url.replace("0.0.0.0", "127.0.0.1");
  assert.match(server.stderr(), /^Warning: without TLS, /m);
  assert.equal(await statusOf(url, "/mcp", {}), 401);
  assert.equal(await statusOf(url, "/mcp", { authorization: "Bearer correct-horse" }), 401);
  const authorization = "Bearer correct-horse-battery";
  assert.equal(await statusOf(url, "/mcp", { authorization }), 200);
  assert.equal(await statusOf(url, "/mcp", { authorization, host: "evil.example" }), 403);
  assert.equal(await statusOf(url, "/mcp", { authorization, host: "10.1.2.3:80" }), 200);
});
