import assert from "node:assert/strict";
import { childrenOf, emulator } from "../../emulators/mod.ts";
import { callLine, startRaw } from "../raw.ts";
import { startServer } from "../server.ts";
import { createWorkplace, type Workplace } from "../workplace.ts";

/** It ignores SIGTERM, and so does not take along what it has started: one child has left its session. */
const FAMILY = emulator.codex().prints("half an ans").ignoresTerm().forks()
  .forks({ setsid: true }).forks({ setsid: true, hold_stdout: true }).thenHangs();
const CHILDREN = 3;

Deno.test("grandchildren are gone, also in a session of their own, when a cancel, a timeout, a SIGTERM of the server or the start after its kill -9 is told", async (t) => {
  await using workplace = await createWorkplace({
    emulators: { codex: FAMILY },
    config: { server: { kill_grace_seconds: 0.2 } },
  });
  const family = familiesIn(workplace);

  await t.step("cancel and timeout", async () => {
    await using aimux = await startServer({ workplace });
    const { job_id } = await aimux.call("exec", { prompt: "hang", cli: "codex", async: true });
    await family.complete();
    const cancelled = await aimux.call("sessions", { action: "cancel", job_id });
    assert.equal(cancelled.status, "cancelled");
    assert.deepEqual(aimux.processesLeft(), []);

    const late = await aimux.call("exec", { prompt: "hang", cli: "codex", timeout_seconds: 4 });
    assert.deepEqual([late.status, late.warnings], ["timed_out", []]);
    assert.deepEqual(aimux.processesLeft(), []);
    await family.complete();
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await t.step(signal, async () => {
      const program = startRaw(workplace);
      await program.write(callLine(1, "exec", { prompt: "hang", cli: "codex", async: true }));
      const { result } = await program.message(({ id }) => id === 1);
      await family.complete();
      await recorded(workplace, result.structuredContent.job_id);
      Deno.kill(program.pid, signal);
      await program.ended;
      await program.end().catch(() => {}); // its reader is gone
      if (signal === "SIGTERM") assert.deepEqual(workplace.processesLeft(), []);
      else assert.ok(workplace.processesLeft().length > CHILDREN, "they outlive it for now");

      await using aimux = await startServer({ workplace });
      const job = await aimux.call("status", { job_id: result.structuredContent.job_id });
      assert.equal(job.status, "interrupted");
      assert.match(job.partial_output, /half an ans/);
      assert.deepEqual(aimux.processesLeft(), []);
    });
  }
});

/** Waits until something that the CLI has printed is on disk: a busy server may take a moment. */
async function recorded({ home }: Workplace, jobId: string): Promise<void> {
  const path = `${home}/.config/aimux/output/${jobId}.stdout`;
  const size = () => Deno.stat(path).then(({ size }) => size, () => 0);
  while (await size() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Waits for each call of the CLI until it has started all its children. */
function familiesIn({ home }: Workplace) {
  let calls = 0;
  return {
    async complete() {
      calls++;
      while ((await childrenOf(home, "codex")).length < calls * CHILDREN) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
