import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { filesAside } from "./damage.ts";
import { damageNotices } from "./notices.ts";
import { openStore } from "./store.ts";
import { addJobTo, testStore } from "./testing.ts";

/** A folder with a database of 50 jobs that is then damaged. */
function damaged(damage: (path: string) => void) {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "damage_" }));
  const path = `${folder}/sessions.db`;
  const store = openStore(path);
  fill(store);
  store.close();
  damage(path);
  return {
    folder,
    path,
    names: () => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

function fill(store: Pick<ReturnType<typeof openStore>, "sessions" | "jobs">): void {
  for (let n = 0; n < 50; n++) {
    addJobTo(store, `job_${n}`, { sessionId: `ses_${n}`, prompt: "x".repeat(2000) });
  }
}

function overwrite(path: string, from: number, length: number): void {
  const file = Deno.openSync(path, { write: true });
  file.seekSync(from, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(length).fill(0xa5));
  file.close();
}

const DAMAGES: Record<string, (path: string) => void> = {
  "is text": (path) => Deno.writeTextFileSync(path, "this is no database ".repeat(99)),
  "is a word": (path) => Deno.writeTextFileSync(path, "garbage"),
  "has a broken header": (path) => overwrite(path, 0, 64),
  "has a broken schema": (path) => overwrite(path, 100, 2000),
  "is broken in the middle": (path) => overwrite(path, 30_000, 40_000),
  "is cut off": (path) => Deno.truncateSync(path, 50_000),
};

for (const [how, damage] of Object.entries(DAMAGES)) {
  Deno.test(`a database that ${how} is put aside as it is, and a new one is begun`, () => {
    using at = damaged(damage);
    const before = Deno.readFileSync(at.path);
    const store = openStore(at.path);
    assert.equal(store.sessions.count(), 0);
    assert.equal(store.check(1).problem, undefined);
    const [aside, ...others] = filesAside(at.path);
    assert.deepEqual(others, []);
    assert.match(aside!, /\/sessions\.db\.corrupt-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    assert.deepEqual(Deno.readFileSync(aside!), before);
    assert.match(damageNotices(at.path).join(), /was damaged\. It was put aside as ".*\.corrupt-/);
    store.close();

    const again = openStore(at.path);
    assert.equal(filesAside(at.path).length, 1);
    again.close();
    Deno.removeSync(aside!);
    assert.deepEqual(damageNotices(at.path), []);
    assert.deepEqual(at.names(), ["output", "sessions.db", "state"]);
  });
}

Deno.test("the journal of a damaged database goes with it", () => {
  using at = damaged((path) => {
    overwrite(path, 0, 64);
    Deno.writeTextFileSync(`${path}-wal`, "a journal");
  });
  openStore(at.path).close();
  const wal = `${filesAside(at.path)[0]}-wal`;
  assert.equal(Deno.readTextFileSync(wal), "a journal");
});

Deno.test("servers that start at the same moment put a damaged database aside once, and share the new one", async () => {
  using at = damaged((path) => overwrite(path, 0, 4096));
  const script = `${at.folder}/open.ts`;
  Deno.writeTextFileSync(
    script,
    `import { openStore } from "${new URL("./store.ts", import.meta.url)}";
    while (Date.now() < Number(Deno.args[1])) {}
    const store = openStore(Deno.args[0]);
    store.sessions.insert({ id: "ses_" + Deno.pid, principal: "local", cli: "codex", cwd: "/" }, 1);
    // Nobody is the last to close while others are still to come.
    await new Promise((resolve) => setTimeout(resolve, 500));
    console.log(store.lost() ?? "sound");
    store.close();`,
  );
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const start = String(Date.now() + 500);
  const outputs = await Promise.all([1, 2, 3, 4, 5].map(() =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--quiet", "--no-check", `--config=${config}`],
        ...[script, at.path, start],
      ],
    }).output()
  ));
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  for (const { stdout, stderr } of outputs) {
    assert.deepEqual([decode(stdout), decode(stderr)], ["sound\n", ""]);
  }
  assert.equal(filesAside(at.path).length, 1);
  const store = openStore(at.path);
  assert.equal(store.sessions.count(), 5);
  store.close();
});

Deno.test("damage that is found in use is told, marked for the next start, and mended there", () => {
  using store = testStore();
  const other = store.openAgain();
  fill(store);
  const raw = new DatabaseSync(store.path);
  raw.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
  raw.close();
  overwrite(store.path, 20_000, Deno.statSync(store.path).size - 20_000);
  assert.throws(() => {
    for (let n = 0; n < 50; n++) other.jobs.find(`job_${n}`);
  }, { code: "storage", message: /is damaged: database disk image is malformed/ });
  for (const each of [other, store]) {
    assert.match(each.lost()!, /is damaged; it is put aside and a new one is begun as soon as/);
    assert.match(each.check(1).problem!, /is damaged/);
  }
  const next = store.openAgain();
  assert.equal(next.sessions.count(), 0);
  assert.equal(next.lost(), undefined);
  assert.equal(next.check(1).problem, undefined);
  assert.match(store.lost()!, /was replaced while it was in use/);
});

Deno.test("a false alarm is forgotten by the next start that finds all well", () => {
  using store = testStore();
  fill(store);
  Deno.writeTextFileSync(`${store.path}.damaged`, "");
  assert.match(store.lost()!, /damaged/);
  assert.equal(store.openAgain().sessions.count(), 50);
  assert.equal(store.lost(), undefined);
});

Deno.test("a database that is removed while it is in use is missed, and the new one is not mixed with it", () => {
  using store = testStore();
  fill(store);
  Deno.removeSync(store.path);
  assert.match(store.lost()!, /was removed while it was in use; a new one is begun as soon as/);
  const next = store.openAgain();
  assert.equal(next.sessions.count(), 0);
  next.sessions.insert({ id: "ses_new", principal: "local", cli: "codex", cwd: "/" }, 1);
  store.sessions.insert({ id: "ses_old", principal: "local", cli: "codex", cwd: "/" }, 1);
  assert.deepEqual([store.sessions.count(), next.sessions.count()], [51, 1]);
  assert.equal(next.check(1).problem, undefined);
});
