import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import assert from "node:assert/strict";
import { denoEnv, PROGRAM } from "./program.ts";
import { createWorkplace } from "./workplace.ts";

Deno.test("a client of the SDK's older line lists, calls and reads", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const transport = new StdioClientTransport({
    ...PROGRAM,
    env: { ...denoEnv(), ...workplace.env },
    cwd: workplace.project,
  });
  const client = new Client({ name: "old", version: "1.0.0" });
  await client.connect(transport);
  try {
    assert.equal(client.getServerVersion()?.name, "aimux");
    assert.equal((await client.listTools()).tools.length, 3);
    // It checks the structured result against the announced schema, too.
    const result = await client.callTool({ name: "exec", arguments: { prompt: "say hi" } });
    const job = result.structuredContent as { status: string; output_uri: string };
    assert.equal(job.status, "completed");
    const { contents: [output] } = await client.readResource({ uri: job.output_uri });
    assert.match(String(output && "text" in output && output.text), /"type":"agent_message"/);
    const failed = await client.callTool({ name: "status", arguments: { job_id: "nope" } });
    assert.equal(failed.isError, true);
  } finally {
    await client.close();
  }
  assert.deepEqual(workplace.processesLeft(), []);
});
