import assert from "node:assert/strict";
import { configSchema } from "../../config/schema.ts";
import { breakerSettings } from "../standing.ts";
import { testEngine, type TestEngineOptions } from "../testing.ts";

const request = { prompt: "say hi", principal: "local" };

/** Runs a job whose CLI answers, up to its first hook. */
async function judged(after: Record<string, unknown>[], options: TestEngineOptions = {}) {
  const at = testEngine({ hooks: { after }, ...options });
  const { job } = await at.engine.submit(request);
  const cli = await at.started(1);
  cli.print("an answer");
  cli.exit();
  return {
    at,
    job,
    async end() {
      await at.engine.settled(job, { seconds: 1000 });
      return at.engine.current(job);
    },
  };
}

const HOOK = { name: "judge", command: ["judge"] };

Deno.test("the job runs until its hooks have judged, and they are outside of any transaction", async () => {
  const { at, job, end } = await judged([HOOK]);
  await using _ = at;
  const hook = await at.started(2);
  assert.equal(at.engine.current(job).status, "running");
  assert.equal(JSON.parse(hook.plan.stdin!).result.content, "an answer");
  // Another job is recorded meanwhile.
  await at.engine.submit({ ...request, prompt: "say ho" });
  hook.print('{"verdict":"annotate","text":"good"}');
  hook.exit();
  const { status, result } = await end();
  assert.equal(status, "completed");
  assert.deepEqual(result?.warnings, ['Hook "judge" notes: good']);
});

Deno.test("a job that is cancelled while it is judged is cancelled, and keeps its answer", async () => {
  const { at, job, end } = await judged([HOOK]);
  await using _ = at;
  const hook = await at.started(2);
  await at.engine.cancel(job);
  assert.deepEqual(hook.asked, [1000]);
  const { status, result } = await end();
  assert.equal(status, "cancelled");
  assert.equal(result?.error?.message, "The job was cancelled (its hooks were still being asked)");
  assert.equal(result?.partial_output, "an answer");
  assert.equal(result?.content, undefined);
});

Deno.test("the first rejection stands, and the breaker counts the CLI's own success", async () => {
  const { at, job, end } = await judged([HOOK, { ...HOOK, name: "second" }]);
  await using _ = at;
  for (const [n, reason] of ["one", "two"].entries()) {
    const hook = await at.started(n + 2);
    hook.print(JSON.stringify({ verdict: "reject", reason }));
    hook.exit();
  }
  const { status, result } = await end();
  assert.equal(status, "failed");
  assert.equal(result?.error?.message, 'Hook "judge" rejected the answer: one');
  assert.deepEqual(result?.error?.details, { hook: "judge", event: "after", reason: "one" });
  assert.deepEqual(result?.warnings, ['Hook "second" rejected the answer: two']);
  const settings = breakerSettings(configSchema.parse({}));
  assert.equal(at.store.breakers.state(job.cli, settings, at.clock.now()).failures, 0);
  assert.deepEqual(result?.attempts.map(({ code }) => code), ["completed"]);
});

Deno.test("a hook that never answers is ended in its time", async () => {
  const { at, end } = await judged([{ ...HOOK, timeout_seconds: 7 }]);
  await using _ = at;
  const hook = await at.started(2);
  const ending = end();
  await at.clock.advance(7_000);
  const { status, result } = await ending;
  assert.deepEqual([status, hook.asked], ["completed", [1000]]);
  assert.deepEqual(result?.warnings, [
    'Hook "judge" failed and was passed over: it did not answer within 7 seconds (timeout_seconds)',
  ]);
});
