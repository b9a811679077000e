import assert from "node:assert/strict";
import { parseVersion } from "../../src/clis/parse_version.ts";
import { callsOf, CLI_NAMES, emulator } from "./mod.ts";
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

Deno.test("an emulator can tell another version, and answers all the same", async () => {
  await using box = await sandbox({ claude: emulator.claude().ofVersion("2.1.30") });
  assert.equal((await box.run("claude", ["--version"])).stdout, "2.1.30\n");
  assert.equal((await box.run("claude", ["-p", "hi there"])).code, 0);
});
