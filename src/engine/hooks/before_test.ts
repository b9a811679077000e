import assert from "node:assert/strict";
import { hooksSchema } from "../../config/hooks.ts";
import { testEngine } from "../testing.ts";

const request = { prompt: "Why is password=hunter2secret wrong?", principal: "local" };

Deno.test("no more hooks are asked at once than eight, and all together have 40 seconds", async () => {
  const hooks = { before: [{ name: "slow", command: ["slow"], timeout_seconds: 30 }] };
  await using at = testEngine({ hooks });
  const calls = Array.from({ length: 9 }, () => at.engine.submit(request));
  await at.started(8);
  await at.clock.advance(0);
  assert.equal(at.processes.length, 8);
  at.processes[0]!.print('{"verdict":"proceed"}');
  at.processes[0]!.exit();
  // Either may be first: the next hook, or the CLI of the call whose hook has answered.
  await at.started(10);
  const asked = at.processes.filter(({ plan }) => plan.stdin?.includes('"event":"before"'));
  assert.equal(asked.length, 9);
  const ninth = asked[8]!;
  await at.clock.advance(30_000);
  await Promise.all(calls);
  assert.deepEqual(ninth.asked, [1000]);
  await at.clock.advance(0);
});

Deno.test("several hooks share the time that their caller waits", async () => {
  const slow = (name: string) => ({ name, command: [name], timeout_seconds: 30 });
  await using at = testEngine({ hooks: { before: [slow("a"), slow("b"), slow("c")] } });
  const call = at.engine.submit(request);
  await at.started(1);
  await at.clock.advance(30_000);
  await at.started(2);
  await at.clock.advance(10_000);
  const { job } = await call;
  assert.equal(at.processes.length >= 2, true);
  const process = await at.started(3);
  assert.doesNotMatch(process.plan.command, /\/[abc]$/, "the third hook's turn did not come");
  process.print("an answer");
  process.exit();
  await at.engine.settled(job, { seconds: 10 });
  const { warnings } = at.engine.current(job).result!;
  assert.deepEqual(warnings, [
    'Hook "a" failed and was passed over: it did not answer within 30 seconds (timeout_seconds)',
    'Hook "b" failed and was passed over: it did not answer within 10 seconds ' +
    "(what is left of the time that all hooks have together)",
    'Hook "c" failed and was passed over: its turn did not come within 40 seconds',
  ]);
});

Deno.test("a secret is taken out of what is kept and run, and none is told", async () => {
  const hooks = { before: [{ name: "clean", builtin: "redact_secrets" }] };
  await using at = testEngine({ hooks });
  const { job } = await at.engine.submit(request);
  assert.equal(job.prompt, "Why is password=[redacted] wrong?");
  const process = await at.started(1);
  assert.ok(process.plan.args.includes(job.prompt));
  process.print("an answer");
  process.exit();
  await at.engine.settled(job, { seconds: 10 });
  const { warnings } = at.engine.current(job).result!;
  assert.deepEqual(warnings, ['Hook "clean" took 1 secret out of the prompt']);
  assert.doesNotMatch(JSON.stringify(at.logged), /hunter2/);
});

Deno.test("where nothing is to be taken out the prompt stays to the byte", async () => {
  const hooks = { before: [{ name: "clean", builtin: "redact_secrets" }] };
  await using at = testEngine({ hooks });
  const { job } = await at.engine.submit({ ...request, prompt: " [redacted]\r\n\tx " });
  assert.equal(job.prompt, " [redacted]\r\n\tx ");
});

Deno.test("a server that closes while a hook is asked records nothing", async () => {
  await using at = testEngine({ hooks: { before: [{ name: "slow", command: ["slow"] }] } });
  const call = at.engine.submit(request);
  const refused = assert.rejects(call, { code: "interrupted" });
  const hook = await at.started(1);
  await at.engine.interruptAll({ graceMs: 0 });
  await refused;
  assert.deepEqual(hook.asked, [1000]);
  assert.deepEqual(at.store.jobs.unfinished(), []);
  assert.equal(at.store.sessions.count(), 0);
});

Deno.test("without hooks nothing is asked", () => {
  assert.deepEqual(hooksSchema.parse({}), { before: [], after: [] });
});
