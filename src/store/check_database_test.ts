import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { testStore } from "./testing.ts";
import { unopenedDatabase } from "./check_database.ts";

Deno.test("a database in order is told with its size, journal and schema", () => {
  using store = testStore();
  const { path, bytes, ...rest } = store.check(1);
  assert.equal(path, store.path);
  assert.ok(bytes! >= Deno.statSync(store.path).size);
  assert.deepEqual(rest, {
    aside: [],
    busy: false,
    journalMode: "wal",
    schemaVersion: 3,
    writable: true,
  });
});

Deno.test("a database that another program holds is told as such", () => {
  using store = testStore();
  const other = new DatabaseSync(store.path);
  other.exec("BEGIN IMMEDIATE");
  try {
    const { writable, busy, problem, journalMode } = store.check(1);
    assert.deepEqual([writable, busy, journalMode], [false, true, "wal"]);
    assert.match(problem!, /^Another program holds the database ".*sessions\.db"/);
  } finally {
    other.exec("ROLLBACK");
    other.close();
  }
  assert.equal(store.check(2).writable, true);
});

Deno.test({
  name: "a database whose file was removed is not told as good",
  ignore: Deno.build.os === "windows",
  fn() {
    using store = testStore();
    Deno.removeSync(store.path);
    const { problem, bytes } = store.check(1);
    assert.equal(bytes, undefined);
    assert.match(problem!, /was removed while it was in use; a new one is begun as soon as no job/);
  },
});

Deno.test("of a database that could not be opened the size is told, where there is a file", () => {
  const path = Deno.makeTempFileSync();
  Deno.writeTextFileSync(path, "12345");
  assert.deepEqual(unopenedDatabase(path), { path, aside: [], bytes: 5 });
  Deno.removeSync(path);
  assert.deepEqual(unopenedDatabase(path), { path, aside: [] });
});
