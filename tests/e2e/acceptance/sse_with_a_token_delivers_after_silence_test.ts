/** An answer that comes long after its stream was opened, and after its silence, is not lost. */
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import assert from "node:assert/strict";
import { startHttp } from "../http_server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("over SSE with a token an answer arrives after many times the keep-alive", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    // What is one minute and more elsewhere takes two seconds here.
    config: { server: { transport: { keep_alive_seconds: 0.05 } } },
  });
  await using server = await startHttp(workplace, {
    transport: "sse",
    env: { AIMUX_AUTH_TOKEN: "correct-horse-battery" },
  });
  const authorization = "Bearer correct-horse-battery";
  const transport = new OldTransport(new URL(`${server.url}/sse`), {
    requestInit: { headers: { authorization } },
  });
  const client = new OldClient({ name: "old", version: "1.0.0" });
  // deno-lint-ignore no-explicit-any -- the older SDK's own types do not agree with each other
  await client.connect(transport as any);
  const result = await client.callTool({
    name: "exec",
    arguments: { prompt: '#emulate [{"wait_ms": 2000}]\nsay hi', cli: "codex" },
  });
  const { status, content } = result.structuredContent as { status: string; content: string };
  assert.equal(status, "completed");
  assert.match(content, /say hi/);
  await client.ping();
  await client.close();

  const refused = await fetch(`${server.url}/sse`);
  await refused.body?.cancel();
  assert.equal(refused.status, 401);
});
