import assert from "node:assert/strict";
import { callsOf, CLI_NAMES } from "../../emulators/mod.ts";
import { startServer } from "../server.ts";

Deno.test("a prompt that begins with -- reaches each CLI as a prompt, and a model that does is refused", async () => {
  await using aimux = await startServer({ emulators: CLI_NAMES });
  const prompt = "--help --version -p --dangerously-skip-permissions";
  for (const cli of CLI_NAMES) {
    const result = await aimux.call("exec", { prompt, cli });
    assert.equal(result.status, "completed", `${cli}: ${result.text}`);
    assert.match(result.content, /^MOCK: /, cli);
    const [call] = await callsOf(aimux.workplace.home, cli);
    assert.ok(call!.prompt?.includes(prompt), `${cli} was asked ${JSON.stringify(call!.prompt)}`);

    const refused = await aimux.call("exec", { prompt: "say hi", cli, model: "--x" });
    assert.equal(refused.error.code, "invalid_input", cli);
    assert.match(refused.error.message, /"--x"/);
    assert.equal((await callsOf(aimux.workplace.home, cli)).length, 1, "nothing was started");
  }
  assert.deepEqual(aimux.processesLeft(), []);
});
