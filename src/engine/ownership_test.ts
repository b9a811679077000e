import assert from "node:assert/strict";
import { createRedactor } from "../lib/redact.ts";
import { testClock } from "../lib/testing_clock.ts";
import { testLog } from "../lib/testing_log.ts";
import { startTimeOf } from "../process/start_time.ts";
import { chooseSignals } from "../process/signals.ts";
import { testLauncher } from "../process/testing.ts";
import type { Store } from "../store/store.ts";
import { testStore } from "../store/testing.ts";
import { takeOwnership } from "./ownership.ts";

const linux = Deno.build.os === "linux";

/** A server's place in a store, given up at the end of its scope. */
function server(between: (store: Store) => Store = (store) => store) {
  const store = testStore();
  const clock = testClock();
  const errors: unknown[] = [];
  const log = testLog();
  const ended: string[] = [];
  const ownership = takeOwnership({
    store: between(store),
    clock,
    ids: { job: () => "", session: () => "", owner: () => "own_me" },
    signals: chooseSignals(),
    killGraceMs: 1000,
    redact: createRedactor({ MY_TOKEN: "correct horse" }),
    log,
    onEnd: ({ job }) => ended.push(job.id),
    onError: (error) => errors.push(error),
  });
  return {
    store,
    clock,
    errors,
    logged: log.entries,
    ended,
    ownership,
    status: (job: string) => store.jobs.find(job)?.status,
    owners: () => store.owners.all().map(({ id }) => id).sort(),
    async [Symbol.asyncDispose]() {
      ownership.resign();
      await clock.advance(0);
      assert.equal(clock.waiting, 0, "no timer is left");
      store[Symbol.dispose]();
    },
  };
}

/** A pid that is not that process any more, where the system can tell; else a lease that runs out. */
const GONE = { pid: Deno.pid, startTime: linux ? "00000000:1" : undefined, leaseUntil: 0 };

Deno.test("a server registers, renews its lease, and leaves", async () => {
  await using at = server();
  const lease = () => at.store.owners.all()[0]!.leaseUntil;
  assert.deepEqual(at.owners(), ["own_me"]);
  const first = lease();
  await at.clock.advance(60_000);
  assert.equal(lease(), first + 60_000);
  at.ownership.resign();
  assert.deepEqual(at.owners(), []);
});

Deno.test({
  name: "the jobs of a server that is gone are interrupted, and those of others are left alone",
  ignore: !linux,
  async fn() {
    await using at = server();
    const alive = { pid: Deno.pid, startTime: startTimeOf(Deno.pid), leaseUntil: 0 };
    at.store.owners.register({ id: "own_gone", ...GONE });
    at.store.owners.register({ id: "own_alive", ...alive });
    for (const [job, owner] of [["gone", "own_gone"], ["alive", "own_alive"], ["me", "own_me"]]) {
      at.store.addJob(`job_${job}`, { owner: owner!, sessionId: `ses_${job}` });
      at.store.bring(`job_${job}`, "running");
    }
    at.store.addJob("job_queued", { owner: "own_gone", sessionId: "ses_queued" });
    Deno.writeTextFileSync(at.store.files("job_gone").stdout, "x".repeat(100_000) + "the end\n");

    await at.ownership.recover();
    const states = ["gone", "queued", "alive", "me"].map((job) => at.status(`job_${job}`));
    assert.deepEqual(states, ["interrupted", "interrupted", "running", "running"]);
    assert.deepEqual(at.owners(), ["own_alive", "own_me"]);
    const { result } = at.store.jobs.find("job_gone")!;
    assert.match(result!.partial_output!, /^\[…\] x+the end$/);
    assert.equal(result!.error!.code, "interrupted");
    assert.match(result!.error!.message, /is gone$/);
    assert.deepEqual(result!.attempts.map(({ cli, code }) => [cli, code]), [[
      "codex",
      "interrupted",
    ]]);
    const queued = at.store.jobs.find("job_queued")!.result!;
    assert.match(queued.error!.message, /is gone \(it was still queued\)$/);
    assert.deepEqual([queued.attempts, queued.partial_output], [[], undefined]);
    await at.clock.advance(60_000);
    assert.equal(at.status("job_alive"), "running");
  },
});

Deno.test("what a gone server's job had printed is kept without secrets, and the log tells of it", async () => {
  await using at = server();
  at.store.addJob("job_1", { owner: "own_unknown" });
  at.store.bring("job_1", "running");
  Deno.writeTextFileSync(at.store.files("job_1").stdout, "trying correct horse\n");
  await at.ownership.recover();
  const { result } = at.store.jobs.find("job_1")!;
  assert.equal(result!.partial_output, "trying [redacted]");
  assert.deepEqual(at.logged, [{
    level: "warn",
    message: "A server is gone",
    facts: { owner: "own_unknown", interrupted: ["job_1"] },
  }]);
});

Deno.test("the end of a huge output is found without reading it all", async () => {
  await using at = server();
  at.store.addJob("job_1", { owner: "own_unknown" });
  at.store.bring("job_1", "running");
  const path = at.store.files("job_1").stdout;
  // A sparse file: reading all of it would take minutes.
  Deno.writeTextFileSync(path, "");
  Deno.truncateSync(path, 50 * 1024 ** 3);
  Deno.writeTextFileSync(path, "the end", { append: true });
  await at.ownership.recover();
  assert.match(at.store.jobs.find("job_1")!.result!.partial_output!, /the end$/);
});

Deno.test({
  name: "a process that a gone server left is ended, and one that only has its pid is not",
  ignore: !linux,
  async fn() {
    await using launcher = testLauncher();
    await using at = server();
    const orphan = launcher.start("echo up; exec sleep 600");
    const other = launcher.start("echo up; exec sleep 600");
    await Promise.all([orphan.prints(/up/), other.prints(/up/)]);
    at.store.owners.register({ id: "own_gone", ...GONE });
    for (
      const [job, process, startTime] of [
        ["job_1", orphan, orphan.startTime],
        ["job_2", other, "00000000:1"],
      ] as const
    ) {
      at.store.addJob(job, { owner: "own_gone", sessionId: `ses_${job}` });
      at.store.bring(job, "running");
      at.store.jobs.setProcess(job, process.pid, startTime);
    }
    const recovering = at.ownership.recover();
    // Long enough to stop it and ask it to end, too short for the grace to run out.
    await at.clock.advance(10);
    assert.equal((await orphan.ended).signal, "SIGTERM");
    while (at.status("job_1") === "running") await at.clock.advance(20);
    await recovering;
    assert.notEqual(startTimeOf(other.pid), undefined);
    assert.deepEqual([at.status("job_1"), at.status("job_2")], ["interrupted", "interrupted"]);
  },
});

Deno.test("where start times are not told a lease decides, by the time that passed here", async () => {
  await using at = server();
  const silent = { id: "own_silent", pid: 1, startTime: undefined, leaseUntil: 5 };
  const lively = { ...silent, id: "own_lively" };
  for (const owner of [silent, lively]) {
    at.store.owners.register(owner);
    at.store.addJob(`job_${owner.id}`, { owner: owner.id, sessionId: `ses_${owner.id}` });
  }
  // Its lease ran out long ago, as after a suspend; it gets the time to renew it.
  for (let n = 0; n < 6; n++) {
    await at.clock.advance(5_000);
    at.store.owners.register({ ...lively, leaseUntil: 10 + n });
    assert.equal(at.status("job_own_silent"), "queued");
  }
  await at.clock.advance(10_000);
  assert.equal(at.status("job_own_silent"), "interrupted");
  assert.equal(at.status("job_own_lively"), "queued");
  assert.deepEqual(at.owners(), ["own_lively", "own_me"]);
});

Deno.test("a server that another one took for gone is registered again", async () => {
  await using at = server();
  at.store.owners.remove("own_me");
  await at.clock.advance(5_000);
  assert.deepEqual(at.owners(), ["own_me"]);
});

Deno.test("jobs of an owner that is not registered any more are interrupted, too", async () => {
  await using at = server();
  at.store.addJob("job_1", { owner: "own_lost" });
  at.store.addJob("job_2", { owner: "own_me", sessionId: "ses_2" });
  await at.ownership.recover();
  assert.deepEqual([at.status("job_1"), at.status("job_2")], ["interrupted", "queued"]);
});

Deno.test("a job that two servers find abandoned counts once", async () => {
  await using at = server();
  at.store.addJob("job_1", { owner: "own_lost" });
  at.store.bring("job_1", "running");
  await Promise.all([at.ownership.recover(), at.ownership.recover()]);
  const [total] = at.store.metrics.totals();
  assert.deepEqual([total?.requests, total?.timed], [1, 0]);
  assert.deepEqual(at.store.metrics.errors().map(({ code, count }) => [code, count]), [
    ["interrupted", 1],
  ]);
  assert.deepEqual(at.ended, ["job_1"], "and is told once");
});

Deno.test("a renewal that fails is told, and tried again", async () => {
  let fail = false;
  await using at = server((store) => ({
    ...store,
    owners: {
      ...store.owners,
      register(owner) {
        if (fail) throw new Error("database is locked");
        store.owners.register(owner);
      },
    },
  }));
  const lease = () => at.store.owners.all()[0]!.leaseUntil;
  const first = lease();
  fail = true;
  await at.clock.advance(10_000);
  assert.equal(at.errors.length, 2);
  fail = false;
  await at.clock.advance(5_000);
  assert.equal(lease(), first + 15_000);
});
