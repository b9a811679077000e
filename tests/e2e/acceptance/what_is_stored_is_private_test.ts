import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { startServer } from "../server.ts";

Deno.test("database, output and log are the user's alone, and the journal is WAL", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const { job_id } = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  const folder = `${aimux.workplace.home}/.config/aimux`;
  const mode = (path: string) => (Deno.statSync(`${folder}/${path}`).mode! & 0o777).toString(8);
  assert.equal(mode("output"), "700");
  for (const file of ["sessions.db", "sessions.db-wal", "aimux.log", `output/${job_id}.stdout`]) {
    assert.equal(mode(file), "600", file);
  }
  const db = new DatabaseSync(`${folder}/sessions.db`, { readOnly: true });
  try {
    assert.deepEqual({ ...db.prepare("PRAGMA journal_mode").get() }, { journal_mode: "wal" });
  } finally {
    db.close();
  }
});
