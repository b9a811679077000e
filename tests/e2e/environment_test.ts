import assert from "node:assert/strict";
import { callsOf } from "../emulators/mod.ts";
import { startServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

/** What a run of codex saw, with this profile laid over its own. */
async function seenBy(
  workplace: Workplace,
  profile: Record<string, unknown>,
): Promise<Record<string, string>> {
  const folder = `${workplace.home}/.config/aimux/cli.d/codex`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/profile.yaml`, JSON.stringify(profile));
  await using aimux = await startServer({ workplace });
  const { job_id, status } = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal(status, "completed");
  const { env } = (await callsOf(workplace.home, "codex")).at(-1)!;
  // The shell script that an emulated CLI is adds nothing of its own to what is recorded.
  assert.deepEqual([env["AIMUX_JOB_ID"], env["AIMUX_DEPTH"]], [job_id, "1"]);
  return env;
}

const SERVER = {
  LANG: "de_DE.UTF-8",
  HTTPS_PROXY: "http://proxy:3128",
  MY_SECRET: "not for CLIs",
  GITHUB_TOKEN: "not for CLIs",
  ANTHROPIC_API_KEY: "for another CLI",
  OPENAI_API_KEY: "for codex",
  AIMUX_AUTH_TOKEN: "token-of-aimux",
};

Deno.test("a CLI sees what programs need, what is meant for it, and nothing else", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"], env: SERVER });
  const { AIMUX_JOB_ID: _job, AIMUX_OWNER, PATH: _path, ...env } = await seenBy(workplace, {});
  assert.match(AIMUX_OWNER!, /^own_/);
  assert.deepEqual(env, {
    HOME: workplace.home,
    LANG: SERVER.LANG,
    HTTPS_PROXY: SERVER.HTTPS_PROXY,
    OPENAI_API_KEY: SERVER.OPENAI_API_KEY,
    AIMUX_DEPTH: "1",
    // What Deno and the test's client set for the server.
    ...Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.has(name))),
  });
});

/** Variables that the test's MCP client passes to the server by itself, and aimux to every CLI. */
const PASSED_ON = new Set(["LOGNAME", "SHELL", "TERM", "USER"]);

Deno.test("a CLI sees what its profile sets and allows, whole names and beginnings", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    env: { ...SERVER, ACME_ONE: "1", ACME_TWO: "2", ACMEX: "3", ONLY: "4", ONLY_MORE: "5" },
  });
  const env = await seenBy(workplace, {
    env: { LANG: "C", OWN: "from the profile, $AIMUX_AUTH_TOKEN" },
    env_allow: ["ACME_*", "ONLY"],
  });
  assert.deepEqual(
    ["ACME_ONE", "ACME_TWO", "ACMEX", "ONLY", "ONLY_MORE", "OWN", "LANG", "MY_SECRET"]
      .map((name) => env[name]),
    ["1", "2", undefined, "4", undefined, "from the profile, $AIMUX_AUTH_TOKEN", "C", undefined],
  );
});
