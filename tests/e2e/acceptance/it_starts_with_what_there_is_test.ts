import assert from "node:assert/strict";
import { startServer } from "../server.ts";

Deno.test("the server starts without any CLI, with a broken profile, and without a log file", async (t) => {
  await t.step("without any CLI", async () => {
    await using aimux = await startServer();
    assert.ok((await aimux.client.listTools()).tools.length > 0);
    const { error } = await aimux.call("exec", { prompt: "say hi" });
    assert.equal(error.code, "cli_not_installed");
    assert.match(error.hint, /codex: npm install -g @openai\/codex/);
  });
  await t.step("with a broken profile and without a log file", async () => {
    await using aimux = await startServer({
      emulators: ["codex", "gemini"],
      config: { server: { log_file: "" } },
      profiles: { codex: { name: "codex", binry: "codex" } },
    });
    const broken = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
    assert.equal(broken.error.code, "unknown_cli");
    assert.match(broken.error.hint, /profile\.yaml:1:\d+ .*"binry".*Did you mean "binary"/);
    const routed = await aimux.call("exec", { prompt: "say hi" });
    assert.deepEqual([routed.status, routed.cli], ["completed", "gemini"]);
    const [health] = (await aimux.client.readResource({ uri: "aimux://health" }))
      .contents as { text: string }[];
    const { log, warnings } = JSON.parse(health!.text);
    assert.equal(log.state, "off");
    assert.match(warnings.join(), /The profile of "codex" is broken/);
  });
});
