import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { writeProgram } from "../../program_file.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("two servers run 300 jobs on one database and lose none; a third one touches no live job", async () => {
  await using workplace = await createWorkplace({
    config: {
      server: { max_concurrent_jobs: 4, kill_grace_seconds: 0.5, sync_wait_seconds: 300 },
      circuit_breaker: { failure_threshold: 1000 },
    },
  });
  // Every tenth prompt is a failure.
  const script = '#!/bin/sh\ncase "$*" in *0) exit 3;; *) echo "answer $*";; esac\n';
  await writeProgram(`${workplace.bin}/crush`, script);
  await writeProgram(`${workplace.bin}/goose`, "#!/bin/sh\nexec sleep 600\n");
  await using first = await startServer({ workplace });
  await using second = await startServer({ workplace });
  const { job_id: live } = await first.call("exec", { prompt: "hang", cli: "goose", async: true });

  const calls = Array.from({ length: 300 }, async (_, n) => {
    const server = n % 2 === 0 ? first : second;
    const told = await server.call("exec", {
      prompt: `call ${n}`,
      cli: "crush",
      async: n % 3 === 0,
    });
    return { n, job_id: told.job_id as string };
  });
  const jobs = await Promise.all(calls);
  assert.equal(new Set(jobs.map(({ job_id }) => job_id)).size, 300);

  await using third = await startServer({ workplace });
  for (const { n, job_id } of jobs) {
    let job = await third.call("status", { job_id, wait_seconds: 45 });
    while (job.status === "queued" || job.status === "running") {
      job = await third.call("status", { job_id, wait_seconds: 45 });
    }
    assert.equal(job.status, n % 10 === 0 ? "failed" : "completed", job.text);
    if (n % 10 !== 0) assert.match(job.content, new RegExp(`^answer .*call ${n}$`));
  }
  assert.equal((await third.call("status", { job_id: live })).status, "running");

  const db = new DatabaseSync(`${workplace.home}/.config/aimux/sessions.db`, { readOnly: true });
  try {
    const counts = db.prepare("SELECT status, count(*) AS n FROM jobs GROUP BY 1 ORDER BY 1").all();
    assert.deepEqual(counts.map(({ status, n }) => [status, n]), [
      ["completed", 270],
      ["failed", 30],
      ["running", 1],
    ]);
    const { n } = db.prepare("SELECT sum(requests) AS n FROM metrics").get()!;
    assert.equal(n, 300, "each end was counted once");
    const { turns } = db.prepare("SELECT sum(turns) AS turns FROM sessions").get()!;
    assert.equal(turns, 270, "each answer was counted in its session once");
  } finally {
    db.close();
  }
  const cancelled = await third.call("sessions", { action: "cancel", job_id: live });
  assert.equal(cancelled.status, "cancelled", cancelled.message);
});
