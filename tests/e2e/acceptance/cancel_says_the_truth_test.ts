import assert from "node:assert/strict";
import { emulator } from "../../emulators/mod.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("cancel stops what runs or waits, also of another server, and says of a finished job that it had ended", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), crush: emulator.crush().prints("half").thenHangs() },
    config: { server: { max_concurrent_jobs: 1, kill_grace_seconds: 0.5 } },
  });
  await using first = await startServer({ workplace });
  await using second = await startServer({ workplace });
  const servers = [first.pid, second.pid];
  const left = () =>
    workplace.processesLeft().filter((line) => !servers.some((pid) => line.startsWith(`${pid} `)));
  const cancel = (job_id: string, by = first) => by.call("sessions", { action: "cancel", job_id });
  const start = async (cli: string) => {
    const { job_id } = await first.call("exec", { prompt: "say hi", cli, async: true });
    return job_id as string;
  };
  const running = async () => {
    const job_id = await start("crush");
    while (((await first.call("status", { job_id })).output_bytes ?? 0) === 0);
    return job_id;
  };

  const { job_id: finished } = await first.call("exec", { prompt: "say hi", cli: "codex" });
  for (const by of [first, second]) {
    const late = await cancel(finished, by);
    assert.equal(late.status, "completed");
    assert.match(late.message, /^The job had already ended as completed; nothing was cancelled/);
  }
  assert.equal((await first.call("status", { job_id: finished })).status, "completed");

  for (const by of [first, second]) {
    const [job, waiting] = [await running(), await start("codex")];
    assert.equal((await by.call("status", { job_id: waiting })).status, "queued");
    assert.equal((await cancel(waiting, by)).status, "cancelled");
    assert.notDeepEqual(left(), []);
    const stopped = await cancel(job, by);
    assert.deepEqual([stopped.status, left()], ["cancelled", []]);
    const { status, partial_output, error } = await second.call("status", { job_id: job });
    assert.deepEqual([status, error.code], ["cancelled", "cancelled"]);
    assert.match(partial_output, /half/);
    const again = await cancel(job, by);
    assert.match(again.message, /^The job had already ended as cancelled/);
  }
});
