import assert from "node:assert/strict";
import fc from "fast-check";
import { holders, type RunningJob } from "./places.ts";
import { NO_RESULT, type TestStore, testStore } from "./testing.ts";

const DEPTH = 2;

/** A job that calls others while it runs, and waits for them. */
interface Tree {
  cli: "codex" | "claude";
  called: Tree[];
}

const cli = fc.constantFrom("codex" as const, "claude" as const);
const callers = (called: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc.record({ cli, called: fc.array(called, { maxLength: 2 }) });
/** As deep as DEPTH. */
const tree = callers(callers(fc.record({ cli, called: fc.constant([]) })));

/** What runs, with the jobs that led to it. */
function running(store: TestStore): RunningJob[] {
  return store.jobs.unfinished().filter(({ status }) => status === "running").map((job) => {
    const ancestors: string[] = [];
    for (let id = job.parentId; id !== undefined; id = store.jobs.find(id)?.parentId) {
      ancestors.push(id);
    }
    return { id: job.id, cli: job.cli, ancestors };
  });
}

/**
 * Every job calls its own one after the other or all at once, waits until they have ended, and then
 * ends itself.
 */
Deno.test("jobs that wait for what they have called never wait for one another", () => {
  const limits = { limit: fc.integer({ min: 1, max: 3 }), cli: fc.integer({ min: 1, max: 2 }) };
  fc.assert(
    fc.property(
      fc.array(tree, { minLength: 1, maxLength: 4 }),
      fc.record(limits),
      fc.boolean(),
      fc.infiniteStream(fc.nat({ max: 9 })),
      (trees, { limit, cli: cliLimit }, atOnce, random) => {
        using store = testStore();
        const left = new Map<string, Tree[]>();
        let count = 100;
        const add = ({ cli, called }: Tree, parentId?: string) => {
          const id = `job_${count++}`;
          store.addJob(id, { sessionId: `ses_${id}`, cli, limit, cliLimit, parentId });
          left.set(id, [...called]);
        };
        for (const each of trees) add(each);
        for (;;) {
          while (store.queue.claimNext("own_1", 1)) {
            const now = running(store);
            assert.ok(holders(now).length <= limit, "no more hold a place than may");
            assert.ok(now.length <= limit * (DEPTH + 1));
          }
          const now = running(store);
          const able = now.filter(({ id }) => store.jobs.countCalledBy(id) === 0);
          if (now.length === 0) break;
          assert.ok(able.length > 0, "somebody can go on");
          const { id } = able[random.next().value! % able.length]!;
          const called = left.get(id)!;
          if (called.length === 0) store.jobs.finish(id, "completed", NO_RESULT, 2);
          else for (const each of called.splice(0, atOnce ? called.length : 1)) add(each, id);
        }
        assert.equal(store.jobs.count("queued"), 0, "everything has run");
        assert.ok([...left.keys()].every((id) => store.jobs.find(id)?.status === "completed"));
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("with one place, a job that calls another one gets its answer", () => {
  using store = testStore();
  const add = (id: string, parentId?: string) =>
    store.addJob(id, { sessionId: `ses_${id}`, limit: 1, cliLimit: 1, parentId });
  add("job_1");
  add("job_2");
  assert.equal(store.queue.claimNext("own_1", 1)?.id, "job_1");
  add("job_3", "job_1");
  add("job_4", "job_1");
  assert.equal(store.queue.claimNext("own_1", 1)?.id, "job_3");
  assert.equal(store.queue.claimNext("own_1", 1), undefined, "its place is lent once");
  store.jobs.finish("job_3", "completed", NO_RESULT, 2);
  assert.equal(store.queue.claimNext("own_1", 1)?.id, "job_4");
  store.jobs.finish("job_4", "completed", NO_RESULT, 2);
  assert.equal(store.queue.claimNext("own_1", 1), undefined, "it has its place again");
  store.jobs.finish("job_1", "completed", NO_RESULT, 2);
  assert.equal(store.queue.claimNext("own_1", 1)?.id, "job_2");
});

Deno.test("two CLIs whose jobs call each other at their limits do not wait for ever", () => {
  using store = testStore();
  const add = (id: string, cli: string, parentId?: string) =>
    store.addJob(id, { sessionId: `ses_${id}`, cli, limit: 9, cliLimit: 1, parentId });
  add("job_1", "codex");
  add("job_2", "claude");
  add("job_3", "codex");
  const claim = () => store.queue.claimNext("own_1", 1)?.id;
  assert.deepEqual([claim(), claim(), claim()], ["job_1", "job_2", undefined]);
  add("job_4", "claude", "job_1");
  assert.equal(claim(), undefined, "job_2 will end");
  add("job_5", "codex", "job_2");
  assert.deepEqual([claim(), claim()], ["job_4", undefined]);
});

Deno.test("a CLI's limit holds for a job that moves to it, unless that is lent a place", () => {
  using store = testStore();
  const add = (id: string, cli: string, parentId?: string) =>
    store.addJob(id, { sessionId: `ses_${id}`, cli, parentId });
  add("job_1", "codex");
  add("job_2", "claude");
  add("job_3", "claude", "job_1");
  for (const id of ["job_1", "job_2", "job_3"]) store.bring(id, "running");
  const move = (id: string, cliLimit?: number) =>
    store.queue.mayMove(id, { cli: "codex", cliLimit });
  assert.deepEqual([move("job_2", 1), move("job_2", 2), move("job_2")], [false, true, true]);
  assert.equal(move("job_3", 1), true, "job_1 waits for it");
});
