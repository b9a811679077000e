import assert from "node:assert/strict";
import { NO_RESULT } from "../store/testing.ts";
import { testEngine, type TestEngineOptions } from "./testing.ts";

const request = { prompt: "say hi", principal: "local" };

/** An engine that was called by the CLI of a running job, `job_caller`. */
function called(options: TestEngineOptions = {}) {
  const at = testEngine({ ...options, parts: { env: { AIMUX_JOB_ID: "job_caller" } } });
  const own = { sessionId: "ses_caller", owner: "own_2", cli: "prog", cwd: at.store.folder };
  at.store.addJob("job_caller", own);
  at.store.bring("job_caller", "running");
  return at;
}

Deno.test("a job knows the job whose CLI has called it, and is lent its place", async () => {
  await using at = called({ server: { max_concurrent_jobs: 1 } });
  const { job } = await at.engine.submit(request);
  assert.equal(job.parentId, "job_caller");
  await at.started(1);
});

Deno.test("a job of another database is no caller", async () => {
  await using at = testEngine({ parts: { env: { AIMUX_JOB_ID: "job_elsewhere" } } });
  assert.equal((await at.engine.submit(request)).job.parentId, undefined);
});

Deno.test("a job may call only so many at once, and what is refused leaves nothing", async () => {
  await using at = called({ server: { max_fan_out: 2 } });
  await at.engine.submit(request);
  await at.engine.submit(request);
  await assert.rejects(at.engine.submit(request), {
    code: "queue_full",
    message: /\(job_caller\) has called 2 jobs that have not ended; the most is 2$/,
    details: { caller: "job_caller", unfinished: 2, max_fan_out: 2 },
  });
  assert.equal(at.store.jobs.unfinished().length, 3);
  assert.equal(at.store.sessions.count(), 3);
  (await at.started(1)).exit(1);
  while (at.store.jobs.countCalledBy("job_caller") > 1) await at.clock.advance(0);
  await at.engine.submit(request);
});

Deno.test("a job that has ended may call nothing any more", async () => {
  await using at = called();
  at.store.jobs.finish("job_caller", "timed_out", NO_RESULT, 3);
  await assert.rejects(at.engine.submit(request), {
    code: "interrupted",
    details: { caller: "job_caller", status: "timed_out" },
  });
  assert.equal(at.store.jobs.count("queued"), 0);
});

Deno.test("a job may not wait for a later one of its own session", async () => {
  await using at = called();
  await assert.rejects(at.engine.submit({ ...request, sessionId: "ses_caller" }), {
    code: "invalid_input",
    message: /Session "ses_caller" is busy with the job that aimux was called by \(job_caller\)/,
  });
});

Deno.test("what a job has called ends with it, by the server that runs it", async () => {
  for (const [end, told] of [["cancelled", "cancelled"], ["failed", "interrupted"]] as const) {
    await using at = called({ server: { max_concurrent_jobs: 1 } });
    const { job: runs } = await at.engine.submit(request);
    const { job: waits } = await at.engine.submit(request);
    await at.started(1);
    at.store.jobs.finish("job_caller", end, NO_RESULT, 3);
    while (at.store.jobs.find(runs.id)?.status === "running") await at.clock.advance(250);
    for (const { id } of [runs, waits]) {
      const { status, result } = at.store.jobs.find(id)!;
      assert.equal(status, told);
      assert.match(result!.error!.message, /^The job whose CLI called it has ended as \w+/);
    }
    assert.equal(at.processes.length, 1, "what waited has never run");
  }
});
