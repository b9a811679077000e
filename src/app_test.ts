import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createApp } from "./app.ts";
import { loadConfig } from "./config/load.ts";
import { openStore } from "./store/store.ts";
import { newJob } from "./store/testing.ts";

/** The look for CLIs is not waited for, so it may go on for a moment after the stop. */
const options = { sanitizeOps: false };

/** A home of its own, and the program in it as it is shipped. */
function place() {
  const home = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "app_" }));
  const env = { AIMUX_SERVER_DB_PATH: `${home}/data/sessions.db` };
  const embedded = new URL("../config/", import.meta.url);
  return {
    home,
    app: createApp({
      version: "1.2.3",
      loaded: loadConfig({ embedded, env, home }),
      env,
      home,
      cwd: home,
    }),
    [Symbol.dispose]: () => Deno.removeSync(home, { recursive: true }),
  };
}

Deno.test("the parts are built once, and nothing is opened before", options, async () => {
  using at = place();
  await at.app.idle();
  assert.throws(() => Deno.statSync(`${at.home}/data`), Deno.errors.NotFound);
  const [first, second] = await Promise.all([at.app.parts(), at.app.parts()]);
  assert.equal(first, second);
  assert.equal(first.store.owners.all().length, 1);
  await at.app.stop({ graceMs: 0 });
});

Deno.test(
  "a start that failed is told as storage and tried again, and leaves nothing open",
  options,
  async () => {
    using at = place();
    Deno.writeTextFileSync(`${at.home}/data`, "in the way");
    await assert.rejects(at.app.parts(), { code: "storage" });
    Deno.removeSync(`${at.home}/data`);
    const { store } = await at.app.parts();
    assert.equal(store.owners.all().length, 1);
    await at.app.stop({ graceMs: 0 });
  },
);

Deno.test("a server recovers at its start what one that is gone has left, readable or not", {
  ...options,
  // Elsewhere the lease decides, which takes its time.
  ignore: Deno.build.os !== "linux",
}, async () => {
  using at = place();
  const first = await at.app.parts();
  const owner = { id: "own_gone", pid: Deno.pid, startTime: "00000000:1", leaseUntil: 0 };
  first.store.owners.register(owner);
  first.store.transaction(() => {
    const session = { id: "ses_1", principal: "local", cli: "codex", cwd: "/" };
    first.store.sessions.insert(session, 1);
    first.store.jobs.insert(newJob("job_1", { owner: "own_gone" }), Date.now());
  });
  // Its session is old enough to be deleted, but not before somebody could see the end.
  // Something that cannot be read stands where its output should be.
  Deno.mkdirSync(first.store.files("job_1").stdout);
  await at.app.stop({ graceMs: 0 });

  const env = { AIMUX_SERVER_DB_PATH: `${at.home}/data/sessions.db` };
  const embedded = new URL("../config/", import.meta.url);
  const loaded = loadConfig({ embedded, env, home: at.home });
  const second = createApp({
    version: "1.2.3",
    loaded,
    env,
    home: at.home,
    cwd: at.home,
  });
  const { store } = await second.parts();
  assert.equal(store.jobs.find("job_1")?.status, "interrupted");
  await second.stop({ graceMs: 0 });
});

Deno.test(
  "after the stop there are no parts, whether they were built before or not",
  options,
  async () => {
    for (const build of [true, false]) {
      using at = place();
      if (build) await at.app.parts();
      await at.app.stop({ graceMs: 0 });
      await assert.rejects(at.app.parts(), { code: "interrupted" });
      await at.app.idle();
    }
  },
);

Deno.test(
  "a database that was removed is begun anew, as soon as no job holds the old one, and it is told",
  options,
  async () => {
    using at = place();
    const path = `${at.home}/data/sessions.db`;
    const first = await at.app.parts();
    assert.deepEqual(at.app.notices(), []);
    Deno.removeSync(path);
    const second = await at.app.parts();
    assert.notEqual(first, second);
    assert.equal(second.store.owners.all().length, 1);
    assert.deepEqual(at.app.notices(), [
      `The database "${path}" was removed while it was in use. A new one was begun`,
    ]);
    assert.equal((await at.app.health("local")).database.state, "ok");
    // Who still holds the old parts gets an answer from them.
    assert.equal(first.store.sessions.count(), 0);
    await at.app.stop({ graceMs: 0 });
  },
);

Deno.test(
  "a damaged database is put aside at the start, and that is told until the file is gone",
  options,
  async () => {
    using at = place();
    const path = `${at.home}/data/sessions.db`;
    Deno.mkdirSync(`${at.home}/data`);
    Deno.writeTextFileSync(path, "no database ".repeat(100));
    const { store } = await at.app.parts();
    assert.equal(store.sessions.count(), 0);
    const [notice] = at.app.notices();
    assert.match(notice!, /was damaged\. It was put aside as ".*sessions\.db\.corrupt-/);
    const { database, warnings } = await at.app.health("local");
    assert.equal(database.state, "ok");
    assert.ok(warnings.includes(notice!));
    Deno.removeSync(database.put_aside![0]!);
    assert.deepEqual(at.app.notices(), []);
    assert.equal((await at.app.health("local")).database.put_aside, undefined);
    await at.app.stop({ graceMs: 0 });
  },
);

Deno.test(
  "a database that another program holds is told as such, and used when it is free",
  options,
  async () => {
    using at = place();
    openStore(`${at.home}/data/sessions.db`).close();
    const other = new DatabaseSync(`${at.home}/data/sessions.db`);
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(at.app.parts(), { code: "storage", message: /^Another program holds / });
    const { status, database } = await at.app.health("local");
    assert.equal(status, "unusable");
    assert.match(database.problem!, /^Another program holds the database .*Try again/);
    other.exec("ROLLBACK");
    other.close();
    assert.equal((await at.app.health("local")).database.state, "ok");
    await at.app.stop({ graceMs: 0 });
  },
);
