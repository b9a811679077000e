import assert from "node:assert/strict";
import { callsOf } from "../../emulators/mod.ts";
import { startServer } from "../server.ts";

Deno.test("no CLI sees AIMUX_AUTH_TOKEN, whatever its profile allows, on pipes and on a terminal", async () => {
  const env_allow = { codex: ["*"], claude: ["AIMUX_*"], gemini: ["AIMUX_AUTH_TOKEN"], crush: [] };
  const clis = Object.keys(env_allow) as (keyof typeof env_allow)[];
  await using aimux = await startServer({
    emulators: clis,
    env: { AIMUX_AUTH_TOKEN: "token-of-aimux", MY_SECRET: "not for CLIs" },
    profiles: Object.fromEntries(clis.map((cli, n) => [
      cli,
      { env_allow: env_allow[cli], ...n % 2 === 1 && { executor: "pty" } },
    ])),
  });
  for (const cli of clis) {
    const { status } = await aimux.call("exec", { prompt: "say hi", cli });
    assert.equal(status, "completed", cli);
    const [call] = await callsOf(aimux.workplace.home, cli);
    assert.equal(call!.env["AIMUX_AUTH_TOKEN"], undefined, cli);
    assert.doesNotMatch(JSON.stringify(call), /token-of-aimux/, cli);
    assert.equal(call!.env["MY_SECRET"], cli === "codex" ? "not for CLIs" : undefined, cli);
  }
});
