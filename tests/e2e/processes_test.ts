import assert from "node:assert/strict";
import { childrenOf, emulator } from "../emulators/mod.ts";
import { startServer, type TestServer } from "./server.ts";

const STUBBORN = emulator.codex().prints("half").ignoresTerm().forks().forks({ hold_stdout: true })
  .thenHangs();

Deno.test("cancel ends the whole group, also what ignores SIGTERM", async () => {
  await using aimux = await startServer({
    config: { server: { kill_grace_seconds: 0.5 } },
    emulators: { codex: STUBBORN },
  });
  const { job_id } = await aimux.call("exec", { prompt: "hang", cli: "codex", async: true });
  await grandchildren(aimux, 2);
  const cancelled = await aimux.call("sessions", { action: "cancel", job_id });
  assert.equal(cancelled.status, "cancelled");
  assert.deepEqual(aimux.processesLeft(), []);
  const job = await aimux.call("status", { job_id });
  assert.match(job.partial_output, /half/);
});

Deno.test("kill answers although the CLI ignores SIGTERM, and leaves nothing behind", async () => {
  await using aimux = await startServer({
    config: { server: { kill_grace_seconds: 0.5 } },
    emulators: { codex: STUBBORN },
  });
  const { job_id, session_id } = await aimux.call("exec", {
    prompt: "hang",
    cli: "codex",
    async: true,
  });
  await grandchildren(aimux, 2);
  const killed = await aimux.call("sessions", { action: "kill", session_id });
  assert.deepEqual([killed.status, killed.cancelled_jobs], ["killed", [job_id]]);
  assert.deepEqual(aimux.processesLeft(), []);
  assert.equal((await aimux.call("status", { job_id })).error.code, "not_found");
});

Deno.test("a timeout ends the whole group", async () => {
  await using aimux = await startServer({
    config: { server: { kill_grace_seconds: 0.5 } },
    emulators: { codex: STUBBORN },
  });
  const result = await aimux.call("exec", { prompt: "hang", cli: "codex", timeout_seconds: 3 });
  assert.equal(result.status, "timed_out");
  assert.deepEqual(result.warnings, []);
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("what a CLI that ended by itself leaves in its group is ended too", async () => {
  await using aimux = await startServer({
    emulators: { codex: emulator.codex().forks().forks({ hold_stdout: true }) },
  });
  const result = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal(result.status, "completed", result.text);
  assert.match(result.content, /^MOCK: say hi/);
  assert.equal((await childrenOf(aimux.workplace.home, "codex")).length, 2);
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("a burst runs no more at once than the limit, and nothing of it is lost", async () => {
  await using aimux = await startServer({
    config: { server: { max_concurrent_jobs: 3 } },
    emulators: { codex: emulator.codex().waits(50) },
  });
  const calls = Array.from(
    { length: 30 },
    (_, n) => aimux.call("exec", { prompt: `call ${n}`, cli: "codex", async: n % 2 === 0 }),
  );
  let most = 0;
  for (;;) {
    const { running_jobs, queued_jobs } = await aimux.call("sessions", { action: "health" });
    most = Math.max(most, running_jobs);
    if (most > 0 && running_jobs + queued_jobs === 0) break;
  }
  assert.equal(most, 3);
  for (const { job_id } of await Promise.all(calls)) {
    assert.equal((await aimux.call("status", { job_id })).status, "completed");
  }
});

async function grandchildren(aimux: TestServer, count: number): Promise<void> {
  while ((await childrenOf(aimux.workplace.home, "codex")).length < count) {
    await aimux.call("sessions", { action: "health" });
  }
}
