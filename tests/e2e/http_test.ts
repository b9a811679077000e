import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import {
  StreamableHTTPClientTransport as OldTransport,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import assert from "node:assert/strict";
import { connectHttp, startHttp } from "./http_server.ts";
import { createWorkplace } from "./workplace.ts";

Deno.test("over HTTP, clients of both eras and of the older SDK list, call and read", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  await using server = await startHttp(workplace);
  for (const era of ["auto", "legacy"] as const) {
    await using aimux = await connectHttp(server, { era });
    assert.equal((await aimux.client.listTools()).tools.length, 3);
    const result = await aimux.call("exec", { prompt: "say hi" });
    assert.equal(result.status, "completed");
    const { contents: [output] } = await aimux.client.readResource({ uri: result.output_uri });
    assert.match(String(output && "text" in output && output.text), /"type":"agent_message"/);
  }
  const old = new OldClient({ name: "old", version: "1.0.0" });
  // deno-lint-ignore no-explicit-any -- the older SDK's own types do not agree with each other
  await old.connect(new OldTransport(new URL(`${server.url}/mcp`)) as any);
  try {
    const result = await old.callTool({ name: "exec", arguments: { prompt: "say hi" } });
    assert.equal((result.structuredContent as { status: string }).status, "completed");
  } finally {
    await old.close();
  }
  const { code, stdout } = await server.stop();
  assert.deepEqual([code, stdout], [0, ""]);
  assert.deepEqual(workplace.processesLeft(), []);
});
