import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { writeProgram } from "../../program_file.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test({
  name:
    "after a thousand jobs have expired, memory is near where it was, and nothing of them is stored",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using workplace = await createWorkplace({
      config: { server: { max_concurrent_jobs: 8, sync_wait_seconds: 300 } },
    });
    // 20 kB each, by what the shell has built in.
    await writeProgram(`${workplace.bin}/crush`, "#!/bin/sh\nprintf '%020000d' 0\n");
    await using aimux = await startServer({ workplace });
    const run = async (count: number) => {
      const calls = Array.from(
        { length: count },
        () => aimux.call("exec", { prompt: "count", cli: "crush" }),
      );
      for (const { status, text } of await Promise.all(calls)) {
        assert.equal(status, "completed", text);
      }
    };
    const megabytes = () => {
      const status = Deno.readTextFileSync(`/proc/${aimux.pid}/status`);
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    };
    const folder = `${workplace.home}/.config/aimux`;
    const outputs = () => Array.from(Deno.readDirSync(`${folder}/output`)).length;

    await run(20);
    const before = megabytes();
    for (let n = 0; n < 14; n++) await run(70);
    assert.equal(outputs(), 1000);
    const full = Deno.statSync(`${folder}/sessions.db`).size;
    assert.ok(full > 15_000_000, `${full}`);

    const db = new DatabaseSync(`${folder}/sessions.db`);
    db.exec("PRAGMA busy_timeout = 10000");
    db.exec("UPDATE sessions SET last_active_at = last_active_at - 3 * 86400000");
    db.close();
    const { collected, store_bytes } = await aimux.call("sessions", { action: "gc" });
    assert.equal(collected, 1000);
    assert.equal(outputs(), 0);
    assert.equal((await aimux.call("sessions", { action: "list" })).total_sessions, 0);
    assert.ok(Deno.statSync(`${folder}/sessions.db`).size < 1_000_000);
    assert.ok(store_bytes < 1_000_000, `${store_bytes}`);

    // It is given back when the burst is over.
    const deadline = Date.now() + 120_000;
    while (megabytes() - before > 60) {
      assert.ok(Date.now() < deadline, `${before} MB, and ${megabytes()} MB in the end`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  },
});
