import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeProgram } from "../../program_file.ts";
import { startServer } from "../server.ts";

Deno.test("exec starts no program but those of profiles, however it is named", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const { bin, home, project } = aimux.workplace;
  const trace = `${home}/started`;
  const program = `#!/bin/sh\necho "$0" >> '${trace}'\n`;
  for (const path of [`${bin}/node`, `${bin}/../x`, `${project}/x`, `${project}/codex`]) {
    await writeProgram(path, program);
  }
  const names = ["node", "/bin/sh", "../x", "./x", `${bin}/node`, "codex; x", "codex exec", "cn"];
  for (const cli of names) {
    for (const args of [{}, { async: true }, { fallback: "cli" }, { read_only: true }]) {
      const result = await aimux.call("exec", { prompt: "say hi", cli, cwd: project, ...args });
      assert.equal(result.error?.code, "unknown_cli", `${cli}: ${result.text}`);
      assert.equal(result.job_id, undefined);
    }
  }
  assert.equal(existsSync(trace), false, "nothing was started");
  const good = await aimux.call("exec", { prompt: "say hi", cli: "codex", cwd: project });
  assert.equal(good.status, "completed", "the one of PATH, not the one of the folder");
  assert.equal(existsSync(trace), false);
  assert.equal((await aimux.call("sessions", { action: "list" })).total_sessions, 1);
});
