import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import {
  StreamableHTTPClientTransport as OldTransport,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import assert from "node:assert/strict";
import { connectHttp, type HttpServer, startHttp } from "./http_server.ts";
import { createWorkplace } from "./workplace.ts";

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

const HANG = '#emulate [{"print": "half"}, {"hang": true}]\nwait for ever';

function post(
  { url }: HttpServer,
  body: unknown,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${url}/mcp`, {
    method: "POST",
    headers: { ...HEADERS, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...signal && { signal },
  });
}

function call(id: number, name: string, args: unknown, progressToken?: string) {
  const meta = progressToken === undefined ? {} : { _meta: { progressToken } };
  return {
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name, arguments: args, ...meta },
  };
}

/** The messages of a response, as JSON or as events. */
// deno-lint-ignore no-explicit-any -- tests read fields whose presence is what they test
async function messagesOf(response: Response): Promise<any[]> {
  const text = await response.text();
  if (response.headers.get("content-type") === "application/json") return [JSON.parse(text)];
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
}

/** The status of the answer to a request of which only the head is sent, byte by byte as it is. */
async function statusOf(port: number, head: string): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${head}\r\n\r\n`));
  const buffer = new Uint8Array(1000);
  const text = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  return Number(/^HTTP\/1\.[01] (\d+)/.exec(text)?.[1]);
}

async function oldClient({ url }: HttpServer, sessionId?: string) {
  const client = new OldClient({ name: "old", version: "1.0.0" });
  const transport = new OldTransport(new URL(`${url}/mcp`), {
    ...sessionId !== undefined && { sessionId },
  });
  // deno-lint-ignore no-explicit-any -- the older SDK's own types do not agree with each other
  await client.connect(transport as any);
  return { client, transport };
}

Deno.test("aimux over HTTP", async (t) => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: {
      server: {
        progress_interval_seconds: 0.2,
        kill_grace_seconds: 0.5,
        log_level: "debug",
        transport: { max_body_bytes: 100_000, keep_alive_seconds: 0.1 },
      },
    },
  });
  await using server = await startHttp(workplace);

  /** The jobs that run, by what the program tells of itself. */
  async function running(): Promise<number> {
    const [answer] = await messagesOf(
      await post(server, call(1, "sessions", { action: "health" })),
    );
    return answer.result.structuredContent.running_jobs;
  }

  async function untilRunning(jobs: number): Promise<void> {
    while (await running() !== jobs) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  await t.step("clients of both eras and of the older SDK list, call and read", async () => {
    for (const era of ["auto", "legacy"] as const) {
      await using aimux = await connectHttp(server, { era });
      assert.equal((await aimux.client.listTools()).tools.length, 3);
      const result = await aimux.call("exec", { prompt: "say hi" });
      assert.equal(result.status, "completed");
      const { contents: [output] } = await aimux.client.readResource({ uri: result.output_uri });
      assert.match(String(output && "text" in output && output.text), /"type":"agent_message"/);
    }
    const { client } = await oldClient(server);
    const result = await client.callTool({ name: "exec", arguments: { prompt: "say hi" } });
    assert.equal((result.structuredContent as { status: string }).status, "completed");
    await client.close();
  });

  await t.step("each wrong request has the status that says what is wrong", async () => {
    const ping = { jsonrpc: "2.0", id: 7, method: "ping" };
    const modern = { _meta: { "io.modelcontextprotocol/protocolVersion": "2099-01-01" } };
    for (
      const [status, body, headers, code] of [
        [200, ping, {}, undefined],
        [200, ping, { accept: "*/*" }, undefined],
        [200, ping, { "mcp-session-id": "of a server that is gone" }, undefined],
        [202, { jsonrpc: "2.0", method: "notifications/initialized" }, {}, undefined],
        [202, { jsonrpc: "2.0", id: 1, result: {} }, {}, undefined],
        [400, "{", {}, -32700],
        [400, "", {}, -32700],
        [400, { hello: 1 }, {}, -32600],
        [400, { id: 7, method: "ping" }, {}, -32600],
        [400, [], {}, undefined],
        [400, [ping, ping], {}, -32600],
        [400, [{ ...ping, id: 0 }, { ...ping, id: 0 }], {}, -32600],
        [400, [{ ...ping, id: "" }, { ...ping, id: "" }], {}, -32600],
        [400, ping, { "mcp-protocol-version": "1999-01-01" }, undefined],
        [400, { ...ping, params: modern }, { "mcp-protocol-version": "2099-01-01" }, undefined],
        [403, ping, { origin: "https://evil.example" }, undefined],
        [406, ping, { accept: "application/json" }, undefined],
        [406, ping, { accept: "text/html" }, undefined],
        [413, { ...ping, params: { x: "y".repeat(200_000) } }, {}, undefined],
        [415, ping, { "content-type": "text/plain" }, undefined],
      ] as const
    ) {
      const response = await post(server, body, { headers });
      const text = await response.text();
      const what = `${JSON.stringify(body).slice(0, 80)} ${JSON.stringify(headers)}: ${text}`;
      assert.equal(response.status, status, what);
      if (status >= 400) assert.equal(typeof JSON.parse(text).error.message, "string", what);
      if (code !== undefined) assert.equal(JSON.parse(text).error.code, code, what);
    }
    for (const method of ["GET", "DELETE", "PUT", "PATCH", "OPTIONS"]) {
      const response = await fetch(`${server.url}/mcp`, { method, headers: HEADERS });
      await response.body?.cancel();
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get("allow"), "POST");
    }
    for (const params of [undefined, {}, { protocolVersion: 1, capabilities: [] }]) {
      const response = await post(server, { ...ping, method: "initialize", params });
      assert.equal(response.headers.get("mcp-session-id"), null);
      assert.equal((await messagesOf(response))[0].error.code, -32602);
    }
    for (
      const path of ["/", "/sse", "/messages", "/mcp/x", "/.well-known/oauth-authorization-server"]
    ) {
      const response = await fetch(`${server.url}${path}`);
      await response.body?.cancel();
      assert.equal(response.status, 404, path);
    }
  });

  await t.step("the host is checked in each way to tell it, also where there is none", async () => {
    const port = Number(new URL(server.url).port);
    for (
      const [status, head] of [
        [200, `GET /health HTTP/1.1\r\nHost: localhost:${port}`],
        [200, "GET /health HTTP/1.1\r\nHost: [::1]"],
        [403, `GET /health HTTP/1.1\r\nHost: evil.example:${port}`],
        [403, `POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0`],
        [403, "GET http://evil.example/health HTTP/1.1\r\nHost: localhost"],
        [403, "GET /health HTTP/1.1\r\nHost: localhost:abc"],
        [403, "GET /health HTTP/1.1\r\nHost: localhost:99999"],
        [403, "GET /health HTTP/1.1\r\nHost: ::1"],
        [403, "GET /health HTTP/1.1\r\nHost: localhost evil"],
        [403, "GET /health HTTP/1.1\r\nHost: xn--localhost"],
        [403, "GET /health HTTP/1.0"],
        [403, "GET /health HTTP/1.1"],
      ] as const
    ) {
      assert.equal(await statusOf(port, head), status, head);
    }
    // Runtimes from 2.9 on refuse it themselves, with 400.
    const two = "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example";
    assert.ok([400, 403].includes(await statusOf(port, two)));
  });

  await t.step("a load balancer asks for its health without more", async () => {
    const response = await fetch(`${server.url}/health`);
    assert.deepEqual([response.status, await response.json()], [200, { status: "ok" }]);
    // Another server at the same port says so.
    const taken = startHttp(workplace, { port: new URL(server.url).host });
    await assert.rejects(taken, /ended with 1: aimux cannot start: Cannot listen at "127/);
    // It listens at both loopback addresses, where there are two.
    assert.match(server.stderr(), /^aimux serves MCP at http:\/\/127\.0\.0\.1:\d+\/mcp$/m);
  });

  await t.step(
    "two clients with the same id and token get their own answers and progress",
    async () => {
      const asked = Array.from({ length: 8 }, (_, n) => n);
      const answers = await Promise.all(asked.map(async (n) => {
        const prompt = `#emulate [{"wait_ms": 700}]\nclient ${n}`;
        const progress = n % 2 === 0 ? "same" : undefined;
        const answer = await post(server, call(1, "exec", { prompt, cli: "codex" }, progress));
        return await messagesOf(answer);
      }));
      answers.forEach((messages, n) => {
        const result = messages.at(-1);
        assert.equal(result.id, 1);
        assert.match(result.result.structuredContent.content, new RegExp(`client ${n}\\b`));
        const progress = messages.slice(0, -1);
        assert.ok(n % 2 === 0 ? progress.length > 0 : progress.length === 0, `client ${n}`);
        for (const { method, params } of progress) {
          assert.deepEqual([method, params.progressToken], ["notifications/progress", "same"]);
        }
      });
    },
  );

  await t.step("a stream that is silent for long is kept open by comments", async () => {
    const prompt = '#emulate [{"wait_ms": 600}]\nsay hi';
    const response = await post(server, call(1, "exec", { prompt, cli: "codex" }));
    assert.match(await response.text(), /^: keepalive$/m);
  });

  await t.step("a stream that its client closes ends the call, and not another", async () => {
    const leave = new AbortController();
    const stay = post(
      server,
      call(1, "exec", {
        prompt: '#emulate [{"wait_ms": 1500}]\nstay',
        cli: "codex",
      }),
    );
    const gone = post(server, call(1, "exec", { prompt: HANG, cli: "codex" }), {
      signal: leave.signal,
    });
    await (await gone).body!.getReader().read();
    await untilRunning(2);
    leave.abort();
    await untilRunning(1);
    const [kept] = (await messagesOf(await stay)).slice(-1);
    assert.equal(kept.result.structuredContent.status, "completed");
    assert.equal(workplace.processesLeft().length, 1, "the server itself");
  });

  await t.step("an asynchronous job outlives the connection that started it", async () => {
    const [started] = await messagesOf(
      await post(
        server,
        call(1, "exec", {
          prompt: '#emulate [{"wait_ms": 500}]\noutlive',
          cli: "codex",
          async: true,
        }),
      ),
    );
    const { job_id } = started.result.structuredContent;
    await using aimux = await connectHttp(server);
    const job = await aimux.call("status", { job_id, wait_seconds: 30 });
    assert.deepEqual([job.status, job.isError], ["completed", false]);
  });

  for (const era of ["auto", "legacy"] as const) {
    await t.step(`a call that its client takes back is cancelled (${era})`, async () => {
      await using aimux = await connectHttp(server, { era });
      const abort = new AbortController();
      const cancelled = aimux.call("exec", { prompt: HANG, cli: "codex" }, {
        signal: abort.signal,
      });
      await untilRunning(1);
      abort.abort();
      await assert.rejects(cancelled);
      await untilRunning(0);
      const { jobs: _, sessions } = await aimux.call("sessions", { action: "list" });
      assert.equal(sessions[0].last_job_status ?? sessions[0].status, "cancelled");
    });
  }

  await t.step("a cancellation reaches calls of its own client alone", async () => {
    const [one, other] = [await oldClient(server), await oldClient(server)];
    assert.notEqual(one.transport.sessionId, other.transport.sessionId);
    const prompt = '#emulate [{"wait_ms": 1500}]\nnot mine';
    const answer = post(server, call(5, "exec", { prompt, cli: "codex" }), {
      headers: { "mcp-session-id": one.transport.sessionId! },
    });
    await untilRunning(1);
    const cancel = {
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: 5 },
    };
    for (const sessionId of [other.transport.sessionId!, "", "stale"]) {
      const headers: Record<string, string> = sessionId ? { "mcp-session-id": sessionId } : {};
      assert.equal((await post(server, cancel, { headers })).status, 202);
    }
    const [result] = (await messagesOf(await answer)).slice(-1);
    assert.equal(result.result.structuredContent.status, "completed");
    await one.client.close();
    await other.client.close();
  });

  await t.step("a batch ends when what was not cancelled of it is answered", async () => {
    const { client, transport } = await oldClient(server);
    const headers = { "mcp-session-id": transport.sessionId! };
    const answer = post(server, [
      call(1, "exec", { prompt: HANG, cli: "codex" }),
      call(2, "exec", { prompt: '#emulate [{"wait_ms": 1500}]\nstay', cli: "codex" }),
    ], { headers });
    await untilRunning(2);
    const params = { requestId: 1 };
    await post(server, { jsonrpc: "2.0", method: "notifications/cancelled", params }, { headers });
    const answers = await messagesOf(await answer);
    assert.deepEqual(answers.map(({ id }) => id), [2]);
    await client.close();
  });

  await t.step("a call in flight is answered when the server is asked to end", async () => {
    const answer = post(server, call(1, "exec", { prompt: HANG, cli: "codex" }));
    await untilRunning(1);
    const end = server.stop();
    const [result] = (await messagesOf(await answer)).slice(-1);
    assert.equal(result.result.structuredContent.status, "interrupted");
    const { code, stdout, stderr } = await end;
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /^(aimux serves MCP at \S+\n)+$/);
    assert.deepEqual(workplace.processesLeft(), []);
  });

  await t.step("a client goes on after a restart, with the session id that it had", async () => {
    await using first = await startHttp(workplace);
    const port = new URL(first.url).port;
    const { client, transport } = await oldClient(first);
    await client.ping();
    const sessionId = transport.sessionId;
    await first.stop();
    await using _second = await startHttp(workplace, { port: `:${port}` });
    assert.equal((await client.listTools()).tools.length, 3);
    assert.equal(transport.sessionId, sessionId);
    await client.close();
  });
});
