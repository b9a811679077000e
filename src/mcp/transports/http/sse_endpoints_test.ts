import { McpServer } from "@modelcontextprotocol/server";
import assert from "node:assert/strict";
import { systemClock } from "../../../lib/clock.ts";
import { createSseEndpoints } from "./sse_endpoints.ts";

const MEGABYTE = "x".repeat(1_000_000);

Deno.test("a connection that was given up takes no more messages, also while its client stays", async () => {
  const server = new McpServer({ name: "test", version: "1.0.0" }, {
    capabilities: { logging: {} },
  });
  const { stream, messages } = createSseEndpoints("/messages", {
    serverFor: () => server,
    keepAliveMs: 60_000,
    clock: systemClock,
    maxBytes: 1000,
    onError: () => {},
  });
  const caller = { principal: "local", completed: new Promise<void>(() => {}) };
  const post = async (path: string, method: string) =>
    (await messages(
      new Request(`http://localhost${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method }),
      }),
      caller,
    )).response.status;

  const { response } = await stream(new Request("http://localhost/sse"), caller);
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  const [, path = ""] = /data: (\S+)/.exec(new TextDecoder().decode(value)) ?? [];
  assert.equal(await post(path, "ping"), 202);

  const left = new Promise<void>((resolve) => server.server.onclose = resolve);
  for (let n = 0; n < 70; n++) {
    await server.server.notification({
      method: "notifications/message",
      params: { level: "info", data: MEGABYTE },
    }).catch(() => {});
  }
  await left;
  assert.equal(await post(path, "ping"), 404);
});
