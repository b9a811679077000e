import assert from "node:assert/strict";
import { type FinalStatus, isFinal, JOB_STATUSES, type JobResult } from "./job.ts";
import { NO_RESULT, testStore } from "./testing.ts";

const FINAL = JOB_STATUSES.filter(isFinal);

Deno.test("a job comes back as it was put in", () => {
  using store = testStore();
  store.addJob(
    "job_1",
    {
      style: "json",
      model: "m",
      effort: "high",
      permission: "read_only",
      prompt: "quote ' and 😀\n\0and on",
      preamble: "You review.",
    },
    5,
  );
  assert.deepEqual(store.jobs.find("job_1"), {
    id: "job_1",
    sessionId: "ses_1",
    principal: "local",
    owner: "own_1",
    parentId: undefined,
    status: "queued",
    cli: "codex",
    role: "default",
    style: "json",
    model: "m",
    effort: "high",
    permission: "read_only",
    prompt: "quote ' and 😀\n\0and on",
    preamble: "You review.",
    pid: undefined,
    processStartTime: undefined,
    cancelRequested: false,
    pollCount: 0,
    result: undefined,
    createdAt: 5,
    startedAt: undefined,
    finishedAt: undefined,
  });
});

Deno.test("each step that is allowed is taken, and every other one is refused and changes nothing", () => {
  const allowed = (from: string, to: FinalStatus) =>
    from === "running" || (from === "queued" && to !== "completed" && to !== "failed");
  for (const from of JOB_STATUSES) {
    for (const to of FINAL) {
      using store = testStore();
      store.addJob("job_1");
      store.bring("job_1", from);
      const before = store.jobs.find("job_1");
      assert.equal(before?.status, from);

      const result: JobResult = { attempts: [], warnings: [], content: "new" };
      assert.equal(
        store.jobs.finish("job_1", to, result, 9),
        allowed(from, to),
        `${from} -> ${to}`,
      );
      const after = store.jobs.find("job_1");
      if (!allowed(from, to)) assert.deepEqual(after, before);
      else assert.deepEqual([after?.status, after?.result, after?.finishedAt], [to, result, 9]);
    }
  }
});

Deno.test("of two ends one wins, and the other is told that it lost", () => {
  using store = testStore();
  const other = store.openAgain();
  store.addJob("job_1");
  store.bring("job_1", "running");
  assert.equal(other.jobs.finish("job_1", "cancelled", NO_RESULT, 5), true);
  assert.equal(store.jobs.finish("job_1", "completed", { ...NO_RESULT, content: "x" }, 6), false);
  const { status, result, finishedAt } = store.jobs.find("job_1")!;
  assert.deepEqual([status, result?.content, finishedAt], ["cancelled", undefined, 5]);
});

Deno.test("a job is found by its principal only", () => {
  using store = testStore();
  store.addJob("job_1", { principal: "ann" });
  assert.equal(store.jobs.find("job_1", "ann")?.id, "job_1");
  assert.equal(store.jobs.find("job_1", "bob"), undefined);
  assert.equal(store.jobs.find("job_1", ""), undefined);
  assert.equal(store.jobs.find("job_x"), undefined);
});

Deno.test("unfinished jobs are listed oldest first, of one owner or of all", () => {
  using store = testStore();
  store.addJob("job_2", { owner: "own_b" });
  store.addJob("job_1");
  store.addJob("job_3");
  store.bring("job_3", "cancelled");
  const ids = (owner?: string) => store.jobs.unfinished(owner).map(({ id }) => id);
  assert.deepEqual(ids(), ["job_1", "job_2"]);
  assert.deepEqual(ids("own_b"), ["job_2"]);
  assert.deepEqual(ids("own_c"), []);
});

Deno.test("jobs of owners that are not registered are found as long as they are unfinished", () => {
  using store = testStore();
  store.owners.register({ id: "own_a", pid: 1, startTime: undefined, leaseUntil: 1 });
  store.addJob("job_1", { owner: "own_a" });
  store.addJob("job_2", { owner: "own_b" });
  store.addJob("job_3", { owner: "own_b" });
  store.addJob("job_4", { owner: "own_c" });
  store.bring("job_4", "cancelled");
  assert.deepEqual(store.jobs.abandoned(), ["own_b"]);
});

Deno.test("a request to cancel is seen by the owner until the job has ended", () => {
  using store = testStore();
  store.addJob("job_1");
  store.addJob("job_2", { sessionId: "ses_2" });
  store.bring("job_2", "cancelled");
  for (const id of ["job_1", "job_2", "job_x"]) store.jobs.requestCancel(id);
  assert.deepEqual(store.jobs.cancelRequests("own_1"), ["job_1"]);
  assert.deepEqual(store.jobs.cancelRequests("own_2"), []);
  assert.equal(store.jobs.find("job_2")?.cancelRequested, false);
  store.bring("job_1", "completed");
  assert.deepEqual(store.jobs.cancelRequests("own_1"), []);
});

Deno.test("the jobs of a session are listed oldest first, and the newest is found", () => {
  using store = testStore();
  for (const id of ["job_2", "job_1", "job_3"]) store.addJob(id);
  store.addJob("job_4", { sessionId: "ses_2" });
  assert.deepEqual(store.jobs.bySession("ses_1").map(({ id }) => id), ["job_1", "job_2", "job_3"]);
  assert.equal(store.jobs.newest("ses_1")?.id, "job_3");
  assert.equal(store.jobs.newest("ses_x"), undefined);
});

Deno.test("polls are counted, and a process is remembered with its start time", () => {
  using store = testStore();
  store.addJob("job_1");
  assert.deepEqual([store.jobs.countPoll("job_1"), store.jobs.countPoll("job_1")], [1, 2]);
  store.jobs.setProcess("job_1", 42, "boot:7");
  const { pid, processStartTime, pollCount } = store.jobs.find("job_1")!;
  assert.deepEqual([pid, processStartTime, pollCount], [42, "boot:7", 2]);
  store.jobs.setProcess("job_1", 43, undefined);
  assert.equal(store.jobs.find("job_1")?.processStartTime, undefined);
});

Deno.test("with a job ends what its CLI has called, and what that has called", () => {
  for (const status of FINAL) {
    using store = testStore();
    const called = (id: string, parentId?: string) =>
      store.addJob(id, { sessionId: `ses_${id}`, parentId });
    called("job_1");
    called("job_2", "job_1");
    called("job_3", "job_1");
    called("job_4", "job_3");
    called("job_5");
    for (const id of ["job_1", "job_3"]) store.bring(id, "running");
    assert.equal(store.jobs.countCalledBy("job_1"), 2);

    store.jobs.finish("job_1", status, NO_RESULT, 9);
    const states = [1, 2, 3, 4, 5].map((n) => store.jobs.find(`job_${n}`)!);
    const end = status === "cancelled" ? "cancelled" : "interrupted";
    assert.deepEqual(
      states.map((job) => job.status),
      [status, end, "running", "queued", "queued"],
    );
    assert.equal(states[1]?.result?.error?.code, end);
    assert.match(states[1]?.result?.error?.message ?? "", /has ended as \w+ \(job_1\)/);
    // Its own server ends it, and with it what it has called.
    assert.deepEqual(store.jobs.cancelRequests("own_1"), ["job_3"]);
    store.jobs.finish("job_3", "interrupted", NO_RESULT, 10);
    assert.equal(store.jobs.find("job_4")?.status, "interrupted");
    assert.equal(store.jobs.countCalledBy("job_3"), 0);
  }
});
