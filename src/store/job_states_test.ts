import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { type FinalStatus, isFinal, JOB_STATUSES, type JobStatus } from "./job.ts";
import type { Store } from "./store.ts";
import { addJobTo, type TestStore, testStore } from "./testing.ts";

const FINAL = JOB_STATUSES.filter(isFinal);
const OWNERS = ["own_1", "own_2", "own_3"];
/** How many jobs may run at once. */
const LIMIT = 3;

/** Whether a job may ever take this step. */
function isAllowed(from: JobStatus, to: JobStatus): boolean {
  if (from === "queued") return to === "running" || (isFinal(to) && !ONLY_RUNNING.includes(to));
  return from === "running" && isFinal(to);
}

const ONLY_RUNNING: readonly JobStatus[] = ["completed", "failed"];

/** What must be true of a job. */
interface ModelJob {
  id: string;
  session: string;
  owner: string;
  status: JobStatus;
  /** What its end says; the first one stands. */
  content?: string;
  cancelRequested: boolean;
  polls: number;
}

/** What must be true of everything. */
interface Model {
  /** In the order in which they were recorded. */
  jobs: ModelJob[];
  dead: Set<string>;
  /** Jobs whose ends were counted, also of those that were deleted. */
  ended: number;
  added: number;
}

/** Three servers on one database, and somebody who writes what he likes. */
interface Real {
  store: TestStore;
  servers: Store[];
  raw: DatabaseSync;
}

type Command = fc.Command<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run(model, real) {
      run(model, real);
      assertSame(model, real);
    },
    toString: () => name,
  };
}

/** Every server sees what the model says, and nothing else. */
function assertSame({ jobs, ended }: Model, { servers }: Real): void {
  for (const { jobs: table, metrics } of servers) {
    for (const { id, status, content, cancelRequested, polls } of jobs) {
      const job = table.find(id)!;
      assert.deepEqual(
        [job.status, job.result?.content, job.cancelRequested, job.pollCount],
        [status, content, cancelRequested, polls],
        id,
      );
      assert.equal(job.finishedAt !== undefined, isFinal(status));
    }
    const unfinished = jobs.filter(({ status }) => !isFinal(status));
    assert.deepEqual(table.unfinished().map(({ id }) => id), unfinished.map(({ id }) => id));
    assert.equal(metrics.totals().reduce((sum, { requests }) => sum + requests, 0), ended);
  }
}

const nth = (model: Model, n: number) => model.jobs[n % Math.max(1, model.jobs.length)];

const commands = [
  fc.tuple(fc.nat(2), fc.nat(2)).map(([owner, session]) =>
    command(`add(${owner}, ${session})`, (model, { servers }) => {
      const id = `job_${String(++model.added).padStart(3, "0")}`;
      const job = { id, session: `ses_${session}`, owner: OWNERS[owner]! };
      const given = { sessionId: job.session, owner: job.owner, limit: LIMIT };
      addJobTo(servers[owner]!, id, given);
      model.jobs.push({ ...job, status: "queued", cancelRequested: false, polls: 0 });
    })
  ),
  fc.nat(2).map((server) =>
    command(`claim(${server})`, (model, { servers }) => {
      const first = (session: string) =>
        model.jobs.find((job) => job.session === session && !isFinal(job.status));
      const able = model.jobs.filter((job) =>
        job.status === "queued" && first(job.session) === job &&
        (!model.dead.has(job.owner) || job.owner === OWNERS[server])
      );
      const running = model.jobs.filter(({ status }) => status === "running").length;
      const started = servers[server]!.queue.claimNext(OWNERS[server]!, 1);
      assert.equal(started !== undefined, able.length > 0 && running < LIMIT);
      if (!started) return;
      const job = able.find(({ id }) => id === started.id);
      assert.ok(job, `${started.id} had no turn`);
      assert.equal(started.owner, job.owner);
      job.status = "running";
    })
  ),
  fc.tuple(fc.nat(2), fc.nat(20), fc.constantFrom(...FINAL), fc.string()).map(
    ([server, n, status, content]) =>
      command(`finish(${server}, ${n}, ${status})`, (model, { servers }) => {
        const job = nth(model, n);
        const result = { attempts: [], warnings: [], content };
        const done = servers[server]!.jobs.finish(job?.id ?? "job_x", status, result, 2);
        assert.equal(done, job !== undefined && isAllowed(job.status, status));
        if (done) end(model, job!, status, content);
      }),
  ),
  fc.tuple(fc.nat(2), fc.nat(20)).map(([server, n]) =>
    command(`requestCancel(${server}, ${n})`, (model, { servers }) => {
      const job = nth(model, n);
      const { jobs } = servers[server]!;
      jobs.requestCancel(job?.id ?? "job_x");
      if (!job) return;
      if (!isFinal(job.status)) job.cancelRequested = true;
      assert.equal(
        jobs.cancelRequests(job.owner).includes(job.id),
        !isFinal(job.status) && job.cancelRequested,
      );
    })
  ),
  fc.tuple(fc.nat(2), fc.nat(20)).map(([server, n]) =>
    command(`poll(${server}, ${n})`, (model, { servers }) => {
      const job = nth(model, n);
      if (job) assert.equal(servers[server]!.jobs.countPoll(job.id), ++job.polls);
    })
  ),
  fc.tuple(fc.nat(20), fc.constantFrom(...JOB_STATUSES)).map(([n, to]) =>
    command(`write(${n}, ${to})`, (model, { raw }) => {
      const job = nth(model, n);
      // Steps that are allowed are taken by the commands above, with all that belongs to them.
      if (!job || job.status === to || isAllowed(job.status, to)) return;
      const write = () =>
        raw.prepare("UPDATE jobs SET status = ?, result = NULL WHERE id = ?").run(to, job.id);
      assert.throws(write, /A job does not take this step|The end of a job stands/);
    })
  ),
  fc.nat(2).map((server) =>
    command(`dieAndRecover(${server})`, (model, { servers }) => {
      const owner = OWNERS[server]!;
      const other = servers[(server + 1) % servers.length]!;
      other.owners.remove(owner);
      model.dead.add(owner);
      for (const left of other.jobs.unfinished(owner)) {
        const result = { attempts: [], warnings: [], content: "gone" };
        assert.equal(other.jobs.finish(left.id, "interrupted", result, 3), true);
        end(model, model.jobs.find(({ id }) => id === left.id)!, "interrupted", "gone");
      }
    })
  ),
  fc.nat(2).map((server) =>
    command(`live(${server})`, (model, { servers }) => {
      register(servers[server]!, OWNERS[server]!);
      model.dead.delete(OWNERS[server]!);
    })
  ),
  fc.tuple(fc.nat(2), fc.nat(2)).map(([server, session]) =>
    command(`removeUnused(${server}, ${session})`, (model, { servers }) => {
      const id = `ses_${session}`;
      const own = model.jobs.filter((job) => job.session === id);
      const [gone] = servers[server]!.removeUnused([id], Infinity);
      if (own.some(({ status }) => !isFinal(status))) return assert.equal(gone, undefined);
      model.jobs = model.jobs.filter((job) => job.session !== id);
      if (own.length > 0) assert.deepEqual(gone, [id, ...own.map((job) => job.id)]);
    })
  ),
];

function end(model: Model, job: ModelJob, status: FinalStatus, content: string): void {
  job.status = status;
  job.content = content;
  model.ended++;
}

function register({ owners }: Store, id: string): void {
  owners.register({ id, pid: 1, startTime: undefined, leaseUntil: 1000 });
}

Deno.test("whatever servers do to jobs, their states are those of the model, for all who look", () => {
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 60 }), (given) => {
      using store = testStore();
      const servers = [store, store.openAgain(), store.openAgain()];
      const raw = new DatabaseSync(store.path);
      try {
        servers.forEach((server, n) => register(server, OWNERS[n]!));
        fc.modelRun(() => ({
          model: { jobs: [], dead: new Set<string>(), ended: 0, added: 0 },
          real: { store, servers, raw },
        }), given);
      } finally {
        raw.close();
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("no statement takes a job a step that is not allowed, or touches its end", () => {
  for (const from of JOB_STATUSES) {
    using store = testStore();
    const raw = new DatabaseSync(store.path);
    store.addJob("job_1");
    store.bring("job_1", from);
    const before = store.jobs.find("job_1");
    const refused = (sql: string) => {
      assert.throws(() => raw.exec(sql), /A job |The end of a job stands/, `${from}: ${sql}`);
      assert.deepEqual(store.jobs.find("job_1"), before);
    };
    for (const to of JOB_STATUSES) {
      const step = `UPDATE jobs SET status = '${to}' WHERE id = 'job_1'`;
      if (from !== to && !isAllowed(from, to)) refused(step);
    }
    if (isFinal(from)) {
      refused("UPDATE jobs SET result = '{}'");
      refused("UPDATE jobs SET finished_at = 99");
    }
    refused("UPDATE jobs SET id = 'job_2'");
    refused("INSERT OR REPLACE INTO jobs SELECT * FROM jobs");
    refused(
      "INSERT OR REPLACE INTO jobs (id, session_id, principal, owner, status, cli, role, " +
        "read_only, prompt, created_at) VALUES ('job_1', 'ses_1', 'local', 'o', 'queued', 'c', 'r', " +
        "0, 'p', 1)",
    );
    raw.close();
  }
});

Deno.test("a job begins as queued, whoever records it", () => {
  using store = testStore();
  store.addJob("job_1");
  const raw = new DatabaseSync(store.path);
  for (const status of JOB_STATUSES) {
    const insert = () =>
      raw.exec(`INSERT INTO jobs (id, session_id, principal, owner, status, cli, role, read_only,
        prompt, created_at) VALUES ('job_${status}', 'ses_1', 'local', 'o', '${status}', 'c', 'r',
        0, 'p', 1)`);
    if (status === "queued") insert();
    else assert.throws(insert, /A job begins as queued/);
  }
  raw.close();
});
