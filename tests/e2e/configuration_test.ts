import assert from "node:assert/strict";
import { callsOf, emulator } from "../emulators/mod.ts";
import { requestLine, runRaw } from "./raw.ts";
import { writeProgram } from "../program_file.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

Deno.test("a mistake in the configuration is told with file, line and the nearest name", async () => {
  await using workplace = await createWorkplace();
  const folder = `${workplace.home}/conf`;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(
    `${folder}/default.yaml`,
    "server:\n  log_level: info\n  max_concurent_jobs: 5\n",
  );
  const { code, stderr, messages } = await runRaw(workplace, requestLine(1, "tools/list"), {
    env: { AIMUX_CONFIG_DIR: folder },
  });
  assert.equal(code, 1);
  assert.deepEqual(messages, []);
  assert.ok(stderr.includes(`${folder}/default.yaml:3:3 `), stderr);
  assert.match(stderr, /max_concurent_jobs.*Did you mean "max_concurrent_jobs"\?/);
});

Deno.test("a broken profile puts out that CLI alone, and exec says why", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "gemini"] });
  const folder = `${workplace.home}/.config/aimux/cli.d/codex`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/profile.yaml`, "name: codex\nbinry: codex\n");
  await using aimux = await startServer({ workplace });
  const named = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal(named.error.code, "unknown_cli");
  assert.match(named.error.hint, /profile\.yaml:2:1 .*"binry".*Did you mean "binary"/);
  const routed = await aimux.call("exec", { prompt: "say hi" });
  assert.equal(routed.cli, "gemini");
});

Deno.test("a profile of the user adds a CLI, and one key of it changes a known one", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const cli = `${workplace.home}/.config/aimux/cli.d`;
  await Deno.mkdir(`${cli}/shout`, { recursive: true });
  await Deno.writeTextFile(
    `${cli}/shout/profile.yaml`,
    'name: shout\nbinary: shout\ncommand:\n  base: "shout run"\noutput_format: text\n',
  );
  await writeProgram(`${workplace.bin}/shout`, '#!/bin/sh\necho "$1: $2"\n');
  await Deno.mkdir(`${cli}/codex`);
  await Deno.writeTextFile(`${cli}/codex/profile.yaml`, "default_model: gpt-custom\n");
  await using aimux = await startServer({ workplace });

  const shout = await aimux.call("exec", { prompt: "hello world", cli: "shout" });
  assert.equal(shout.content, "run: hello world");
  await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  const [call] = await callsOf(workplace.home, "codex");
  assert.ok(call!.argv.join(" ").includes("-m gpt-custom"));
});

Deno.test("the seed's codex profile works as it stands", async () => {
  await using workplace = await createWorkplace();
  const folder = `${workplace.home}/conf`;
  await Deno.mkdir(`${folder}/cli.d/codex`, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/cli.d/codex/profile.yaml`,
    [
      "name: codex",
      "binary: codex",
      "command:",
      '  base: "codex exec"',
      "prompt_flag_type: positional",
      "output_format: jsonl",
      "stdin_threshold: 6000    # pipe via stdin above this char count",
      'completion_pattern: "turn\\\\.completed"',
      'headless_flags: ["--full-auto"]',
    ].join("\n"),
  );
  // A codex of that time: it prints its events, and then does not go.
  await writeProgram(
    `${workplace.bin}/codex`,
    `#!/bin/sh
case "$*" in *--full-auto*) ;; *) exit 2 ;; esac
echo '{"type":"thread.started","thread_id":"t1"}'
echo '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"old answer"}}'
echo '{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":2}}'
sleep 60
`,
  );
  await using aimux = await startServer({
    workplace: { ...workplace, env: { ...workplace.env, AIMUX_CONFIG_DIR: folder } },
  });
  const result = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal(result.status, "completed", result.text);
  assert.equal(result.content, "old answer");
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("a project's file sets roles and timeouts for calls in it, and nothing dangerous", async () => {
  await using aimux = await startServer({
    emulators: {
      codex: emulator.codex(),
      gemini: emulator.gemini(),
      crush: emulator.crush().thenHangs(),
    },
  });
  const { project } = aimux.workplace;
  await Deno.mkdir(`${project}/.aimux`);
  const write = (text: string) => Deno.writeTextFile(`${project}/.aimux/config.yaml`, text);

  await write("roles:\n  coding:\n    cli: gemini\nserver:\n  db_path: /tmp/evil.db\n");
  const routed = await aimux.call("exec", { prompt: "say hi", role: "coding" });
  assert.equal(routed.cli, "gemini");
  assert.match(routed.warnings.join("\n"), /config\.yaml:5:\d+ Ignored "server\.db_path"/);
  const elsewhere = await aimux.call("exec", {
    prompt: "say hi",
    role: "coding",
    cwd: aimux.workplace.home,
  });
  assert.equal(elsewhere.cli, "codex");

  await write("server:\n  default_timeout_seconds: 1\n");
  const slow = await aimux.call("exec", { prompt: "hang", cli: "crush" });
  assert.equal(slow.status, "timed_out");

  await write("roles:\n  coding:\n    clii: gemini\n");
  const broken = await aimux.call("exec", { prompt: "say hi" });
  assert.equal(broken.error.code, "invalid_input");
  assert.match(broken.error.message, /config\.yaml:3:5 /);
});

Deno.test("variables override the files, and a wrong one is named", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().thenHangs() },
    config: { server: { max_concurrent_jobs: 5 } },
    env: { AIMUX_SERVER_MAX_CONCURRENT_JOBS: "1" },
  });
  await using aimux = await startServer({ workplace });
  const health = await aimux.call("sessions", { action: "health" });
  assert.equal(health.max_concurrent_jobs, 1);
  const { code, stderr } = await runRaw(workplace, "", {
    env: { AIMUX_SERVER_MAX_CONCURRENT_JOBS: "many" },
  });
  assert.equal(code, 1);
  assert.match(stderr, /AIMUX_SERVER_MAX_CONCURRENT_JOBS/);
});

Deno.test("the command line tells its version and refuses what it does not know", async () => {
  await using workplace = await createWorkplace();
  const run = async (...args: string[]) => {
    const { PROGRAM, denoEnv } = await import("./program.ts");
    const { code, stdout, stderr } = await new Deno.Command(PROGRAM.command, {
      args: [...PROGRAM.args, ...args],
      clearEnv: true,
      env: { ...denoEnv(), ...workplace.env },
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };
  const version = await run("--version");
  assert.equal(version.code, 0);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  assert.match((await run("--help")).stdout, /serve/);
  const unknown = await run("--frobnicate");
  assert.equal(unknown.code, 2);
  assert.equal(unknown.stdout, "");
  assert.match(unknown.stderr, /--frobnicate/);
  const command = await run("no-such-command");
  assert.equal(command.code, 2);
  assert.match(command.stderr, /Unknown command "no-such-command"/);
});
