import assert from "node:assert/strict";
import fc from "fast-check";
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
      readOnly: true,
      prompt: "quote ' and 😀\n",
      preamble: "You review.",
    },
    5,
  );
  assert.deepEqual(store.jobs.find("job_1"), {
    id: "job_1",
    sessionId: "ses_1",
    principal: "local",
    owner: "own_1",
    status: "queued",
    cli: "codex",
    role: "default",
    style: "json",
    model: "m",
    effort: "high",
    readOnly: true,
    prompt: "quote ' and 😀\n",
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

Deno.test("only a queued job is claimed", () => {
  for (const status of JOB_STATUSES) {
    using store = testStore();
    store.addJob("job_1");
    store.bring("job_1", status);
    assert.equal(store.jobs.claim("job_1", 10, 7), status === "queued" ? "claimed" : "gone");
    if (status === "queued") assert.equal(store.jobs.find("job_1")?.startedAt, 7);
    else assert.equal(store.jobs.find("job_1")?.status, status);
  }
  using store = testStore();
  assert.equal(store.jobs.claim("job_unknown", 10, 7), "gone");
});

Deno.test("whatever servers do, a job starts once, ends once, and never more than the limit run", () => {
  const step = fc.record({
    server: fc.nat({ max: 1 }),
    job: fc.constantFrom("job_1", "job_2", "job_3", "job_4"),
    // undefined: a claim
    end: fc.constantFrom(undefined, undefined, ...FINAL),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      (steps, limit) => {
        using store = testStore();
        const servers = [store, store.openAgain()];
        for (const id of [1, 2, 3, 4]) {
          store.addJob(`job_${id}`, { sessionId: id < 3 ? "ses_a" : `ses_${id}` });
        }
        const ended = new Map<string, FinalStatus>();
        const started = new Set<string>();
        for (const { server, job, end } of steps) {
          const { jobs } = servers[server]!;
          if (end === undefined) {
            if (jobs.claim(job, limit, 1) !== "claimed") continue;
            assert.ok(!started.has(job) && !ended.has(job));
            assert.ok(job !== "job_2" || ended.has("job_1"), "one at a time a session, in order");
            started.add(job);
          } else if (jobs.finish(job, end, NO_RESULT, 2)) {
            assert.ok(!ended.has(job));
            assert.ok(started.has(job) || (end !== "completed" && end !== "failed"));
            ended.set(job, end);
          }
          assert.ok(jobs.count("running") <= limit);
        }
        for (const [job, status] of ended) assert.equal(store.jobs.find(job)?.status, status);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("a claim is refused while the limit is reached or the session has an older unfinished job", () => {
  using store = testStore();
  store.addJob("job_1");
  store.addJob("job_2");
  store.addJob("job_3", { sessionId: "ses_2" });
  assert.equal(store.jobs.claim("job_2", 9, 1), "session_busy");
  assert.equal(store.jobs.claim("job_1", 9, 1), "claimed");
  assert.equal(store.jobs.claim("job_2", 9, 1), "session_busy");
  assert.equal(store.jobs.claim("job_3", 1, 1), "full");
  assert.equal(store.jobs.claim("job_3", 2, 1), "claimed");
  store.jobs.finish("job_1", "failed", NO_RESULT, 2);
  assert.equal(store.jobs.claim("job_2", 2, 1), "claimed");
});

Deno.test("servers in processes of their own that claim at once never pass the limit", async () => {
  using store = testStore();
  const ids = Array.from({ length: 60 }, (_, index) => `job_${String(index).padStart(2, "0")}`);
  for (const id of ids) store.addJob(id, { sessionId: `ses_${id}` });
  const program = `
    import { openStore } from "${new URL("./store.ts", import.meta.url)}";
    const store = openStore(Deno.args[0]);
    let claimed = 0;
    for (const id of ${JSON.stringify(ids)}) {
      if (store.jobs.claim(id, 30, 1) === "claimed") claimed++;
    }
    console.log(claimed);
    store.close();
  `;
  const script = `${store.folder}/claim.ts`;
  Deno.writeTextFileSync(script, program);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const outputs = await Promise.all([1, 2, 3].map(() =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", `--config=${config}`, script, store.path],
    }).output()
  ));
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const claimed = outputs.map(({ stdout, stderr }) => {
    assert.equal(decode(stderr), "");
    return Number(decode(stdout));
  });
  assert.equal(claimed.reduce((sum, count) => sum + count, 0), 30);
  assert.equal(store.jobs.count("running"), 30);
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

Deno.test("the place in the queue counts the queued jobs up to this one", () => {
  using store = testStore();
  for (const id of ["job_1", "job_2", "job_3"]) store.addJob(id, { sessionId: `ses_${id}` });
  assert.deepEqual([1, 2, 3].map((n) => store.jobs.queuePosition(`job_${n}`)), [1, 2, 3]);
  store.bring("job_1", "running");
  store.bring("job_2", "cancelled");
  assert.equal(store.jobs.queuePosition("job_3"), 1);
  assert.equal(store.jobs.count("queued"), 1);
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
