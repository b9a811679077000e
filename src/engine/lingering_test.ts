import assert from "node:assert/strict";
import { type TestEngine, testEngine } from "./testing.ts";

const request = { prompt: "say hi", principal: "local" };
const seconds = 3600;

type Settled = Awaited<ReturnType<TestEngine["engine"]["settled"]>>;

/** An engine whose CLI has told its last word, and goes on whatever it is asked. */
async function answered(): Promise<{ at: TestEngine; ended: Promise<Settled> }> {
  const at = testEngine({ stubborn: true, profile: { completion_pattern: "^DONE$" } });
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  process.print("an answer\nDONE\n");
  await at.clock.advance(500);
  assert.deepEqual(process.asked, [5000]);
  const ended = at.engine.settled(job, { seconds });
  await at.clock.advance(300);
  return { at, ended };
}

Deno.test("a CLI that stays after its last word does not hold up its answer", async () => {
  const { at, ended } = await answered();
  await using _ = at;
  const { status, result } = await ended;
  assert.equal(status, "completed");
  assert.equal(result!.content, "an answer\nDONE");
  assert.deepEqual(result!.warnings, [
    "prog went on after its answer and is being ended; aimux://health tells where it cannot be",
  ]);
  assert.ok(!at.engine.isIdle(), "its end is still to be seen to");
  at.processes[0]!.left = [{ pid: 7, startTime: "never:7" }];
  at.processes[0]!.exit(137, "SIGKILL");
  await at.engine.idle();
  assert.ok(at.engine.isIdle());
  assert.deepEqual(at.store.leftovers.all().map(({ pid, cli }) => [pid, cli]), [[7, "prog"]]);
});

Deno.test("a server that stops gives it no more time than others", async () => {
  const { at, ended } = await answered();
  await using _ = at;
  await ended;
  const stopped = at.engine.interruptAll({ graceMs: 100 });
  await at.clock.advance(0);
  assert.deepEqual(at.processes[0]!.asked, [5000, 100]);
  at.processes[0]!.exit(137, "SIGKILL");
  await stopped;
});

Deno.test("the next run of its session waits until it is gone", async () => {
  const { at, ended } = await answered();
  await using _ = at;
  const { sessionId } = await ended;
  await at.engine.submit({ ...request, sessionId });
  await at.engine.submit(request);
  const other = await at.started(2);
  await at.clock.advance(0);
  assert.equal(at.processes.length, 2, "only that of another session");
  at.processes[0]!.exit(137, "SIGKILL");
  await at.started(3);
  other.exit();
});

Deno.test("what follows a failure does not begin before the CLI that failed is gone", async () => {
  await using at = testEngine({
    stubborn: true,
    profile: { output_format: "jsonl", completion_pattern: "turn.failed" },
  });
  await at.engine.submit(request);
  const process = await at.started(1);
  process.print('{"type":"turn.failed","error":{"message":"503 Service Unavailable"}}\n');
  await at.clock.advance(500);
  await at.clock.advance(4000);
  assert.equal(at.processes.length, 1);
  process.exit(137, "SIGKILL");
  await at.clock.advance(1000);
  await at.started(2);
});
