import assert from "node:assert/strict";
import type { Presence } from "../clis/discovery.ts";
import { testProfile } from "../clis/testing.ts";
import type { VersionAnswer } from "../clis/versions.ts";
import { configSchema } from "../config/schema.ts";
import { testClock } from "../lib/testing_clock.ts";
import { startTimeOf } from "../process/start_time.ts";
import type { ActiveJob } from "../store/jobs.ts";
import { testStore } from "../store/testing.ts";
import { describeHealth, type HealthParts } from "./health.ts";
import { type Health, healthShape } from "./health_shape.ts";

const PATH = { path: "/bin/x" };

/** What a test can vary. */
interface Given extends Partial<HealthParts> {
  /** CLIs by name, each with where it is. */
  clis?: Record<string, Presence>;
  /** What they tell of their versions; 1.0.0 by default. */
  told?: Record<string, Promise<VersionAnswer>>;
}

/** Describes a store in which nothing is, and the CLIs that are given. */
async function described({ clis = { codex: PATH }, told = {}, ...given }: Given = {}) {
  using store = testStore();
  const config = configSchema.parse({
    server: { db_path: store.path },
    roles: { default: { cli: "codex" } },
  });
  const clock = given.clock ?? testClock(10_000);
  const health = await describeHealth({
    version: "0.1.0",
    startedAt: 4_500,
    clock,
    config,
    profiles: new Map(
      Object.keys(clis).map((name) => [name, testProfile({ name, install: `get ${name}` })]),
    ),
    broken: new Map(),
    discovery: { find: ({ name }) => Promise.resolve(clis[name]!) },
    versions: { of: ({ name }) => told[name] ?? Promise.resolve({ version: "1.0.0" }) },
    store,
    log: { path: "/log", level: "info", state: "ok" },
    home: "/home/me",
    reach: "group",
    principal: "local",
    ...given,
  });
  // It is told as JSON, and has no field that its schema does not name.
  assert.deepEqual(healthShape.parse(JSON.parse(JSON.stringify(health))), health);
  return health;
}

function cliOf({ clis }: Health, name: string): Health["clis"][number] {
  return clis.find((cli) => cli.name === name)!;
}

Deno.test("where all is well there is nothing to warn of", async () => {
  const health = await described();
  assert.equal(health.status, "ok");
  assert.deepEqual(health.warnings, []);
  assert.deepEqual(
    [health.version, health.uptime_seconds, health.started_at, health.pid],
    ["0.1.0", 5.5, "1970-01-01T00:00:04.500Z", Deno.pid],
  );
  assert.deepEqual(health.clis, [{
    name: "codex",
    display_name: "codex",
    state: "ready",
    path: "/bin/x",
    version: "1.0.0",
    read_only: false,
    permissions: ["write"],
    executor: "pipe",
    circuit_breaker: { state: "closed", failures: 0 },
  }]);
  const { path: _, bytes, ...database } = health.database;
  assert.deepEqual(database, {
    state: "ok",
    journal_mode: "wal",
    schema_version: 3,
    writable: true,
  });
  assert.ok(bytes! > 4096);
});

Deno.test("a clock that was set back makes no negative uptime", async () => {
  assert.equal((await described({ startedAt: 99_000 })).uptime_seconds, 0);
});

Deno.test("the CLIs are told in the fixed order, each with its state and what to do", async () => {
  const health = await described({
    clis: {
      other: PATH,
      claude: { reason: "no permission", denied: true },
      gemini: { reason: '"gemini" is not there' },
      codex: PATH,
    },
    broken: new Map([["qwen", "/p/profile.yaml:3:1 Unknown key"]]),
  });
  assert.deepEqual(health.clis.map(({ name, state }) => [name, state]), [
    ["codex", "ready"],
    ["gemini", "not_installed"],
    ["claude", "no_permission"],
    ["qwen", "broken_profile"],
    ["other", "ready"],
  ]);
  const gemini = cliOf(health, "gemini");
  assert.deepEqual([gemini.problem, gemini.fix], [
    '"gemini" is not there',
    "Install it with: get gemini",
  ]);
  assert.equal(cliOf(health, "claude").fix, 'Add "prog" to --allow-run');
  assert.equal(health.status, "degraded");
  assert.deepEqual(health.warnings, [
    'The profile of "qwen" is broken: /p/profile.yaml:3:1 Unknown key. ' +
    "Mend the profile and start aimux again",
  ]);
});

Deno.test("without a CLI nothing can be run, and each says how to get it", async () => {
  const health = await described({ clis: { codex: { reason: "no" }, gemini: { reason: "no" } } });
  assert.equal(health.status, "unusable");
  assert.deepEqual(health.warnings, [
    "No AI CLI can be started. Make at least one ready; " +
    "codex: Install it with: get codex; gemini: Install it with: get gemini",
  ]);
});

Deno.test("the default role without its CLI is warned of, with who is the next for its prompts", async () => {
  const health = await described({ clis: { codex: { reason: "no" }, gemini: PATH } });
  assert.equal(health.status, "degraded");
  assert.deepEqual(health.warnings, [
    'codex, the CLI of role "default", is not ready; gemini is the next for its prompts. ' +
    'Install it with: get codex. Or set "roles.default.cli"',
  ]);
});

Deno.test("a program that tells no version is ready, but is warned of", async () => {
  const health = await described({
    told: { codex: Promise.resolve({ problem: '"x --version" printed nothing' }) },
  });
  const codex = cliOf(health, "codex");
  assert.deepEqual([codex.state, codex.version, codex.problem], [
    "ready",
    undefined,
    '"x --version" printed nothing',
  ]);
  assert.deepEqual(health.warnings, [
    'codex does not tell its version: "x --version" printed nothing. ' +
    "Run it by hand to see what is wrong with it",
  ]);
});

Deno.test("a version that takes long is waited for 5 s, and then told as still asked for", async () => {
  const clock = testClock();
  const told = { codex: new Promise<VersionAnswer>(() => {}) };
  const health = described({ clis: { codex: PATH, gemini: PATH }, told, clock });
  await clock.advance(4_999);
  assert.equal(clock.waiting, 1);
  await clock.advance(1);
  const { status, clis } = await health;
  assert.equal(status, "ok");
  assert.deepEqual(clis.map(({ version, problem }) => version ?? problem), [
    "Its version is still being asked for",
    "1.0.0",
  ]);
});

Deno.test("the caller's jobs are listed, those of others only counted", async () => {
  using store = testStore();
  for (const [id, principal] of [["job_1", "local"], ["job_2", "bob"], ["job_3", "local"]]) {
    store.addJob(id!, { principal: principal!, sessionId: `ses_${id}`, role: "debug" }, 7_000);
  }
  store.bring("job_1", "completed");
  store.bring("job_2", "running");
  store.addJob("job_4", { sessionId: "ses_4" }, 8_000);
  store.bring("job_4", "running");
  const health = await described({ store, progress: progressOf });
  function progressOf({ id, status }: ActiveJob) {
    return status === "running" ? { line: `${id} prints`, bytes: 1 } : undefined;
  }
  const { active, active_omitted, running, queued } = health.jobs;
  assert.deepEqual([running, queued, active_omitted], [2, 1, undefined]);
  assert.deepEqual(active, [{
    job_id: "job_4",
    session_id: "ses_4",
    cli: "codex",
    role: "default",
    status: "running",
    created_at: "1970-01-01T00:00:08.000Z",
    started_at: "1970-01-01T00:00:00.002Z",
    progress: "job_4 prints",
  }, {
    job_id: "job_3",
    session_id: "ses_job_3",
    cli: "codex",
    role: "debug",
    status: "queued",
    created_at: "1970-01-01T00:00:07.000Z",
    queue_position: 1,
  }]);
  assert.deepEqual(health.sessions, { own: 3, total: 4 });
});

Deno.test("of very many jobs a hundred are listed", async () => {
  using store = testStore();
  store.transaction(() => {
    for (let n = 0; n < 105; n++) store.addJob(`job_${1000 + n}`);
  });
  const { jobs } = await described({ store });
  assert.equal(jobs.active?.length, 100);
  assert.deepEqual([jobs.queued, jobs.active_omitted], [105, 5]);
  assert.deepEqual(
    jobs.active?.map(({ queue_position }) => queue_position),
    [
      ...Array(100).keys(),
    ].map((n) => n + 1),
  );
});

Deno.test("only servers that run are told", async () => {
  using store = testStore();
  const startTime = startTimeOf(Deno.pid);
  store.owners.register({ id: "own_1", pid: Deno.pid, startTime, leaseUntil: 99_000 });
  store.owners.register({ id: "own_2", pid: 1, startTime: "another:1", leaseUntil: 1 });
  const { servers } = await described({ store });
  assert.deepEqual(servers, [{ pid: Deno.pid, this_server: true }]);
});

Deno.test("without a store the rest is told all the same", async () => {
  const health = await described({ store: { problem: "Cannot open the database. Look at it" } });
  assert.equal(health.status, "unusable");
  assert.equal(cliOf(health, "codex").version, "1.0.0");
  const { state, problem, writable } = health.database;
  assert.deepEqual([state, problem, writable], [
    "failing",
    "Cannot open the database. Look at it",
    false,
  ]);
  assert.equal(health.jobs.running, undefined);
  assert.equal(health.jobs.max_concurrent_jobs, 10);
  assert.deepEqual(health.warnings, ["No prompt can be run: Cannot open the database. Look at it"]);
});

Deno.test("a store that fails later is told, too", async () => {
  const store = testStore();
  store[Symbol.dispose]();
  const health = await described({ store });
  assert.equal(health.status, "unusable");
  assert.equal(health.database.writable, false);
  assert.match(
    health.database.problem!,
    /Cannot use the database ".*": .* Check the folder and the disk/,
  );
});

Deno.test({
  name: "a process that could not be ended is told with its job as long as it runs",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using store = testStore();
    const known = { jobId: "job_1", cli: "codex", since: 0 };
    store.leftovers.add({ ...known, pid: Deno.pid, startTime: startTimeOf(Deno.pid)! });
    store.leftovers.add({ ...known, pid: Deno.pid, startTime: "00000000:1" });
    const { status, process_control, warnings } = await described({ store });
    assert.equal(status, "degraded");
    assert.deepEqual(process_control.left, [
      { pid: Deno.pid, job_id: "job_1", cli: "codex", since: "1970-01-01T00:00:00.000Z" },
    ]);
    assert.match(warnings.join(), /codex has started in job_1, could not be ended/);
  },
});

Deno.test("a log that fails, and processes out of reach, are warned of", async () => {
  const health = await described({
    log: { path: "/log", level: "info", state: "failing", problem: "Cannot write the log" },
    reach: "child",
  });
  assert.equal(health.status, "degraded");
  assert.match(health.warnings[0]!, /^Cannot write the log\. Make room/);
  assert.match(health.warnings[1]!, /^Only the CLI's own process is ended with a run\. /);
});

Deno.test("a CLI that is left alone after failures is told with when it is tried again", async () => {
  using store = testStore();
  const clock = testClock(10_000);
  const settings = { failureThreshold: 3, cooldownMs: 300_000, halfOpenMaxCalls: 1 };
  const look = () => described({ clis: { codex: PATH, gemini: PATH }, store, clock });
  const failed = () => store.breakers.failed("codex", "quota", settings, clock.now());
  failed();
  assert.deepEqual(cliOf(await look(), "codex").circuit_breaker, {
    state: "closed",
    failures: 1,
    last_error: "quota",
  });
  failed();
  failed();
  await clock.advance(1_500);
  const open = await look();
  assert.equal(open.status, "degraded");
  assert.equal(cliOf(open, "codex").state, "ready");
  assert.deepEqual(cliOf(open, "codex").circuit_breaker, {
    state: "open",
    failures: 3,
    last_error: "quota",
    retry_at: "1970-01-01T00:05:10.000Z",
    retry_in_seconds: 299,
  });
  assert.deepEqual(cliOf(open, "gemini").circuit_breaker, { state: "closed", failures: 0 });
  assert.deepEqual(open.warnings, [
    "codex has failed 3 times in a row, the last as quota; it is left alone for 299 more " +
    "seconds. Look at what its last runs say",
  ]);
  assert.equal((await described({ store, clock })).status, "unusable", "codex is all there is");

  await clock.advance(298_500);
  const half = await look();
  assert.deepEqual([half.status, cliOf(half, "codex").circuit_breaker?.state], ["ok", "half_open"]);
  store.breakers.succeeded("codex");
  assert.equal(cliOf(await look(), "codex").circuit_breaker?.state, "closed");
});

Deno.test("models that cool down are told with their CLI", async () => {
  using store = testStore();
  const clock = testClock(10_000);
  store.breakers.coolDown({ cli: "codex", model: "gpt-5.4", until: 60_000, code: "quota" });
  store.breakers.coolDown({ cli: "codex", until: 70_000, code: "quota" });
  const { clis, status } = await described({ clis: { codex: PATH, gemini: PATH }, store, clock });
  assert.equal(status, "ok");
  assert.deepEqual(clis.map(({ cooldowns }) => cooldowns), [
    [
      { error: "quota", until: "1970-01-01T00:01:10.000Z" },
      { model: "gpt-5.4", error: "quota", until: "1970-01-01T00:01:00.000Z" },
    ],
    undefined,
  ]);
});

Deno.test("ends that could not be recorded yet are counted, with why", async () => {
  const problem = "database or disk is full";
  const health = await described({ unrecorded: { count: 2, problem } });
  assert.equal(health.jobs.unrecorded_ends, 2);
  assert.match(
    health.warnings.join("\n"),
    /The ends of 2 jobs could not be recorded yet: database or disk is full\. This server keeps/,
  );
});
