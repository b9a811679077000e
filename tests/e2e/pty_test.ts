import assert from "node:assert/strict";
import { callsOf, childrenOf, CLI_NAMES, emulator } from "../emulators/mod.ts";
import { runCommand } from "./command.ts";
import { callLine, startRaw } from "./raw.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

const ignore = Deno.build.os === "windows";
const PTY = { executor: "pty" };

/** A test of CLIs on pseudo-terminals. */
function terminalTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

terminalTest("each CLI works on a terminal when its profile asks for one", async () => {
  await using aimux = await startServer({
    emulators: CLI_NAMES,
    profiles: Object.fromEntries(CLI_NAMES.map((cli) => [cli, PTY])),
  });
  for (const cli of CLI_NAMES) {
    const result = await aimux.call("exec", { prompt: "say hi there", cli });
    assert.equal(result.status, "completed", `${cli}: ${result.text}`);
    assert.match(result.content, /^MOCK: say hi there\b/);
    const [call] = await callsOf(aimux.workplace.home, cli);
    assert.deepEqual(call!.terminals, ["stdout", "stderr"]);
  }
  assert.deepEqual(aimux.processesLeft(), []);
});

terminalTest("without the key a CLI is run on pipes", async () => {
  await using aimux = await startServer({ emulators: ["crush"] });
  await aimux.call("exec", { prompt: "say hi", cli: "crush" });
  const [call] = await callsOf(aimux.workplace.home, "crush");
  assert.deepEqual(call!.terminals, []);
});

terminalTest("the command line runs a CLI on a terminal, too, and a dry run tells it", async () => {
  await using workplace = await createWorkplace({
    emulators: ["crush"],
    profiles: { crush: PTY },
  });
  const args = ["run", "say hi", "--cli", "crush"];
  const dry = await runCommand(workplace, [...args, "--dry-run"]);
  assert.match(dry.stdout, /^runs on: a pseudo-terminal, where there can be one$/m, dry.stderr);
  const json = await runCommand(workplace, [...args, "--dry-run", "--json"]);
  assert.equal(JSON.parse(json.stdout).executor, "pty");
  const { code, stdout, stderr } = await runCommand(workplace, args);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^MOCK: say hi/);
  const [call] = await callsOf(workplace.home, "crush");
  assert.deepEqual(call!.terminals, ["stdout", "stderr"]);
});

terminalTest("an answer from a terminal is what a person would have seen of it", async () => {
  const spinner = "\x1b[?25l⠋ Thinking\r\x1b[K⠙ Thinking\r\x1b[K\x1b[?25h";
  const answer =
    "\x1b[1mBold\x1b[0m, \x1b]8;;http://x\x1b\\a link\x1b]8;;\x1b\\, \x1b(0qq\x1b(B, 50%\b\b\b99%\n" +
    "step 1/2\rstep 2/2\r\ndone";
  await using aimux = await startServer({
    emulators: {
      crush: emulator.crush().prints(spinner, { to: "stderr" }).answers(answer),
      codex: emulator.codex().prints(spinner, { to: "stderr" }).prints("\x1b[32m")
        .answers(answer).nextCall().prints(spinner).answers("two"),
    },
    profiles: { crush: PTY, codex: PTY },
  });
  const text = await aimux.call("exec", { prompt: "say hi", cli: "crush" });
  assert.equal(text.content, "Bold, a link, ──, 99%\nstep 2/2\ndone");

  // What stands within the JSON is the model's own text, and is left as it is.
  const json = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal(json.content, answer);
  assert.ok(json.usage.output_tokens > 0);
  const { session_id } = json;
  const second = await aimux.call("exec", { prompt: "and again", session_id });
  assert.equal(second.content, "two");
  const [, call] = await callsOf(aimux.workplace.home, "codex");
  assert.ok(call!.argv.includes("resume"), call!.argv.join(" "));
});

terminalTest("a prompt of 1 MB on one line arrives byte for byte, and is not echoed", async () => {
  await using aimux = await startServer({
    emulators: { codex: emulator.codex().answers("read it") },
    profiles: { codex: PTY },
  });
  const prompt = "é\x04\x03" + "x".repeat(1_000_000);
  const result = await aimux.call("exec", { prompt, cli: "codex" });
  assert.equal(result.content, "read it", result.text);
  const [call] = await callsOf(aimux.workplace.home, "codex");
  assert.ok(call!.stdin === prompt);
  const { contents: [output] } = await aimux.client.readResource({ uri: result.output_uri });
  assert.doesNotMatch((output as { text: string }).text, /xxxx/);
});

terminalTest("a failure is told with what the CLI said of it on the terminal", async () => {
  await using aimux = await startServer({
    emulators: {
      crush: emulator.crush().fails("quota"),
      gemini: emulator.gemini().fails("quota"),
      codex: emulator.codex().prints("half", { to: "stderr" }).exits(3),
      claude: emulator.claude().diesBy("SIGKILL"),
    },
    profiles: { crush: PTY, gemini: PTY, codex: PTY, claude: PTY },
  });
  for (const cli of ["crush", "gemini"]) {
    const { status, error } = await aimux.call("exec", { prompt: "say hi", cli });
    assert.deepEqual([status, error.code], ["failed", "quota"], error.message);
  }
  const bad = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.deepEqual([bad.status, bad.exit_code], ["failed", 3]);
  assert.match(bad.error.message, /exited with code 3: half/);
  const killed = await aimux.call("exec", { prompt: "say hi", cli: "claude" });
  assert.equal(killed.exit_code, 137);
  assert.match(killed.error.message, /SIGKILL/);
});

const STUBBORN = emulator.codex().prints("half an \x1b[1mans\x1b[0m").ignoresTerm().forks()
  .forks({ hold_stdout: true }).thenHangs();

terminalTest("cancel and timeout end whatever runs on the terminal", async () => {
  await using aimux = await startServer({
    config: { server: { kill_grace_seconds: 0.3 } },
    emulators: { codex: STUBBORN },
    profiles: { codex: PTY },
  });
  const { job_id } = await aimux.call("exec", { prompt: "hang", cli: "codex", async: true });
  while ((await childrenOf(aimux.workplace.home, "codex")).length < 2) {
    await aimux.call("sessions", { action: "health" });
  }
  const cancelled = await aimux.call("sessions", { action: "cancel", job_id });
  assert.equal(cancelled.status, "cancelled");
  assert.deepEqual(aimux.processesLeft(), []);
  const job = await aimux.call("status", { job_id });
  assert.equal(job.partial_output, "half an ans");

  const late = await aimux.call("exec", { prompt: "hang", cli: "codex", timeout_seconds: 2 });
  assert.equal(late.status, "timed_out");
  assert.deepEqual(aimux.processesLeft(), []);
});

terminalTest("a job on a terminal whose server was killed is ended by the next one", async () => {
  await using workplace = await createWorkplace({
    config: { server: { kill_grace_seconds: 0.3 } },
    emulators: { codex: STUBBORN },
    profiles: { codex: PTY },
  });
  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", { prompt: "hang", cli: "codex", async: true }));
  const { job_id } = (await program.message(({ id }) => id === 1)).result.structuredContent;
  for (let id = 2;; id++) {
    await program.write(callLine(id, "status", { job_id, wait_seconds: 0.1 }));
    const { result } = await program.message((message) => message.id === id);
    if (/half an ans/.test(result.structuredContent.progress)) break;
  }
  Deno.kill(program.pid, "SIGKILL");
  await program.ended;

  await using aimux = await startServer({ workplace });
  const job = await aimux.call("status", { job_id });
  assert.equal(job.status, "interrupted");
  assert.match(job.partial_output, /half an ans/);
  assert.deepEqual(aimux.processesLeft(), []);
});

terminalTest(
  "on a terminal a CLI has the same environment as on pipes, without aimux's token",
  async () => {
    const environments = [];
    for (const executor of ["pipe", "pty"]) {
      await using aimux = await startServer({
        emulators: ["crush"],
        profiles: { crush: { executor, env_allow: ["AIMUX_*", "ODD"], env: { OWN: "é\n'\"" } } },
        env: { AIMUX_AUTH_TOKEN: "secret", OTHER_SECRET: "x", ODD: "a=b; $HOME\n", TERM: "xterm" },
      });
      const result = await aimux.call("exec", { prompt: "say hi", cli: "crush" });
      assert.equal(result.status, "completed", result.text);
      const [call] = await callsOf(aimux.workplace.home, "crush");
      const { AIMUX_JOB_ID, AIMUX_OWNER, HOME, PATH, ...env } = call!.env;
      assert.equal(AIMUX_JOB_ID, result.job_id);
      assert.match(AIMUX_OWNER!, /^own_/);
      assert.equal(HOME, aimux.workplace.home);
      assert.equal(PATH, aimux.workplace.env.PATH);
      environments.push(env);
    }
    const [pipe, pty] = environments;
    assert.deepEqual(pty, pipe);
    const { AIMUX_DEPTH, ODD, OWN, AIMUX_AUTH_TOKEN, OTHER_SECRET } = pty!;
    assert.deepEqual([AIMUX_DEPTH, ODD, OWN], ["1", "a=b; $HOME\n", "é\n'\""]);
    assert.deepEqual([AIMUX_AUTH_TOKEN, OTHER_SECRET], [undefined, undefined]);
  },
);
