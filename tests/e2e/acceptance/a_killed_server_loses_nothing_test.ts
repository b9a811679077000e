import assert from "node:assert/strict";
import { emulator } from "../../emulators/mod.ts";
import { callLine, startRaw } from "../raw.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("after kill -9 of the server its job is told as interrupted with what it had printed, and sessions are still listed", async () => {
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

Deno.test("after kill -9 of a server that was ending a CLI whose answer had come, the next one ends it", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().ignoresTerm().lingers() },
    config: { server: { kill_grace_seconds: 600 } },
  });
  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", { prompt: "say hi", cli: "codex" }));
  const { status, job_id } = (await program.message(({ id }) => id === 1)).result.structuredContent;
  assert.equal(status, "completed");
  Deno.kill(program.pid, "SIGKILL");
  await program.ended;
  assert.notDeepEqual(workplace.processesLeft(), [], "it outlives its server for now");

  workplace.env["AIMUX_SERVER_KILL_GRACE_SECONDS"] = "0.2";
  await using aimux = await startServer({ workplace });
  assert.equal((await aimux.call("status", { job_id })).status, "completed");
  assert.deepEqual(aimux.processesLeft(), []);
});
