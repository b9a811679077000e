import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Permission } from "../config/permission.ts";
import { testProfile } from "../clis/testing.ts";
import { createRedactor } from "../lib/redact.ts";
import type { Job } from "../store/job.ts";
import type { Store } from "../store/store.ts";
import { testEngine } from "./testing.ts";

const request = { prompt: "say hi", principal: "local" };
const seconds = 3600;

const resuming = {
  output_format: "jsonl",
  decoder: "codex",
  session: { id: "reported", resume_flags: ["--resume", "{session_id}"] },
};
const answered = (text: string) =>
  [
    { type: "thread.started", thread_id: "t1" },
    { type: "item.completed", item: { id: "i", type: "agent_message", text } },
    { type: "turn.completed", usage: { input_tokens: 1, output_tokens: 2 } },
  ].map((event) => JSON.stringify(event) + "\n").join("");

/** A store whose transactions fail as long as `failures` holds something. */
function failing(store: Store, failures: Error[]): Store {
  return {
    ...store,
    transaction(work) {
      const failure = failures.shift();
      if (failure) throw failure;
      return store.transaction(work);
    },
  };
}

Deno.test("a job runs, and its answer is recorded with its session", async () => {
  await using at = testEngine();
  const { job } = await at.engine.submit(request);
  assert.equal(job.status, "running");
  const process = await at.started(1);
  process.print("an answer\n");
  process.exit();
  const ended = await at.engine.settled(job, { seconds });
  assert.deepEqual([ended.status, ended.result?.content], ["completed", "an answer"]);
  assert.equal(at.store.sessions.find(job.sessionId, "local")?.turns, 1);
  assert.deepEqual(at.errors, []);
});

Deno.test("what is kept of a failure holds no secrets; an answer is kept as it is", async () => {
  const redact = createRedactor({ MY_TOKEN: "correct horse" });
  await using at = testEngine({ parts: { redact } });
  const [failing, answering] = [await at.engine.submit(request), await at.engine.submit(request)];
  const first = await at.started(1);
  first.print("half an answer with correct horse\n");
  first.print("Error: refused correct horse\n", "stderr");
  first.exit(1);
  const { result, status } = await at.engine.settled(failing.job, { seconds });
  assert.equal(status, "failed");
  assert.match(result!.error!.message, /refused \[redacted\]/);
  assert.match(result!.attempts[0]!.message!, /refused \[redacted\]/);
  assert.equal(result!.partial_output, "half an answer with [redacted]");
  const second = await at.started(2);
  second.print("it is correct horse");
  second.exit();
  const { result: good } = await at.engine.settled(answering.job, { seconds });
  assert.equal(good!.content, "it is correct horse");
});

Deno.test("start and end of a job are logged, each once", async () => {
  await using at = testEngine();
  const { job } = await at.engine.submit(request);
  (await at.started(1)).exit(3);
  await at.engine.settled(job, { seconds });
  const lines = at.logged.filter(({ level }) => level !== "debug");
  assert.deepEqual(lines.map(({ message }) => message), ["Job started", "Job ended"]);
  const { facts } = lines[1]!;
  assert.deepEqual(
    [facts["job"], facts["status"], facts["code"], facts["exit_code"]],
    [job.id, "failed", "failed", 3],
  );
});

Deno.test("an answer is not lost because another server holds the database for a moment", async () => {
  const failures: Error[] = [];
  await using at = testEngine({ between: (store) => failing(store, failures) });
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  process.print("an answer");
  failures.push(...[1, 2, 3].map(() => new Error("database is locked")));
  process.exit();
  const settled = at.engine.settled(job, { seconds });
  await at.clock.advance(2000);
  assert.equal((await settled).status, "completed");
  assert.deepEqual(at.errors, []);
});

Deno.test("a process whose start cannot be recorded is ended", async () => {
  await using at = testEngine({
    between: (store) => ({
      ...store,
      jobs: {
        ...store.jobs,
        setProcess() {
          throw new Error("disk I/O error");
        },
      },
    }),
  });
  const { job } = await at.engine.submit(request);
  const { status } = await at.engine.settled(job, { seconds });
  assert.equal(status, "failed");
  assert.deepEqual(at.processes.map(({ asked }) => asked.length), [1]);
});

Deno.test("a deadline ends the process, and so does a cancel; what was printed is kept", async () => {
  await using at = testEngine();
  const slow = await at.engine.submit({ ...request, timeoutSeconds: 10 });
  (await at.started(1)).print("half an ans");
  await at.clock.advance(9_999);
  assert.equal(at.store.jobs.find(slow.job.id)?.status, "running");
  const settled = at.engine.settled(slow.job, { seconds });
  await at.clock.advance(1);
  const { status, result } = await settled;
  assert.deepEqual([status, result?.partial_output], ["timed_out", "half an ans"]);
  assert.deepEqual(at.processes[0]!.asked, [5000]);

  const second = await at.engine.submit(request);
  (await at.started(2)).print("less\r\x1b[K\x1b[32mmore\x1b[0m");
  const cancelled = await at.engine.cancel(second.job);
  assert.deepEqual([cancelled.status, cancelled.result?.partial_output], ["cancelled", "more"]);
  assert.equal((await at.engine.cancel(second.job)).status, "cancelled");
});

Deno.test("what could not be ended is told in the result and remembered, whatever ended the run", async () => {
  await using at = testEngine();
  const left = (pid: number) => [{ pid, startTime: `boot:${pid}` }];
  const itself = await at.engine.submit(request);
  const first = await at.started(1);
  first.left = left(7);
  first.print("an answer\n");
  first.exit();
  const done = await at.engine.settled(itself.job, { seconds });
  const cancelled = await at.engine.submit(request);
  (await at.started(2)).left = left(8);
  const stopped = await at.engine.cancel(cancelled.job);
  assert.deepEqual([done.status, stopped.status], ["completed", "cancelled"]);
  for (const [pid, { result }] of [[7, done], [8, stopped]] as const) {
    assert.match(result!.warnings.join(), new RegExp(`could not be ended: ${pid};`));
  }
  assert.deepEqual(at.store.leftovers.all().map(({ pid, jobId }) => [pid, jobId]), [
    [7, itself.job.id],
    [8, cancelled.job.id],
  ]);
});

Deno.test("silence has a limit of its own, and both limits are told by name", async () => {
  await using at = testEngine({ profile: { stall_timeout_seconds: 60, timeout_seconds: 100 } });
  const end = async (job: Job) => {
    const { status, result } = await at.engine.settled(job, { seconds });
    return `${status}: ${result?.error?.message}`;
  };
  const silent = await at.engine.submit(request);
  (await at.started(1)).print("one\n");
  await at.clock.advance(40_000);
  at.processes[0]!.print("two\n", "stderr");
  await at.clock.advance(59_999);
  assert.equal(at.engine.current(silent.job).status, "running");
  at.processes[0]!.print("three\n");
  await at.clock.advance(1);
  assert.equal(
    await end(silent.job),
    "timed_out: prog did not finish within 100 seconds (timeout_seconds)",
  );

  const stalled = await at.engine.submit({ ...request, timeoutSeconds: 1000 });
  (await at.started(2)).print("one\n");
  await at.clock.advance(60_000);
  assert.equal(
    await end(stalled.job),
    "timed_out: prog printed nothing for 60 seconds (stall_timeout_seconds)",
  );

  const patient = await at.engine.submit({ ...request, stallTimeoutSeconds: 0.5, effort: "high" });
  await at.started(3);
  await at.clock.advance(500);
  assert.match(await end(patient.job), /printed nothing for 0.5 seconds/);
  assert.equal(at.clock.waiting, 0, "no wait is left behind");
});

Deno.test("a cancel waits for what does not end, but not for ever, and its end goes on", async () => {
  for (const [grace, waits] of [[1, 6_000], [600, 40_000]] as const) {
    await using at = testEngine({ stubborn: true, server: { kill_grace_seconds: grace } });
    const { job, ended } = await at.engine.submit(request);
    const process = await at.started(1);
    let answer: Job | undefined;
    const cancelling = at.engine.cancel(job).then((job) => answer = job);
    await at.clock.advance(waits - 1);
    assert.equal(answer, undefined);
    await at.clock.advance(1);
    assert.equal((await cancelling).status, "running");

    process.exit(137, "SIGKILL");
    await ended;
    assert.equal(at.engine.current(job).status, "cancelled");
  }
});

Deno.test("the event that ends a run counts also when the process does not go", async () => {
  await using at = testEngine({ profile: { completion_pattern: "^DONE$" } });
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  process.print("an answer\nDO");
  process.print("NE\n");
  const settled = at.engine.settled(job, { seconds });
  await at.clock.advance(499);
  assert.deepEqual(process.asked, []);
  await at.clock.advance(1);
  assert.equal((await settled).status, "completed");
  assert.equal(process.asked.length, 1);
});

Deno.test("the event that ends a run counts without a line end, and what follows it does not", async () => {
  await using at = testEngine({ profile: { completion_pattern: "^DONE$" } });
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  process.print("an answer\nDONE");
  await at.clock.advance(399);
  process.print(" is only the beginning\nDONE");
  const settled = at.engine.settled(job, { seconds });
  await at.clock.advance(400);
  process.print("\nand then some\n");
  await at.clock.advance(500);
  const { status, result } = await settled;
  assert.equal(status, "completed");
  assert.equal(result?.content, "an answer\nDONE is only the beginning\nDONE");
});

Deno.test("a CLI that tries again and again is ended, and told by the reason that it gives", async () => {
  for (const stream of ["stdout", "stderr"] as const) {
    await using at = testEngine({ profile: { retry_pattern: "^Attempt [2-9] failed" } });
    const { job } = await at.engine.submit({ ...request, fallback: "none" });
    const process = await at.started(1);
    process.print("half an answer\n");
    process.print("Attempt 1 failed with status 429\n", stream);
    process.print("Attempt 2 failed with status 429\n", stream);
    process.print("and what it says when it is ended\n", stream);
    const settled = at.engine.settled(job, { seconds });
    await at.clock.advance(500);
    const { status, result } = await settled;
    assert.equal(status, "failed");
    assert.equal(result?.error?.code, "quota");
    assert.match(result?.error?.message ?? "", /tried again and again: Attempt 2 failed/);
  }
});

Deno.test("a failed job names the CLIs that could take over, and its end does not wait long for them", async () => {
  const other = testProfile({ name: "other", read_only_flags: [] });
  const writer = testProfile({ name: "writer", read_only_flags: undefined });
  const own = testProfile({ read_only_flags: [] });
  const profiles = new Map([own, other, writer].map((each) => [each.name, each]));
  let answers = true;
  const discovery = {
    probeAll: () => Promise.resolve(),
    find: ({ binary }: { binary: string }) =>
      answers ? Promise.resolve({ path: `/bin/${binary}` }) : new Promise<never>(() => {}),
  };
  await using at = testEngine({ parts: { profiles, discovery } });
  const failed = async (count: number, permission: Permission) => {
    const { job } = await at.engine.submit({ ...request, permission, fallback: "none" });
    const process = await at.started(count);
    answers = count < 3;
    process.print("Error: 401 Unauthorized\n", "stderr");
    process.exit(1);
    const settled = at.engine.settled(job, { seconds });
    await at.clock.advance(3000);
    return (await settled).result?.error;
  };
  assert.deepEqual((await failed(1, "write"))?.details, { alternatives: ["other", "writer"] });
  assert.deepEqual((await failed(2, "read_only"))?.details, { alternatives: ["other"] });
  const hanging = await failed(3, "write");
  assert.deepEqual([hanging?.code, hanging?.details], ["auth", undefined]);
});

Deno.test("a conversation that its CLI has forgotten is begun anew, once", async () => {
  await using at = testEngine({ profile: resuming });
  const first = await at.engine.submit(request);
  (await at.started(1)).print(answered("one"));
  at.processes[0]!.exit();
  await at.engine.settled(first.job, { seconds });

  const next = { ...request, prompt: "go on", sessionId: first.job.sessionId };
  const second = await at.engine.submit(next);
  const resumed = await at.started(2);
  assert.deepEqual(resumed.plan.args, ["--resume", "t1", "go on"]);
  resumed.print("no conversation t1\n", "stderr");
  resumed.exit(1);
  const anew = await at.started(3);
  assert.ok(!anew.plan.args.includes("--resume"));
  assert.match(anew.plan.args.join(), /\[Assistant\]\none/);
  anew.exit(1);
  const { status, result } = await at.engine.settled(second.job, { seconds });
  assert.equal(status, "failed");
  assert.equal(result?.attempts.length, 2);
  assert.match(result!.warnings.join(), /could not resume/);
  assert.equal(at.processes.length, 3);
});

Deno.test("a resumed run that a signal ended is not run again: it may have done its work", async () => {
  await using at = testEngine({ profile: resuming });
  const first = await at.engine.submit(request);
  (await at.started(1)).print(answered("one"));
  at.processes[0]!.exit();
  await at.engine.settled(first.job, { seconds });

  const second = await at.engine.submit({ ...request, sessionId: first.job.sessionId });
  (await at.started(2)).exit(137, "SIGKILL");
  assert.equal((await at.engine.settled(second.job, { seconds })).status, "failed");
  assert.equal(at.processes.length, 2);
});

Deno.test("a call that is checked while the server closes is refused and starts nothing", async () => {
  await using at = testEngine();
  const call = at.engine.submit(request);
  const stopping = at.engine.interruptAll({ graceMs: 0 });
  await assert.rejects(call, { code: "interrupted" });
  await stopping;
  assert.deepEqual(at.processes, []);
  assert.equal(at.store.sessions.count("local"), 0);
});

Deno.test("at the end running and queued jobs are interrupted, with what they printed", async () => {
  await using at = testEngine({ server: { max_concurrent_jobs: 1 } });
  const running = await at.engine.submit(request);
  const queued = await at.engine.submit(request);
  (await at.started(1)).print("half");
  await at.engine.interruptAll({ graceMs: 7 });
  const ends = [running, queued].map(({ job }) => at.store.jobs.find(job.id)!);
  assert.deepEqual(ends.map(({ status }) => status), ["interrupted", "interrupted"]);
  assert.deepEqual(ends.map(({ result }) => result?.partial_output), ["half", undefined]);
  assert.deepEqual(at.processes.map(({ asked }) => asked), [[7]]);
  assert.equal(at.clock.waiting, 0, "no timer is left");
});

Deno.test("a session that is deleted while a call for it is checked is not found", async () => {
  await using at = testEngine();
  at.store.addJob("job_0", { cli: "prog" });
  at.store.bring("job_0", "completed");
  at.store.sessions.remove("ses_1");
  at.store.sessions.insert({
    id: "ses_1",
    principal: "local",
    cli: "prog",
    cwd: at.store.folder,
  }, 1);
  const call = at.engine.submit({ ...request, sessionId: "ses_1" });
  at.store.removeSession("ses_1");
  await assert.rejects(call, { code: "not_found", message: 'No session "ses_1"' });
});

Deno.test("a call whose session is deleted under it learns that its job was cancelled", async () => {
  await using at = testEngine();
  const { job } = await at.engine.submit(request);
  await at.started(1);
  const waiting = at.engine.settled(job, { seconds });
  at.store.removeSession(job.sessionId);
  at.processes[0]!.exit();
  const { status, result } = await waiting;
  assert.deepEqual([status, result?.error?.code], ["cancelled", "cancelled"]);
});

Deno.test("another server's request to cancel is followed, also after a look that failed", async () => {
  let fail = true;
  await using at = testEngine({
    between: (store) => ({
      ...store,
      jobs: {
        ...store.jobs,
        cancelRequests(owner) {
          if (fail) throw new Error("database is locked");
          return store.jobs.cancelRequests(owner);
        },
      },
    }),
  });
  const { job } = await at.engine.submit(request);
  await at.started(1);
  at.store.openAgain().jobs.requestCancel(job.id);
  await at.clock.advance(1000);
  assert.ok(at.errors.length > 0);
  fail = false;
  await at.clock.advance(250);
  assert.equal((await at.engine.settled(job, { seconds })).status, "cancelled");
});

Deno.test("a job of another server is seen to end, and a wait for it ends with its call", async () => {
  await using at = testEngine();
  at.store.addJob("job_9999", { owner: "own_2" });
  at.store.bring("job_9999", "running");
  const job = at.store.jobs.find("job_9999")!;

  const call = new AbortController();
  const taken = at.engine.settled(job, { seconds, signal: call.signal });
  await at.clock.advance(1000);
  call.abort();
  assert.equal((await taken).status, "running");

  const waiting = at.engine.settled(job, { seconds });
  await at.clock.advance(1000);
  at.store.bring("job_9999", "completed");
  at.store.jobs.finish("job_9999", "completed", { attempts: [], warnings: [] }, 5);
  await at.clock.advance(250);
  assert.equal((await waiting).status, "completed");

  const late: Promise<Job> = at.engine.settled(job, { seconds: 0 });
  assert.equal((await late).status, "completed");
});

Deno.test("a wait ends with its time, and leaves no timer", async () => {
  await using at = testEngine();
  const { job } = await at.engine.submit(request);
  await at.started(1);
  const before = at.clock.waiting;
  const waiting = at.engine.settled(job, { seconds: 45 });
  await at.clock.advance(45_000);
  assert.equal((await waiting).status, "running");
  assert.equal(at.clock.waiting, before);
});

Deno.test("a call that comes while another server holds the database is taken when it is free again", async () => {
  await using at = testEngine();
  const other = new DatabaseSync(at.store.path);
  other.exec("BEGIN IMMEDIATE");
  const submitting = at.engine.submit(request);
  // Long enough for a try to be refused.
  await at.clock.advance(20);
  await at.clock.advance(30);
  assert.equal(at.processes.length, 0);
  other.exec("ROLLBACK");
  other.close();
  await at.clock.advance(1000);
  const { job } = await submitting;
  const process = await at.started(1);
  process.print("an answer");
  process.exit();
  assert.equal((await at.engine.settled(job, { seconds })).status, "completed");
  assert.deepEqual(at.errors, []);
});
