import assert from "node:assert/strict";
import { testProfile } from "../clis/testing.ts";
import { AimuxError } from "../lib/errors.ts";
import type { Job } from "../store/job.ts";
import type { RunRequest } from "./request.ts";
import { type TestEngine, testEngine, type TestEngineOptions } from "./testing.ts";

const request: RunRequest = { prompt: "say hi", principal: "local" };
const QUOTA = "Error: 429 rate limit exceeded\n";
const OVERLOADED = "Error: 529 overloaded\n";

/** An engine with `prog`, the default, and `other`. */
function engine(options: TestEngineOptions = {}): TestEngine {
  const profiles = [
    testProfile({
      model_fallback: ["m2", "m3"],
      model_flag: "-m",
      change_patterns: ["^Applied edit to "],
      ...options.profile,
    }),
    testProfile({ name: "other", binary: "other", read_only_flags: ["--plan"] }),
  ];
  return testEngine({
    ...options,
    parts: { profiles: new Map(profiles.map((each) => [each.name, each])), ...options.parts },
  });
}

/** Lets the n-th process fail. */
async function fails(at: TestEngine, n: number, message: string): Promise<void> {
  const process = await at.started(n);
  process.print(message, "stderr");
  process.exit(1);
}

async function answers(at: TestEngine, n: number): Promise<void> {
  const process = await at.started(n);
  process.print("hi");
  process.exit();
}

async function ended(at: TestEngine, job: Job): Promise<Job> {
  const settled = at.engine.settled(job, { seconds: 3600 });
  await at.clock.advance(0);
  return await settled;
}

/** What a job's attempts came to: `cli model code`. */
const attemptsOf = ({ result }: Job) =>
  result!.attempts.map(({ cli, model = "-", code }) => `${cli} ${model} ${code}`);

const programs = (at: TestEngine) => at.processes.map(({ plan }) => plan.command);

Deno.test("the profile's own model is told by its name, and is not tried again as one to fall back to", async () => {
  await using at = engine({ profile: { default_model: "m2" } });
  const { job } = await at.engine.submit({ ...request, cli: "prog", fallback: "model" });
  await fails(at, 1, QUOTA);
  await answers(at, 2);
  assert.deepEqual(attemptsOf(await ended(at, job)), ["prog m2 quota", "prog m3 completed"]);

  const next = await at.engine.submit({ ...request, role: "default" });
  await answers(at, 3);
  assert.deepEqual(attemptsOf(await ended(at, next.job)), ["prog m2 quota", "prog m3 completed"]);
});

Deno.test("what passes by itself is tried once more, after a pause", async () => {
  await using at = engine();
  const { job } = await at.engine.submit({ ...request, cli: "prog" });
  await fails(at, 1, OVERLOADED);
  await at.clock.advance(999);
  assert.equal(at.processes.length, 1);
  await at.clock.advance(1);
  await answers(at, 2);
  const end = await ended(at, job);
  assert.equal(end.status, "completed");
  assert.deepEqual(attemptsOf(end), ["prog - transient", "prog - completed"]);
});

Deno.test("a limit leads through the models to the next CLI, which keeps the session", async () => {
  await using at = engine();
  const { job } = await at.engine.submit({ ...request, model: "m1" });
  for (const n of [1, 2, 3]) await fails(at, n, QUOTA);
  await answers(at, 4);
  const end = await ended(at, job);
  assert.deepEqual(attemptsOf(end), [
    "prog m1 quota",
    "prog m2 quota",
    "prog m3 quota",
    "other - completed",
  ]);
  assert.deepEqual([end.status, end.cli, end.model], ["completed", "other", undefined]);
  assert.deepEqual(programs(at), ["/bin/prog", "/bin/prog", "/bin/prog", "/bin/other"]);

  const next = await at.engine.submit({ ...request, sessionId: job.sessionId });
  assert.equal(next.job.cli, "other");
});

Deno.test("a CLI that the call names is not replaced, unless the call says so", async () => {
  await using at = engine();
  const named = await at.engine.submit({ ...request, cli: "prog" });
  await fails(at, 1, QUOTA);
  assert.deepEqual(attemptsOf(await ended(at, named.job)), ["prog - quota"]);

  const models = await at.engine.submit({ ...request, cli: "prog", fallback: "model" });
  await fails(at, 2, QUOTA);
  await answers(at, 3);
  assert.deepEqual(attemptsOf(await ended(at, models.job)), ["prog - quota", "prog m2 completed"]);

  const any = await at.engine.submit({ ...request, cli: "prog", fallback: "cli" });
  await fails(at, 4, "Error: 401 Unauthorized\n");
  await answers(at, 5);
  assert.deepEqual(attemptsOf(await ended(at, any.job)), ["prog - auth", "other - completed"]);
});

Deno.test("after a change of files nothing is tried again, unless it was read-only", async () => {
  await using at = engine({ profile: { read_only_flags: ["--plan"] } });
  const { job } = await at.engine.submit(request);
  (await at.started(1)).print("Applied edit to a.ts\n");
  await fails(at, 1, QUOTA);
  const end = await ended(at, job);
  assert.deepEqual([end.status, attemptsOf(end)], ["failed", ["prog - quota"]]);

  const reading = await at.engine.submit({
    ...request,
    cli: "prog",
    fallback: "cli",
    permission: "read_only",
  });
  (await at.started(2)).print("Applied edit to a.ts\n");
  await fails(at, 2, QUOTA);
  await answers(at, 3);
  assert.equal((await ended(at, reading.job)).status, "completed");
});

Deno.test("all attempts share the time of the job, and a cancel ends the pause between them", async () => {
  await using at = engine();
  const late = await at.engine.submit({ ...request, timeoutSeconds: 10 });
  await at.started(1);
  await at.clock.advance(9_500);
  await fails(at, 1, OVERLOADED);
  await at.clock.advance(1000);
  const end = await ended(at, late.job);
  assert.deepEqual([end.status, end.result?.error?.code], ["failed", "transient"]);
  assert.equal(at.processes.length, 1);

  const { job } = await at.engine.submit(request);
  await fails(at, 2, OVERLOADED);
  await at.clock.advance(10);
  const cancelled = await at.engine.cancel(job);
  assert.deepEqual([cancelled.status, cancelled.result?.error?.code], ["cancelled", "cancelled"]);
  assert.deepEqual(attemptsOf(cancelled), ["prog - transient"]);
  assert.equal(at.processes.length, 2);

  const slow = await at.engine.submit({ ...request, timeoutSeconds: 10 });
  await fails(at, 3, OVERLOADED);
  await at.clock.advance(1000);
  await at.started(4);
  await at.clock.advance(9_000);
  const { result } = await ended(at, slow.job);
  assert.match(result!.error!.message, /within 10 seconds \(timeout_seconds\)/);
});

Deno.test("roles pass over a model that is at its limit, and the breaker opens for all", async () => {
  await using at = engine({ profile: { model_fallback: [] } });
  for (const n of [1, 2, 3]) {
    const { job } = await at.engine.submit({ ...request, cli: "prog" });
    await fails(at, n, QUOTA);
    assert.equal((await ended(at, job)).status, "failed");
  }
  await assert.rejects(at.engine.submit({ ...request, cli: "prog" }), {
    code: "circuit_open",
    message: /^"prog" is not used for now\. It has failed 3 times in a row, the last as quota; /,
    details: {
      cli: "prog",
      retry_at: new Date(at.clock.now() + 300_000).toISOString(),
      alternatives: ["other"],
    },
  });
  const rerouted = await at.engine.submit(request);
  assert.equal(rerouted.job.cli, "other");
  await answers(at, 4);
  assert.deepEqual(attemptsOf(await ended(at, rerouted.job)), [
    "prog - circuit_open",
    "other - completed",
  ]);

  await at.clock.advance(300_000);
  const probe = await at.engine.submit({ ...request, cli: "prog" });
  await assert.rejects(at.engine.submit({ ...request, cli: "prog" }), { code: "circuit_open" });
  await answers(at, 5);
  assert.equal((await ended(at, probe.job)).status, "completed");
  await at.engine.submit({ ...request, cli: "prog" });
});

Deno.test("a CLI that has failed too often is left alone by those who waited for it, too", async () => {
  await using at = engine({ profile: { model_fallback: [] }, server: { max_concurrent_jobs: 1 } });
  const submit = (more: Partial<RunRequest> = {}) =>
    at.engine.submit({ ...request, cli: "prog", ...more });
  const failing = [await submit(), await submit(), await submit()];
  const waiting = await submit();
  const elsewhere = await submit({ fallback: "cli" });
  for (const [n, { job }] of failing.entries()) {
    await fails(at, n + 1, "assertion failed\n");
    assert.equal((await ended(at, job)).result?.error?.code, "failed");
    await at.clock.advance(200);
  }
  const { status, result } = await ended(at, waiting.job);
  assert.equal(status, "failed");
  assert.equal(result?.error?.code, "circuit_open");
  assert.deepEqual(result.error.details, {
    cli: "prog",
    retry_at: new Date(at.clock.now() + 299_800).toISOString(),
    alternatives: ["other"],
  });
  await answers(at, 4);
  assert.deepEqual(attemptsOf(await ended(at, elsewhere.job)), [
    "prog - circuit_open",
    "other - completed",
  ]);
  assert.deepEqual(programs(at), ["prog", "prog", "prog", "other"].map((name) => `/bin/${name}`));
});

Deno.test("a limit that tells when it is lifted keeps roles away for so long", async () => {
  await using at = engine({ profile: { model_fallback: [] } });
  const { job } = await at.engine.submit({ ...request, cli: "prog" });
  await fails(at, 1, "Error: 429 Too Many Requests. Please try again in 90s\n");
  const { result } = await ended(at, job);
  assert.equal(result?.error?.hint, "Try again in 90 seconds, or choose another CLI");
  assert.equal(result?.error?.details?.["retry_after_seconds"], 90);
  const cliNow = async () => (await at.engine.submit(request)).job.cli;
  await at.clock.advance(89_000);
  assert.equal(await cliNow(), "other");
  await at.clock.advance(1000);
  assert.equal(await cliNow(), "prog");
});

Deno.test("a model that the call names may be replaced as far as the call allows", async () => {
  await using at = engine();
  const named = { ...request, cli: "prog", model: "m9" };
  const { job: none } = await at.engine.submit(named);
  await fails(at, 1, QUOTA);
  assert.deepEqual(attemptsOf(await ended(at, none)), ["prog m9 quota"]);
  const { job: models } = await at.engine.submit({ ...named, fallback: "model" });
  await fails(at, 2, QUOTA);
  await answers(at, 3);
  const end = await ended(at, models);
  assert.deepEqual(attemptsOf(end), ["prog m9 quota", "prog m2 completed"]);

  // A session stays with its CLI, and asks for what it was begun with.
  const { job: next } = await at.engine.submit({ ...request, sessionId: end.sessionId });
  for (const n of [4, 5, 6]) await fails(at, n, QUOTA);
  assert.deepEqual(attemptsOf(await ended(at, next)), [
    "prog m9 quota",
    "prog m2 quota",
    "prog m3 quota",
  ]);
});

Deno.test("cancelled jobs and bad input do not count against a CLI", async () => {
  await using at = engine();
  for (let n = 1; n <= 3; n++) {
    const { job } = await at.engine.submit({ ...request, cli: "prog" });
    await at.started(n);
    await at.engine.cancel(job);
  }
  for (let n = 4; n <= 6; n++) {
    const { job } = await at.engine.submit({ ...request, cli: "prog", model: "nonsense" });
    await fails(at, n, "Error: model not found\n");
    assert.equal((await ended(at, job)).result?.error?.code, "model_unavailable");
  }
  await at.engine.submit({ ...request, cli: "prog" });
});

Deno.test("where no CLI is left, the last failure is told with all attempts", async () => {
  await using at = engine({ profile: { model_fallback: [] } });
  const { job } = await at.engine.submit(request);
  await fails(at, 1, QUOTA);
  await fails(at, 2, "Error: 401 Unauthorized\n");
  const end = await ended(at, job);
  assert.deepEqual([end.status, end.result?.error?.code], ["failed", "auth"]);
  assert.deepEqual(attemptsOf(end), ["prog - quota", "other - auth"]);
});

Deno.test("each attempt is told its role as its own CLI and model", async () => {
  await using at = engine({
    parts: { preamble: ({ cli, model }) => Promise.resolve(`You are ${model} on ${cli}.`) },
  });
  const { job } = await at.engine.submit({ ...request, model: "m1" });
  for (const n of [1, 2, 3]) await fails(at, n, QUOTA);
  await answers(at, 4);
  const end = await ended(at, job);
  const told = at.processes.map(({ plan }) => plan.args.at(-1));
  const names = ["m1 on prog", "m2 on prog", "m3 on prog", "undefined on other"];
  assert.deepEqual(told, names.map((name) => `You are ${name}.\n\n# Task\n\nsay hi`));
  assert.equal(end.preamble, "You are undefined on other.");
});

Deno.test("a role's prompt that was spoilt meanwhile leaves another model the one before", async () => {
  let calls = 0;
  await using at = engine({
    parts: {
      preamble() {
        if (++calls === 1) return Promise.resolve("You review.");
        return Promise.reject(new AimuxError("invalid_input", "Broken"));
      },
    },
  });
  const { job } = await at.engine.submit({ ...request, model: "m1" });
  await fails(at, 1, QUOTA);
  await answers(at, 2);
  const end = await ended(at, job);
  assert.deepEqual([end.status, end.preamble], ["completed", "You review."]);
  assert.equal(at.processes[1]!.plan.args.at(-1), "You review.\n\n# Task\n\nsay hi");
});
