import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "./store.ts";
import { testStore } from "./testing.ts";

const FIRST = new URL("../../tests/fixtures/database_1.sql", import.meta.url);

/** The columns of all tables, in an order of no meaning. */
function schemaOf(path: string): string[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare(`SELECT m.name || '.' || c.name AS name FROM sqlite_schema AS m,
      pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY 1`).all()
      .map((row) => String(row["name"]));
  } finally {
    db.close();
  }
}

Deno.test("a database of the first schema keeps its rows and gets what came later", () => {
  const folder = Deno.makeTempDirSync({ prefix: "migrations_" });
  try {
    const path = `${folder}/sessions.db`;
    const old = new DatabaseSync(path);
    old.exec(Deno.readTextFileSync(FIRST));
    old.close();

    const store = openStore(path);
    try {
      const { status, model, style, preamble, result } = store.jobs.find("job_1", "local")!;
      assert.deepEqual([status, model, style, preamble, result?.content], [
        "completed",
        "gpt-5.4",
        undefined,
        undefined,
        "hi",
      ]);
      assert.equal(store.jobs.find("job_2")?.permission, "read_only");
      assert.equal(store.sessions.find("ses_1", "local")?.cliSessionId, "thread_1");
      assert.deepEqual(store.metrics.totals(), []);
      assert.ok(store.metrics.since() > 1_700_000_000_000);
    } finally {
      store.close();
    }
    using fresh = testStore();
    assert.deepEqual(schemaOf(path), schemaOf(fresh.path));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
