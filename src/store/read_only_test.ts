import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openReadOnly } from "./read_only.ts";
import { openStore } from "./store.ts";
import { testStore } from "./testing.ts";

/** The files of a folder with what could change of them. */
function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => {
    const { size, mtime } = Deno.statSync(`${folder}/${name}`);
    return `${name} ${size} ${mtime?.getTime()}`;
  }).sort();
}

Deno.test("a database that nobody has open is read, and nothing appears beside it", () => {
  const folder = Deno.makeTempDirSync({ prefix: "store_" });
  try {
    const path = `${folder}/sessions #1 100%?.db`;
    const server = openStore(path);
    server.sessions.insert({ id: "ses_1", principal: "local", cli: "codex", cwd: "/" }, 1);
    server.close();
    const before = filesOf(folder);
    assert.equal(before.length, 1);
    using store = openReadOnly(path)!;
    assert.equal(store.sessions.find("ses_1", "local")?.cli, "codex");
    assert.deepEqual(filesOf(folder), before);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a database that a server has open is read as it is now", () => {
  using at = testStore();
  at.addJob("job_1");
  using store = openReadOnly(at.path)!;
  assert.equal(store.jobs.newest("ses_1")?.id, "job_1");
  at.addJob("job_2");
  assert.equal(store.jobs.count("queued"), 2);
});

Deno.test("where no database is, none is made", () => {
  const folder = Deno.makeTempDirSync({ prefix: "store_" });
  try {
    assert.equal(openReadOnly(`${folder}/none/sessions.db`), undefined);
    Deno.writeTextFileSync(`${folder}/empty.db`, "");
    assert.equal(openReadOnly(`${folder}/empty.db`), undefined);
    assert.deepEqual(filesOf(folder).map((line) => line.split(" ")[0]), ["empty.db"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("what is no database, or one of a newer aimux, is told as storage", () => {
  using at = testStore();
  const junk = `${at.folder}/junk.db`;
  Deno.writeTextFileSync(junk, "not a database ".repeat(100));
  assert.throws(() => openReadOnly(junk), { code: "storage", message: /junk\.db/ });
  assert.throws(() => openReadOnly(at.folder), { code: "storage" });
  const newer = new DatabaseSync(`${at.folder}/newer.db`);
  newer.exec("PRAGMA user_version = 1000");
  newer.close();
  assert.throws(() => openReadOnly(`${at.folder}/newer.db`), {
    code: "storage",
    message: /newer aimux \(schema 1000/,
  });
});
