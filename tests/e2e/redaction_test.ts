import assert from "node:assert/strict";
import { CLI_NAMES, emulator } from "../emulators/mod.ts";
import { requestLine, runRaw } from "./raw.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

/** Put together, so that no scanner takes this file for a leak. */
const KEY = ["sk-", "proj-abcDEF123ghiJKL456mnoPQR789stu"].join("");
const TOKEN = "correct-horse-battery-staple";
const TOLD = `401 Unauthorized: Incorrect API key provided: ${KEY}. Sent "${TOKEN}" as X-Token`;

/** The files in which aimux keeps things, the raw output of CLIs left out, as one text. */
async function kept(home: string): Promise<string> {
  const folder = `${home}/.config/aimux`;
  let text = "";
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) text += `\n${name}\n` + await Deno.readTextFile(`${folder}/${name}`);
  }
  assert.match(text, /\nsessions\.db\n/);
  assert.match(text, /\naimux\.log\n/);
  return text;
}

function assertNoSecret(text: string, where: string): void {
  for (const secret of [KEY, KEY.slice(0, 20), TOKEN]) assert.ok(!text.includes(secret), where);
}

Deno.test("secrets in a CLI's failure reach neither caller nor database nor log, and its class is right", async (t) => {
  const failing = Object.fromEntries(
    CLI_NAMES.map((cli) => [
      cli,
      cli === "aider" || cli === "crush"
        ? emulator[cli]().prints(`${TOLD}\n`, { to: "stderr" }).exits(1)
        : emulator[cli]().failureEvent(TOLD),
    ]),
  );
  await using aimux = await startServer({
    emulators: failing,
    env: { MY_SERVICE_TOKEN: TOKEN, AIMUX_SERVER_LOG_LEVEL: "debug" },
  });
  for (const cli of CLI_NAMES) {
    await t.step(cli, async () => {
      const result = await aimux.call("exec", { prompt: "say hi", cli });
      assert.equal(result.status, "failed", result.text);
      const status = await aimux.call("status", { job_id: result.job_id });
      for (const told of [result, status]) assertNoSecret(JSON.stringify(told), cli);
      // What some CLIs print of a failure does not have its message.
      if (!/provided|Sent/.test(result.text)) return;
      assert.match(result.text, /\[redacted\]/);
      assert.equal(result.error.code, "auth", result.text);
    });
  }
  // Also what SQLite still has in its journal.
  assertNoSecret(await kept(aimux.workplace.home), "kept while the server runs");
  await aimux.stop();
  assertNoSecret(await kept(aimux.workplace.home), "kept after its end");
});

Deno.test("an answer is handed over as it is, and so is raw output", async () => {
  const answer = `Use api_key="${KEY}" for now`;
  await using aimux = await startServer({
    emulators: { codex: emulator.codex().answers(answer) },
    env: { MY_SERVICE_TOKEN: TOKEN },
  });
  const result = await aimux.call("exec", { prompt: "which key?", cli: "codex" });
  assert.equal(result.content, answer);
  const { contents } = await aimux.client.readResource({ uri: result.output_uri });
  assert.ok(JSON.stringify(contents).includes(KEY));
  const log = await Deno.readTextFile(`${aimux.workplace.home}/.config/aimux/aimux.log`);
  assertNoSecret(log, "log");
});

Deno.test("a refusal does not repeat a secret", async () => {
  await using aimux = await startServer({ emulators: ["codex"], env: { MY_SERVICE_TOKEN: TOKEN } });
  for (const args of [{ prompt: "x", role: KEY }, { prompt: "x", cwd: `/nowhere/${TOKEN}` }]) {
    const result = await aimux.call("exec", args);
    assert.equal(result.error.code, "invalid_input");
    assert.match(result.text, /\[redacted\]/);
    assertNoSecret(JSON.stringify(result), result.text);
  }
});

Deno.test("a mistake in the configuration is told without the secret in it", async () => {
  await using workplace = await createWorkplace();
  const { code, stderr } = await runRaw(workplace, requestLine(1, "tools/list"), {
    env: { AIMUX_SERVER_LOG_LEVEL: KEY },
  });
  assert.equal(code, 1);
  assert.match(stderr, /AIMUX_SERVER_LOG_LEVEL .*found "\[redacted\]"/);
});
