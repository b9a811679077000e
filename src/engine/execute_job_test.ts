import assert from "node:assert/strict";
import { describeMetrics } from "./metrics.ts";
import { type TestEngine, testEngine } from "./testing.ts";

const request = { prompt: "say hi", principal: "local" };
const seconds = 3600;

/** What the metrics have after all of a test. */
function told(at: TestEngine) {
  const { requests, completed, failures, errors, latency_ms } = describeMetrics(at.store).total;
  return { requests, completed, failures, errors, ...latency_ms };
}

Deno.test("a run is counted with its own time, not with that in the queue", async () => {
  await using at = testEngine({ server: { max_concurrent_jobs: 1 } });
  const first = await at.engine.submit(request);
  const second = await at.engine.submit(request);
  const one = await at.started(1);
  await at.clock.advance(700);
  assert.equal(describeMetrics(at.store).total.requests, 0);
  one.print("an answer");
  one.exit();
  await at.engine.settled(first.job, { seconds });
  const two = await at.started(2);
  await at.clock.advance(20);
  two.exit(3);
  await at.engine.settled(second.job, { seconds });
  assert.deepEqual(told(at), {
    requests: 2,
    completed: 1,
    failures: 1,
    errors: { failed: 1 },
    runs: 2,
    p50: 20,
    p95: 700,
    max: 700,
  });
});

Deno.test("a run that was cancelled is no failure, and one that never began has no time", async () => {
  await using at = testEngine({ server: { max_concurrent_jobs: 1 } });
  const running = await at.engine.submit(request);
  const queued = await at.engine.submit(request);
  await at.started(1);
  await at.clock.advance(40);
  await at.engine.cancel(queued.job);
  await at.engine.cancel(running.job);
  assert.deepEqual(told(at), {
    requests: 2,
    completed: 0,
    failures: 0,
    errors: { cancelled: 2 },
    runs: 1,
    p50: 40,
    p95: 40,
    max: 40,
  });
});

Deno.test("a program that cannot be started is a failure without a time", async () => {
  await using at = testEngine({
    parts: {
      launcherFor: () =>
        Promise.resolve({
          reach: "group",
          launch() {
            throw new Deno.errors.NotFound("gone");
          },
        }),
    },
  });
  const { job } = await at.engine.submit(request);
  assert.equal((await at.engine.settled(job, { seconds })).status, "failed");
  assert.deepEqual(told(at), {
    requests: 1,
    completed: 0,
    failures: 1,
    errors: { cli_not_installed: 1 },
    runs: 0,
    p50: null,
    p95: null,
    max: null,
  });
});

Deno.test("a run that was repeated because its conversation was forgotten counts twice", async () => {
  await using at = testEngine({
    profile: { session: { id: "chosen", resume_flags: ["--resume", "{session_id}"] } },
  });
  const first = await at.engine.submit(request);
  const one = await at.started(1);
  one.print("an answer");
  one.exit();
  await at.engine.settled(first.job, { seconds });

  const again = await at.engine.submit({ ...request, sessionId: first.job.sessionId });
  const forgetful = await at.started(2);
  forgetful.print("No such session", "stderr");
  await at.clock.advance(3);
  forgetful.exit(1);
  const anew = await at.started(3);
  anew.print("an answer");
  await at.clock.advance(9);
  anew.exit();
  assert.equal((await at.engine.settled(again.job, { seconds })).status, "completed");
  assert.deepEqual(told(at), {
    requests: 3,
    completed: 2,
    failures: 1,
    errors: { failed: 1 },
    runs: 3,
    p50: 3,
    p95: 9,
    max: 9,
  });
});

Deno.test("a call that was refused is not counted", async () => {
  await using at = testEngine();
  await assert.rejects(at.engine.submit({ ...request, role: "nobody" }));
  await assert.rejects(at.engine.submit({ ...request, cli: "nothing" }));
  assert.equal(told(at).requests, 0);
});

Deno.test("of an answer and a cancel that come together one wins, and all that is recorded agrees with it", async () => {
  for (const order of ["answer first", "cancel first", "cancel of another server"]) {
    await using at = testEngine();
    const { job } = await at.engine.submit(request);
    const process = await at.started(1);
    process.print("an answer");
    const other = at.store.openAgain();
    if (order === "answer first") process.exit();
    const cancelling = order === "cancel of another server"
      ? Promise.resolve(other.jobs.requestCancel(job.id))
      : at.engine.cancel(job);
    if (order !== "answer first") process.exit();
    await cancelling;
    const settled = at.engine.settled(job, { seconds });
    await at.clock.advance(1000);
    const { status, result } = await settled;
    const completed = status === "completed";
    assert.ok(completed || status === "cancelled", order);
    assert.equal(result?.content, completed ? "an answer" : undefined, order);
    assert.equal(result?.error?.code, completed ? undefined : "cancelled", order);
    assert.equal(result?.attempts.at(-1)?.code, status, order);
    assert.equal(at.store.sessions.find(job.sessionId, "local")?.turns, completed ? 1 : 0, order);
    const { requests, completed: answers, errors } = told(at);
    assert.deepEqual(
      [requests, answers, errors],
      [1, completed ? 1 : 0, completed ? {} : { cancelled: 1 }],
      order,
    );
    assert.deepEqual(other.jobs.find(job.id), at.store.jobs.find(job.id));
  }
});
