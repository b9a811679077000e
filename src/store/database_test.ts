import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type Database, openDatabase } from "./database.ts";
import { isBusy } from "./sqlite_errors.ts";

/** A folder for a database, gone with its scope. */
function place() {
  const folder = Deno.makeTempDirSync({ prefix: "database_" });
  return {
    folder,
    path: `${folder}/a.db`,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

function insertOwner(database: Database, id: string): void {
  database.prepare("INSERT INTO owners (id, pid, lease_until) VALUES (:id, 1, 1)").run({ id });
}

const countOwners = (database: Database) =>
  database.prepare("SELECT count(*) AS n FROM owners").get()?.["n"];

Deno.test("an exception in a transaction rolls it back and comes through as it is", () => {
  using at = place();
  const database = openDatabase(at.path);
  const failure = new Error("stop");
  assert.throws(() =>
    database.transaction(() => {
      insertOwner(database, "a");
      throw failure;
    }), failure);
  assert.equal(countOwners(database), 0);
  assert.equal(database.transaction(() => (insertOwner(database, "b"), "done")), "done");
  assert.equal(countOwners(database), 1);
  database.close();
});

Deno.test("what SQLite has rolled back by itself is told by its cause", () => {
  using at = place();
  const database = openDatabase(at.path);
  const failure = new Error("disk full");
  assert.throws(() =>
    database.transaction(() => {
      database.prepare("ROLLBACK").run();
      throw failure;
    }), failure);
  database.close();
});

Deno.test("two servers that open a new database at the same moment both get it", async () => {
  using at = place();
  const script = `${at.folder}/open.ts`;
  Deno.writeTextFileSync(
    script,
    `import { openDatabase } from "${new URL("./database.ts", import.meta.url)}";
    const [folder, count] = Deno.args;
    // Every process opens each database as nearly together with the others as can be.
    while (Date.now() < Number(Deno.args[2])) {}
    for (let n = 0; n < Number(count); n++) {
      openDatabase(folder + "/" + n + "/x.db").close();
    }`,
  );
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const start = String(Date.now() + 400);
  const outputs = await Promise.all([1, 2, 3, 4].map(() =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "--no-check",
        `--config=${config}`,
        script,
        at.folder,
        "20",
        start,
      ],
    }).output()
  ));
  for (const { code, stderr } of outputs) {
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.equal(code, 0);
  }
});

Deno.test("a database of a newer version is refused, unchanged, and not kept open", () => {
  using at = place();
  openDatabase(at.path).close();
  const raw = new DatabaseSync(at.path);
  raw.exec("PRAGMA user_version = 999");
  raw.close();
  assert.throws(() => openDatabase(at.path), {
    code: "storage",
    message: /is of a newer aimux \(schema 999, known: \d+\)/,
    hint: /Update aimux/,
  });
  const again = new DatabaseSync(at.path);
  assert.equal(again.prepare("PRAGMA user_version").get()?.["user_version"], 999);
  again.close();
  // The last connection that closes takes the journal with it.
  assert.deepEqual(Array.from(Deno.readDirSync(at.folder), ({ name }) => name), ["a.db"]);
});

Deno.test("a folder and a place that cannot be are told as storage", () => {
  using at = place();
  Deno.writeTextFileSync(`${at.folder}/text`, "this is no folder");
  Deno.mkdirSync(`${at.folder}/folder.db`);
  for (const name of ["folder.db", "text/x.db"]) {
    assert.throws(() => openDatabase(`${at.folder}/${name}`), {
      code: "storage",
      message: new RegExp(`Cannot open the database ".*/${name}": `),
      hint: /server\.db_path/,
    });
  }
});

Deno.test("an old database is brought up to date without losing rows", () => {
  using at = place();
  const first = openDatabase(at.path);
  insertOwner(first, "kept");
  first.close();
  const second = openDatabase(at.path);
  assert.equal(countOwners(second), 1);
  second.close();
});

Deno.test("a database that another server holds too long is told apart from other failures", () => {
  using at = place();
  const database = openDatabase(at.path);
  const other = new DatabaseSync(at.path);
  other.exec("BEGIN IMMEDIATE");
  database.prepare("PRAGMA busy_timeout = 1").get();
  const thrown = (work: () => void): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
  };
  assert.equal(isBusy(thrown(() => insertOwner(database, "a"))), true);
  assert.equal(isBusy(thrown(() => database.transaction(() => {}))), true);
  other.exec("ROLLBACK");
  other.close();
  insertOwner(database, "a");
  assert.equal(isBusy(thrown(() => insertOwner(database, "a"))), false);
  assert.equal(isBusy(undefined), false);
  database.close();
});

Deno.test("a transaction within another one is a part of it", () => {
  using at = place();
  const database = openDatabase(at.path);
  assert.throws(() =>
    database.transaction(() => {
      database.transaction(() => insertOwner(database, "a"));
      throw new Error("after it");
    }), /after it/);
  assert.equal(countOwners(database), 0);
  assert.equal(database.snapshot(() => database.transaction(() => 7)), 7);
  database.close();
});

Deno.test("reads in a snapshot all see the same moment", () => {
  using at = place();
  const database = openDatabase(at.path);
  const other = openDatabase(at.path);
  const seen = database.snapshot(() => {
    const before = countOwners(database);
    insertOwner(other, "b");
    return [before, countOwners(database)];
  });
  assert.deepEqual(seen, [0, 0]);
  assert.equal(countOwners(database), 1);
  for (const each of [database, other]) each.close();
});
