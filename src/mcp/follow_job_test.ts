import assert from "node:assert/strict";
import { testEngine } from "../engine/testing.ts";
import { configSchema } from "../config/schema.ts";
import type { Job } from "../store/job.ts";
import { followJob, type FollowParts } from "./follow_job.ts";
import { progressSink } from "./progress_sink.ts";

const request = { prompt: "say hi", principal: "local" };
const config = configSchema.parse({ server: { progress_interval_seconds: 5 } });

/** An engine and a caller that asked for progress. */
function follower() {
  const at = testEngine({ profile: { output_format: "text" } });
  const sent: { progressToken: string | number; progress: number; message: string }[] = [];
  const progress = progressSink("mine", at.clock, ({ params }) => {
    sent.push(params);
    return Promise.resolve();
  })!;
  const { engine, store, clock } = at;
  const parts: FollowParts = {
    engine,
    store,
    clock,
    config,
    progress,
    signal: new AbortController().signal,
  };
  return {
    ...at,
    sent,
    messages: () => sent.map(({ message }) => message),
    follow: (job: Job, seconds = 3600) => followJob(job, seconds, parts),
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

Deno.test("each new line is told at once, and of many that come together only the newest", async () => {
  await using at = follower();
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  const followed = at.follow(job);
  process.print("reading\n");
  await at.clock.advance(0);
  process.print("one\ntwo\n");
  process.print("three\n");
  await at.clock.advance(100);
  assert.deepEqual(at.messages(), ["reading"]);
  await at.clock.advance(200);
  assert.deepEqual(at.messages(), ["reading", "three"]);
  process.exit();
  assert.equal((await followed).status, "completed");
});

Deno.test("heartbeats tell what runs, how long, and what it printed last", async () => {
  await using at = follower();
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  const followed = at.follow(job);
  await at.clock.advance(5000);
  assert.deepEqual(at.messages(), ["prog runs for 5 s; no output yet"]);
  process.print("half an ans");
  await at.clock.advance(65_000);
  assert.equal(at.messages().at(1), "half an ans");
  assert.match(
    at.messages().at(-1)!,
    /^prog runs for 1 min 10 s; last output .* ago: half an ans$/,
  );
  assert.equal(at.sent.length, 1 + 1 + 13);
  process.exit();
  await followed;
});

Deno.test("progress grows with each message, and nothing is told after the end", async () => {
  await using at = follower();
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  const followed = at.follow(job);
  for (let n = 0; n < 40; n++) {
    process.print(`step ${n}\n`);
    await at.clock.advance(n % 2 === 0 ? 0 : 400);
  }
  process.exit();
  await followed;
  const told = at.sent.length;
  await at.clock.advance(60_000);
  assert.equal(at.sent.length, told);
  assert.ok(told >= 20, `${told} messages`);
  assert.ok(at.sent.every(({ progress }, n) => n === 0 || progress > at.sent[n - 1]!.progress));
  assert.ok(at.sent.every(({ progressToken }) => progressToken === "mine"));
});

Deno.test("a job that waits for its turn says so", async () => {
  await using at = follower();
  const first = await at.engine.submit(request);
  const { sessionId } = first.job;
  const { job } = await at.engine.submit({ ...request, sessionId });
  const followed = at.follow(job, 5);
  await at.clock.advance(5000);
  assert.equal((await followed).status, "queued");
  assert.deepEqual(at.messages(), ["prog waits at place 1 of the queue, for 5 s now"]);
});

Deno.test("a caller that cannot be told is answered all the same", async () => {
  await using at = testEngine();
  const { engine, store, clock } = at;
  const progress = progressSink(0, clock, () => Promise.reject(new Error("gone")))!;
  const { job } = await engine.submit(request);
  const process = await at.started(1);
  const signal = new AbortController().signal;
  const followed = followJob(job, 9, { engine, store, clock, config, progress, signal });
  process.print("an answer");
  await clock.advance(0);
  process.exit();
  assert.equal((await followed).status, "completed");
});

Deno.test("without a token there is nothing to tell by", async () => {
  await using at = testEngine();
  assert.equal(progressSink(undefined, at.clock, () => Promise.resolve()), undefined);
});
