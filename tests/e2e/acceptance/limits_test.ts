import assert from "node:assert/strict";
import { writeProgram } from "../../program_file.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("D24: a burst of 200 asynchronous calls with a limit of 10 runs exactly 10 at once and leaves nothing of the refused", async () => {
  await using workplace = await createWorkplace({
    config: { server: { max_concurrent_jobs: 10, max_queue: 150 } },
  });
  const { home, bin } = workplace;
  await writeProgram(`${bin}/crush`, `#!/bin/sh\necho $$ >> ${home}/started\nexec sleep 1000\n`);
  await using aimux = await startServer({ workplace });
  const calls = await Promise.all(
    Array.from(
      { length: 200 },
      (_, n) => aimux.call("exec", { prompt: `call ${n}`, cli: "crush", async: true }),
    ),
  );
  const taken = calls.filter(({ job_id }) => job_id);
  const refused = calls.filter(({ error }) => error);
  assert.deepEqual([taken.length, refused.length], [160, 40]);
  assert.ok(refused.every(({ error, status }) => error.code === "queue_full" && !status));

  const health = () => aimux.call("sessions", { action: "health" });
  const started = async () =>
    (await Deno.readTextFile(`${home}/started`)).trim().split("\n").length;
  while (await started() < 10) await health();
  const { running_jobs, queued_jobs, total_sessions } = await health();
  assert.deepEqual([running_jobs, queued_jobs, total_sessions], [10, 150, 160]);

  // Each place that becomes free is taken by one other job, the next in the queue.
  const of = async (status: string) => {
    const { sessions } = await aimux.call("sessions", { action: "list", status, limit: 200 });
    return sessions.map(({ last_job_id }: { last_job_id: string }) => last_job_id);
  };
  const [first] = await of("running");
  const waiting = await Promise.all(
    (await of("queued")).map((job_id: string) => aimux.call("status", { job_id })),
  );
  const next = waiting.find(({ queue_position }) => queue_position === 1)!;
  assert.deepEqual(
    waiting.map(({ queue_position }) => queue_position).sort((a, b) => a - b),
    Array.from({ length: 150 }, (_, at) => at + 1),
  );
  await aimux.call("sessions", { action: "cancel", job_id: first });
  while (await started() < 11) await health();
  assert.equal((await aimux.call("status", { job_id: next.job_id })).status, "running");
  assert.equal(await started(), 11);
  await aimux.stop();
  assert.deepEqual(workplace.processesLeft(), []);
});
