import assert from "node:assert/strict";
import { emulator } from "../emulators/mod.ts";
import { callLine, requestLine, runRaw, startRaw } from "./raw.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

Deno.test("the seed's tools/list line works without a handshake and exits 0", async () => {
  await using workplace = await createWorkplace();
  const { code, messages } = await runRaw(
    workplace,
    '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}\n',
  );
  assert.equal(code, 0);
  assert.equal(messages.length, 1);
  const names = messages[0]!.result.tools.map(({ name }: { name: string }) => name);
  assert.deepEqual(names, ["exec", "status", "sessions"]);
});

Deno.test("a last line without a line feed counts", async () => {
  await using workplace = await createWorkplace();
  const { messages } = await runRaw(workplace, requestLine(7, "tools/list").trimEnd());
  assert.equal(messages[0]?.id, 7);
});

Deno.test("a call in flight at the end of input is answered before the exit", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().waits(700) },
  });
  const { code, messages } = await runRaw(
    workplace,
    callLine(1, "exec", { prompt: "say hi", cli: "codex" }),
  );
  assert.equal(code, 0);
  assert.equal(messages[0]?.result.structuredContent.status, "completed");
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("a call that outlasts the grace is answered as interrupted, and nothing is left", async () => {
  await using workplace = await createWorkplace({
    config: { server: { shutdown_grace_seconds: 3 } },
    emulators: {
      codex: emulator.codex().prints("half an ans").ignoresTerm().forks().thenHangs(),
    },
  });
  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", { prompt: "hang", cli: "codex" }));
  await program.write(callLine(2, "exec", { prompt: "hang", cli: "codex", async: true }));
  await program.message(({ id }) => id === 2);
  await program.end();
  const { code, messages } = await program.ended;
  assert.equal(code, 0);
  const { structuredContent } = messages.find(({ id }) => id === 1)!.result;
  assert.equal(structuredContent.status, "interrupted");
  assert.equal(structuredContent.error.code, "interrupted");
  assert.match(structuredContent.partial_output, /half an ans/);
  assert.deepEqual(workplace.processesLeft(), []);

  await using aimux = await startServer({ workplace });
  const { job_id } = messages.find(({ id }) => id === 2)!.result.structuredContent;
  assert.equal((await aimux.call("status", { job_id })).status, "interrupted");
});

Deno.test("with on_disconnect finish the server lingers until its jobs are done", async () => {
  await using workplace = await createWorkplace({
    config: { server: { shutdown_grace_seconds: 0, on_disconnect: "finish" } },
    emulators: { codex: emulator.codex().waits(700) },
  });
  const { code, messages } = await runRaw(
    workplace,
    callLine(1, "exec", { prompt: "say hi", cli: "codex", async: true }),
  );
  assert.equal(code, 0);
  const { job_id } = messages[0]!.result.structuredContent;
  await using aimux = await startServer({ workplace });
  assert.equal((await aimux.call("status", { job_id })).status, "completed");
});

Deno.test("SIGTERM, SIGINT and SIGHUP end the jobs as interrupted and exit in order", async (t) => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    await t.step(signal, async () => {
      await using workplace = await createWorkplace({
        emulators: { codex: emulator.codex().prints("half an ans").thenHangs() },
      });
      const program = startRaw(workplace);
      await program.write(callLine(1, "exec", { prompt: "hang", cli: "codex", async: true }));
      const handle = await program.message(({ id }) => id === 1);
      const { job_id } = handle.result.structuredContent;
      for (let id = 2;; id++) {
        await program.write(callLine(id, "status", { job_id, wait_seconds: 0.1 }));
        const { result } = await program.message((message) => message.id === id);
        if (result.structuredContent.output_bytes > 0) break;
      }
      await program.write(callLine(9999, "status", { job_id, wait_seconds: 30 }));
      Deno.kill(program.pid, signal);
      const { code, messages } = await program.ended;
      assert.equal(code, 0);
      const last = messages.find(({ id }) => id === 9999)!.result.structuredContent;
      assert.equal(last.status, "interrupted");
      assert.match(last.partial_output, /half an ans/);
      assert.deepEqual(workplace.processesLeft(), []);
      await program.end().catch(() => {}); // its reader is gone
    });
  }
});

Deno.test("both eras see the same tools, and an unknown tool is a protocol error", async () => {
  const tools = [];
  for (const era of ["auto", "legacy"] as const) {
    await using aimux = await startServer({ era });
    tools.push(await aimux.client.listTools());
    await assert.rejects(aimux.call("no_such_tool", {}), /no_such_tool/);
  }
  assert.deepEqual(tools[0]!.tools, tools[1]!.tools);
});

Deno.test("a call that its client takes back cancels its job and leaves no process", async () => {
  await using aimux = await startServer({ emulators: { codex: emulator.codex().thenHangs() } });
  const controller = new AbortController();
  const call = aimux.call("exec", { prompt: "hang", cli: "codex" }, controller.signal);
  const job = await firstRunning();
  controller.abort();
  await assert.rejects(call);
  const end = await aimux.call("status", { job_id: job, wait_seconds: 30 });
  assert.equal(end.status, "cancelled");
  assert.deepEqual(aimux.processesLeft(), []);

  async function firstRunning(): Promise<string> {
    for (;;) {
      const { sessions } = await aimux.call("sessions", { action: "list", status: "running" });
      if (sessions.length > 0) return sessions[0].last_job_id;
    }
  }
});
