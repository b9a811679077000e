import { Client, SSEClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import assert from "node:assert/strict";
import { connectHttp, startHttp } from "./http_server.ts";
import { openStream } from "./raw_clients.ts";
import { createWorkplace } from "./workplace.ts";

const HANG = '#emulate [{"print": "begun\\n"}, {"hang": true}]\nwait for ever';
/** What is told of it when it runs. */
const BEGUN = /notifications\/progress.*begun/;

/** A stream that is left when it is disposed. */
async function stayOn(url: string) {
  const leave = new AbortController();
  const stream = await openStream(url, leave.signal);
  return {
    ...stream,
    async [Symbol.asyncDispose]() {
      leave.abort();
      await stream.ended;
    },
  };
}

Deno.test("aimux over SSE", async (t) => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: { server: { kill_grace_seconds: 0.5, transport: { keep_alive_seconds: 0.1 } } },
  });
  await using server = await startHttp(workplace, { transport: "sse" });
  const { url } = server;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const call = (id: number, prompt: string) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "exec", arguments: { prompt, cli: "codex" }, _meta: { progressToken: id } },
  });
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

  await t.step("clients of the current SDK, in both eras, and of the older one work", async () => {
    for (const mode of ["auto", "legacy"] as const) {
      const client = new Client({ name: "new", version: "1.0.0" }, {
        versionNegotiation: { mode },
      });
      await client.connect(new SSEClientTransport(new URL(`${url}/sse`)));
      const told: string[] = [];
      const result = await client.callTool({
        name: "exec",
        arguments: { prompt: '#emulate [{"wait_ms": 300}]\nsay hi', cli: "codex" },
      }, { onprogress: ({ message }) => void told.push(message ?? "") });
      assert.equal((result.structuredContent as { status: string }).status, "completed", mode);
      assert.ok(told.length > 0);
      await client.close();
    }
    const old = new OldClient({ name: "old", version: "1.0.0" });
    // deno-lint-ignore no-explicit-any -- the older SDK's own types do not agree with each other
    await old.connect(new OldTransport(new URL(`${url}/sse`)) as any);
    assert.equal((await old.listTools()).tools.length, 3);
    const result = await old.callTool({ name: "exec", arguments: { prompt: "say hi" } });
    assert.equal((result.structuredContent as { status: string }).status, "completed");
    await old.close();
  });

  await t.step("two connections with the same ids get their own answers", async () => {
    await using one = await stayOn(url);
    await using two = await stayOn(url);
    const streams = [one, two];
    const paths = await Promise.all(
      streams.map(async ({ until }) => (await until(/^data: (\/messages\?sessionId=\S+)$/m))[1]!),
    );
    await Promise.all(paths.map(async (path, n) => {
      const response = await post(path, call(1, `client ${n}`));
      assert.equal(response.status, 202);
      await response.body?.cancel();
    }));
    for (const [n, stream] of streams.entries()) {
      const [, data] = await stream.until(/^data: (\{.*"id":1\b.*\})$/m);
      assert.match(data!, new RegExp(`client ${n}\\b`));
      assert.doesNotMatch(stream.text(), new RegExp(`client ${1 - n}\\b`));
    }
    // A silent stream is kept open.
    await one.until(/^: keepalive$/m);
  });

  await t.step("each wrong message has the status that says what is wrong", async () => {
    await using stream = await stayOn(url);
    assert.equal(stream.response.headers.get("content-type"), "text/event-stream");
    const [, path = ""] = await stream.until(/^data: (\S+)$/m);
    for (
      const [status, where, body, headers] of [
        [404, "/messages", ping, {}],
        [404, "/messages?sessionId=stale", ping, {}],
        [404, "/mcp", ping, {}],
        [405, "/sse", ping, {}],
        [400, path, "{", {}],
        [400, path, { hello: 1 }, {}],
        [400, path, [ping], {}],
        [403, path, ping, { origin: "http://evil.example" }],
        [415, path, ping, { "content-type": "text/plain" }],
        [202, path, call(3, HANG), {}],
        [400, path, call(3, HANG), {}],
      ] as const
    ) {
      const response = await post(where, body, headers);
      await response.body?.cancel();
      assert.equal(response.status, status, `${where} ${JSON.stringify(body)}`);
    }
    await stream.until(BEGUN);
    const wrong = await fetch(`${url}/sse`, { headers: { accept: "application/json" } });
    await wrong.body?.cancel();
    assert.equal(wrong.status, 406);
  });

  await t.step("a connection that is gone takes its synchronous calls with it", async () => {
    // The hanging call of the step before went with its stream.
    while (workplace.processesLeft().length > 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  await t.step("a call in flight is answered when the server is asked to end", async () => {
    await using stream = await stayOn(url);
    const [, path = ""] = await stream.until(/^data: (\S+)$/m);
    await (await post(path, call(9, HANG))).body?.cancel();
    await stream.until(BEGUN);
    const end = server.stop();
    await stream.until(/"status":"interrupted".*"id":9\b/);
    const { code, stdout } = await end;
    assert.deepEqual([code, stdout], [0, ""]);
    assert.deepEqual(workplace.processesLeft(), []);
  });

  await t.step("with http, both are served on one port where that is asked for", async () => {
    await using both = await startHttp(workplace, { env: { AIMUX_SERVER_TRANSPORT_SSE: "true" } });
    await using stream = await stayOn(both.url);
    await stream.until(/^data: \/messages/m);
    await using aimux = await connectHttp(both);
    assert.equal((await aimux.client.listTools()).tools.length, 3);
    const [one, two] = both.stderr().match(/\/(?:mcp|sse)$/gm) ?? [];
    assert.deepEqual([one, two], ["/mcp", "/sse"]);
  });
});
