import assert from "node:assert/strict";
import { parseVersion } from "../../src/clis/parse_version.ts";
import { callsOf, CLI_NAMES } from "./mod.ts";
import { sandbox } from "./testing.ts";
import { VERSIONS } from "./versions.ts";

Deno.test("every emulator tells its version, and records no call for it", async () => {
  await using box = await sandbox(CLI_NAMES);
  for (const cli of CLI_NAMES) {
    const { code, stdout } = await box.run(cli, ["--version"]);
    assert.deepEqual([code, stdout], [0, VERSIONS[cli]], cli);
    assert.match(parseVersion(stdout) ?? "", /^\d+\.\d+\.\d+$/, cli);
    assert.deepEqual(await callsOf(box.home, cli), []);
  }
});
