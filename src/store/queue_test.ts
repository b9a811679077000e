import assert from "node:assert/strict";
import fc from "fast-check";
import { type FinalStatus, isFinal, JOB_STATUSES } from "./job.ts";
import type { NewJob } from "./jobs.ts";
import { NO_RESULT, type TestStore, testStore } from "./testing.ts";

const FINAL = JOB_STATUSES.filter(isFinal);

/** A queued job in a session of its own. */
function add(store: TestStore, id: string, given: Partial<NewJob> = {}): void {
  store.addJob(id, { sessionId: `ses_${id}`, ...given });
}

/** Starts the next job, for a server whose lease is no matter. */
function next(store: TestStore, self = "own_1", now = 1): string | undefined {
  return store.queue.claimNext(self, now)?.id;
}

/** Starts and ends one job after the other, until none is left. */
function runAll(store: TestStore, self = "own_1"): string[] {
  const order: string[] = [];
  for (let id = next(store, self); id !== undefined; id = next(store, self)) {
    order.push(id);
    store.jobs.finish(id, "completed", NO_RESULT, 2);
  }
  return order;
}

function lease(store: TestStore, owner: string, leaseUntil = 100): void {
  store.owners.register({ id: owner, pid: 1, startTime: undefined, leaseUntil });
}

Deno.test("jobs start in their order, no more at once than the limit, and only once", () => {
  using store = testStore();
  for (const id of ["job_1", "job_2", "job_3"]) add(store, id, { limit: 2 });
  assert.deepEqual(store.queue.claimNext("own_1", 7), { id: "job_1", owner: "own_1" });
  assert.equal(store.jobs.find("job_1")?.startedAt, 7);
  assert.deepEqual([next(store), next(store)], ["job_2", undefined]);
  store.jobs.finish("job_1", "completed", NO_RESULT, 2);
  assert.deepEqual([next(store), next(store)], ["job_3", undefined]);
});

Deno.test("a job with a lower limit waits and lets others pass", () => {
  using store = testStore();
  add(store, "job_1", { limit: 3 });
  add(store, "job_2", { limit: 1 });
  add(store, "job_3", { limit: 3 });
  assert.deepEqual([next(store), next(store), next(store)], ["job_1", "job_3", undefined]);
  store.jobs.finish("job_1", "completed", NO_RESULT, 2);
  assert.equal(next(store), undefined, "one still runs");
  store.jobs.finish("job_3", "completed", NO_RESULT, 2);
  assert.equal(next(store), "job_2");
});

Deno.test("a session has one job at a time, in order, and lets those of others pass", () => {
  using store = testStore();
  for (const id of ["job_1", "job_2", "job_3"]) add(store, id, { sessionId: "ses_a" });
  add(store, "job_4");
  assert.deepEqual([next(store), next(store), next(store)], ["job_1", "job_4", undefined]);
  store.jobs.finish("job_2", "cancelled", NO_RESULT, 2);
  assert.equal(next(store), undefined, "the first still runs");
  store.jobs.finish("job_1", "completed", NO_RESULT, 2);
  assert.equal(next(store), "job_3");
});

Deno.test("a CLI at its own limit lets the jobs of others pass", () => {
  using store = testStore();
  for (const id of ["job_1", "job_2"]) add(store, id, { cli: "codex", cliLimit: 1 });
  add(store, "job_3", { cli: "claude" });
  assert.deepEqual([next(store), next(store), next(store)], ["job_1", "job_3", undefined]);
  store.jobs.finish("job_1", "completed", NO_RESULT, 2);
  assert.equal(next(store), "job_2");
});

for (
  const [what, lanes] of Object.entries<[Partial<NewJob>, Partial<NewJob>]>({
    principal: [{ principal: "ann" }, { principal: "bob" }],
    server: [{ owner: "own_a" }, { owner: "own_b" }],
    folder: [{ cwd: "/a" }, { cwd: "/b" }],
  })
) {
  Deno.test(`a ${what} that floods the queue takes turns with another one`, () => {
    using store = testStore();
    for (const owner of ["own_1", "own_a", "own_b"]) lease(store, owner);
    for (let n = 100; n < 200; n++) add(store, `job_a${n}`, { limit: 1, ...lanes[0] });
    assert.equal(next(store), "job_a100");
    for (let n = 100; n < 105; n++) add(store, `job_b${n}`, { limit: 1, ...lanes[1] });
    store.jobs.finish("job_a100", "completed", NO_RESULT, 2);
    const order = runAll(store).map((id) => id[4]).join("");
    assert.equal(order, "ab".repeat(5) + "a".repeat(94));
  });
}

Deno.test("a session that floods the queue takes turns with another one", () => {
  using store = testStore();
  for (let n = 100; n < 150; n++) add(store, `job_a${n}`, { limit: 1, sessionId: "ses_a" });
  add(store, "job_b1", { limit: 1 });
  assert.deepEqual(runAll(store).slice(0, 3), ["job_a100", "job_b1", "job_a101"]);
});

Deno.test("many folders of one server count as one against another server", () => {
  using store = testStore();
  for (const owner of ["own_a", "own_b"]) lease(store, owner);
  for (let n = 100; n < 150; n++) {
    add(store, `job_a${n}`, { limit: 1, owner: "own_a", cwd: `/${n}` });
  }
  for (let n = 100; n < 103; n++) add(store, `job_b${n}`, { limit: 1, owner: "own_b" });
  assert.equal(runAll(store, "own_a").map((id) => id[4]).join("").slice(0, 7), "abababa");
});

Deno.test("who comes again and again does not push aside who waits", () => {
  using store = testStore();
  for (let n = 0; n < 9; n++) add(store, `job_a${n}`, { limit: 1, cwd: "/a" });
  const order: string[] = [];
  for (let n = 0; n < 6; n++) {
    if (n > 0) add(store, `job_b${n}`, { limit: 1, cwd: "/b" });
    const id = next(store)!;
    order.push(id);
    store.jobs.finish(id, "completed", NO_RESULT, 2);
  }
  assert.equal(order.map((id) => id[4]).join(""), "aababa");
});

Deno.test("a server that does not renew its lease keeps nobody waiting", () => {
  using store = testStore();
  lease(store, "own_gone", 10);
  lease(store, "own_1", 50);
  add(store, "job_1", { limit: 1, owner: "own_gone" });
  add(store, "job_2", { limit: 1 });
  assert.equal(next(store, "own_1", 20), "job_2");
  store.jobs.finish("job_2", "completed", NO_RESULT, 2);
  assert.equal(next(store, "own_1", 20), undefined);
  assert.equal(next(store, "own_gone", 20), "job_1", "unless it asks itself");
});

const lane = fc.record({
  principal: fc.constantFrom("ann", "bob"),
  owner: fc.constantFrom("own_1", "own_2"),
  cwd: fc.constantFrom("/a", "/b"),
});

Deno.test("the places that are told are the order in which jobs start", () => {
  const steps = fc.array(fc.oneof(lane, fc.constant("run" as const)), { maxLength: 25 });
  fc.assert(
    fc.property(steps, (steps) => {
      using store = testStore();
      for (const owner of ["own_1", "own_2"]) lease(store, owner);
      let count = 100;
      for (const step of steps) {
        if (step !== "run") add(store, `job_${count++}`, { limit: 1, ...step });
        else {
          const id = next(store);
          if (id !== undefined) store.jobs.finish(id, "completed", NO_RESULT, 2);
        }
      }
      const queued = store.jobs.unfinished().map(({ id }) => id);
      const told = [...store.queue.places(queued)].sort(([, one], [, other]) => one - other);
      assert.deepEqual(told.map(([, place]) => place), queued.map((_, at) => at + 1));
      assert.deepEqual(runAll(store), told.map(([id]) => id));
    }),
    { numRuns: 60 },
  );
});

Deno.test("a place counts the jobs of a busy session behind those that could start", () => {
  using store = testStore();
  const session = (id: string, sessionId: string) => store.addJob(id, { sessionId, limit: 1 });
  for (const id of ["job_1", "job_2", "job_3"]) session(id, "ses_a");
  for (const id of ["job_4", "job_5"]) session(id, "ses_b");
  assert.equal(next(store), "job_1");
  const places = store.queue.places(["job_1", "job_2", "job_3", "job_4", "job_5"]);
  assert.deepEqual(Object.fromEntries(places), { job_2: 2, job_3: 4, job_4: 1, job_5: 3 });
  store.jobs.finish("job_1", "completed", NO_RESULT, 2);
  assert.deepEqual(runAll(store), ["job_4", "job_2", "job_5", "job_3"]);
});

Deno.test("nobody waits for more than one start of each of the others", () => {
  const jobs = fc.array(lane, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(jobs, fc.nat(), (jobs, pick) => {
      using store = testStore();
      for (const owner of ["own_1", "own_2"]) lease(store, owner);
      jobs.forEach((given, n) => add(store, `job_${100 + n}`, { limit: 1, ...given }));
      for (let n = 0; n < pick % jobs.length; n++) {
        store.jobs.finish(next(store)!, "completed", NO_RESULT, 2);
      }
      add(store, "job_new", { limit: 1, principal: "new" });
      const order = runAll(store);
      assert.ok(order.indexOf("job_new") <= 2, "one of ann, one of bob");
    }),
    { numRuns: 40 },
  );
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
          const sessionId = id < 3 ? "ses_a" : `ses_${id}`;
          store.addJob(`job_${id}`, { sessionId, limit });
        }
        const ended = new Map<string, FinalStatus>();
        const started = new Set<string>();
        for (const { server, job, end } of steps) {
          const { jobs, queue } = servers[server]!;
          if (end === undefined) {
            const id = queue.claimNext("own_1", 1)?.id;
            if (id === undefined) continue;
            assert.ok(!started.has(id) && !ended.has(id));
            assert.ok(id !== "job_2" || ended.has("job_1"), "one at a time a session, in order");
            started.add(id);
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

Deno.test("servers in processes of their own that claim at once never pass the limit", async () => {
  using store = testStore();
  const ids = Array.from({ length: 60 }, (_, index) => `job_${String(index).padStart(2, "0")}`);
  for (const id of ids) add(store, id, { limit: 30 });
  const program = `
    import { openStore } from "${new URL("./store.ts", import.meta.url)}";
    const store = openStore(Deno.args[0]);
    let claimed = 0;
    while (store.queue.claimNext("own_1", 1)) claimed++;
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
