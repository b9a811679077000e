import assert from "node:assert/strict";
import { childrenOf, emulator } from "../emulators/mod.ts";
import { callLine, startRaw } from "./raw.ts";
import { startServer, type TestServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

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

Deno.test("a server that was killed leaves its jobs to the next one, which ends their processes", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().prints("half an ans").ignoresTerm().forks().thenHangs() },
    config: { server: { kill_grace_seconds: 0.5 } },
  });
  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", { prompt: "hang", cli: "codex", async: true }));
  const { job_id, session_id } =
    (await program.message(({ id }) => id === 1)).result.structuredContent;
  for (let id = 2;; id++) {
    await program.write(callLine(id, "status", { job_id, wait_seconds: 0.1 }));
    const { result } = await program.message((message) => message.id === id);
    if (result.structuredContent.output_bytes > 0) break;
  }
  Deno.kill(program.pid, "SIGKILL");
  await program.ended;
  assert.notDeepEqual(workplace.processesLeft(), [], "the job outlives its server for now");

  await using aimux = await startServer({ workplace });
  const job = await aimux.call("status", { job_id });
  assert.equal(job.status, "interrupted");
  assert.match(job.partial_output, /half an ans/);
  assert.deepEqual(aimux.processesLeft(), []);
  const { sessions } = await aimux.call("sessions", { action: "list" });
  assert.equal(sessions[0].session_id, session_id);
});

Deno.test("two servers share a database without touching each other's jobs", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), crush: emulator.crush().thenHangs() },
    config: { server: { max_concurrent_jobs: 4 } },
  });
  await using first = await startServer({ workplace });
  const { job_id } = await first.call("exec", { prompt: "hang", cli: "crush", async: true });
  await using second = await startServer({ workplace });
  assert.equal((await second.call("status", { job_id })).status, "running");

  const results = await Promise.all(
    [first, second].flatMap((server) =>
      Array.from(
        { length: 20 },
        (_, n) => server.call("exec", { prompt: `call ${n}`, cli: "codex" }),
      )
    ),
  );
  assert.ok(results.every(({ status }) => status === "completed"));
  const { total_sessions } = await first.call("sessions", { action: "list" });
  assert.equal(total_sessions, 41);

  const cancelled = await second.call("sessions", { action: "cancel", job_id });
  assert.equal(cancelled.status, "cancelled", cancelled.message);
  assert.deepEqual(
    first.processesLeft().filter((line) => !line.startsWith(`${second.pid} `)),
    [],
  );
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

Deno.test("database, output and log are the user's alone, and the journal is WAL", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const { job_id } = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  const folder = `${aimux.workplace.home}/.config/aimux`;
  const mode = (path: string) => (Deno.statSync(`${folder}/${path}`).mode! & 0o777).toString(8);
  assert.equal(mode("output"), "700");
  for (const file of ["sessions.db", "sessions.db-wal", "aimux.log", `output/${job_id}.stdout`]) {
    assert.equal(mode(file), "600", file);
  }
  const { DatabaseSync } = await import("node:sqlite");
  const db = new DatabaseSync(`${folder}/sessions.db`, { readOnly: true });
  try {
    assert.deepEqual({ ...db.prepare("PRAGMA journal_mode").get() }, { journal_mode: "wal" });
  } finally {
    db.close();
  }
});

async function grandchildren(aimux: TestServer, count: number): Promise<void> {
  while ((await childrenOf(aimux.workplace.home, "codex")).length < count) {
    await aimux.call("sessions", { action: "health" });
  }
}
