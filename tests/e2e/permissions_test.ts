import assert from "node:assert/strict";
import { callsOf, emulator } from "../emulators/mod.ts";
import { healthShape } from "../../src/engine/health_shape.ts";
import { requestLine } from "./raw.ts";
import { denoEnv } from "./program.ts";
import { callLine } from "./raw.ts";
import { createWorkplace } from "./workplace.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs the sources under a narrowed set of permissions; a binary's are fixed when it is made. */
async function narrowed(flags: string[], env: Record<string, string>, cwd: string, input: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", `--config=${ROOT}deno.json`, ...flags, `${ROOT}main.ts`],
    clearEnv: true,
    env: { ...denoEnv(), ...env },
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return {
    code,
    messages: lines.map((line) => JSON.parse(line)),
    stderr: new TextDecoder().decode(stderr),
  };
}

Deno.test("with --allow-run=codex,claude the other CLIs count as absent, and nobody is asked", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), gemini: emulator.gemini() },
  });
  const call = (id: number, args: object) => callLine(id, "exec", { prompt: "say hi", ...args });
  const { code, messages, stderr } = await narrowed(
    ["--allow-read", "--allow-write", "--allow-env", "--allow-run=codex,claude"],
    workplace.env,
    workplace.project,
    call(1, { cli: "codex" }) + call(2, { cli: "gemini" }) + call(3, { role: "analyze" }),
  );
  assert.equal(code, 0, stderr);
  const result = (id: number) =>
    messages.find((message) => message.id === id).result.structuredContent;
  assert.equal(result(1).status, "completed", JSON.stringify(result(1)));
  assert.equal(result(2).error.code, "cli_not_installed");
  assert.match(result(2).error.message, /no permission to run .*gemini/);
  assert.equal(result(3).cli, "codex");
  assert.match(result(2).error.hint, /Add "gemini" to --allow-run/);
  assert.match(result(3).attempts[0].message, /no permission/);
  assert.doesNotMatch(stderr, /allow\?|Granted|Denied/i);
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test({
  name:
    "a CLI that wants a terminal gets one by FFI, else pipes with a warning; --allow-run counts for both",
  ignore: Deno.build.os === "windows",
  async fn() {
    const profiles = { codex: { executor: "pty" }, gemini: { executor: "pty" } };
    for (
      const [flags, terminals, warnings] of [
        [["--allow-all", "--deny-ffi"], [], [
          "There is no pseudo-terminal, pipes were used instead: " +
          "aimux has no permission for FFI (--allow-ffi)",
        ]],
        [
          ["--allow-read", "--allow-write", "--allow-env", "--allow-run=codex", "--allow-ffi"],
          ["stdout", "stderr"],
          [],
        ],
      ] as const
    ) {
      await using workplace = await createWorkplace({ emulators: ["codex", "gemini"], profiles });
      const { code, messages, stderr } = await narrowed(
        [...flags],
        workplace.env,
        workplace.project,
        callLine(1, "exec", { prompt: "say hi", cli: "codex" }) +
          callLine(2, "exec", { prompt: "say hi", cli: "gemini" }),
      );
      assert.equal(code, 0, stderr);
      const result = (id: number) =>
        messages.find((message) => message.id === id).result.structuredContent;
      assert.equal(result(1).status, "completed", JSON.stringify(result(1)));
      assert.match(result(1).content, /^MOCK: say hi/);
      const told = result(1).warnings.filter((warning: string) => /terminal/.test(warning));
      assert.deepEqual(told, warnings);
      const [call] = await callsOf(workplace.home, "codex");
      assert.deepEqual(call!.terminals, terminals);
      const denied = flags.some((flag) => flag.startsWith("--allow-run="));
      assert.equal(result(2).error?.code, denied ? "cli_not_installed" : undefined);
      assert.equal((await callsOf(workplace.home, "gemini")).length, denied ? 0 : 1);
      assert.deepEqual(workplace.processesLeft(), []);
    }
  },
});

Deno.test("health tells which CLIs may not be run, and that only a CLI itself can be ended", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), gemini: emulator.gemini() },
  });
  const { code, messages, stderr } = await narrowed(
    ["--allow-read", "--allow-write", "--allow-env", "--allow-run=codex,claude"],
    workplace.env,
    workplace.project,
    requestLine(1, "resources/read", { uri: "aimux://health" }),
  );
  assert.equal(code, 0, stderr);
  const health = healthShape.parse(JSON.parse(messages[0].result.contents[0].text));
  const [codex, gemini, claude] = health.clis;
  assert.deepEqual([codex?.state, codex?.version], ["ready", "0.169.0"]);
  assert.deepEqual([gemini?.state, gemini?.fix], ["no_permission", 'Add "gemini" to --allow-run']);
  assert.equal(claude?.state, "not_installed");
  assert.equal(health.database.state, "ok");
  assert.equal(health.process_control.reach, "child");
  assert.equal(health.process_control.limits.length, 2, "no /proc either");
  assert.equal(health.status, "degraded");
  assert.match(health.warnings.join(), /Only the CLI's own process is ended.*--allow-ffi/);
  assert.deepEqual(workplace.processesLeft(), []);
});
