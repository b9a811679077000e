import assert from "node:assert/strict";
import { callsOf, emulator } from "../emulators/mod.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

/** Calls that must be refused: arguments, the code, and what the message must name. */
const REFUSED: [string, Record<string, unknown>, string, RegExp][] = [
  ["no prompt", {}, "invalid_input", /prompt is required/],
  ["an empty prompt", { prompt: "  \n" }, "invalid_input", /Empty prompt/],
  ["a prompt that is no text", { prompt: 7 }, "invalid_input", /prompt/],
  ["a prompt that is too large", { prompt: "é".repeat(600_000) }, "invalid_input", /1200000 bytes/],
  ["an unknown CLI", { cli: "node" }, "unknown_cli", /"node"[^]*codex, gemini, claude/],
  ["a path as CLI", { cli: "/bin/sh" }, "unknown_cli", /"\/bin\/sh"/],
  ["a CLI that is almost right", { cli: "codx" }, "unknown_cli", /Did you mean "codex"/],
  ["the binary instead of the name", { cli: "cn" }, "unknown_cli", /continue/],
  [
    "a CLI that is not installed",
    { cli: "qwen" },
    "cli_not_installed",
    /npm install -g @qwen-code/,
  ],
  [
    "an unknown role",
    { role: "codereveiw" },
    "invalid_input",
    /Did you mean "codereview"[^]*tracer/,
  ],
  ["a role from Object's prototype", { role: "constructor" }, "invalid_input", /no such role/],
  ["a model like a flag", { model: "--evil" }, "invalid_input", /"--evil"/],
  ["a model with a space", { model: "gpt 5" }, "invalid_input", /"gpt 5"/],
  ["an unknown effort", { reasoning_effort: "hard" }, "invalid_input", /reasoning_effort/],
  ["a negative timeout", { timeout_seconds: -5 }, "invalid_input", /timeout_seconds/],
  ["a timeout of 0", { timeout_seconds: 0 }, "invalid_input", /timeout_seconds/],
  ["a huge timeout", { timeout_seconds: 1e12 }, "invalid_input", /timeout_seconds/],
  [
    "a cwd that does not exist",
    { cwd: "/no/such/folder" },
    "invalid_input",
    /"\/no\/such\/folder"/,
  ],
  ["a cwd that is a file", { cwd: "/etc/passwd" }, "invalid_input", /not a folder/],
  ["an unknown session", { session_id: "nope" }, "not_found", /"nope"/],
  ["an unknown parameter", { promt: "x" }, "invalid_input", /"promt", did you mean "prompt"/],
  ["async that is no boolean", { async: "yes" }, "invalid_input", /async/],
  [
    "read-only where it cannot be promised",
    { cli: "crush", read_only: true },
    "unsupported",
    /crush/,
  ],
];

Deno.test("bad input is refused with a code, and no process is started", async (t) => {
  await using aimux = await startServer({ emulators: ["codex", "crush"] });
  for (const [name, args, code, message] of REFUSED) {
    await t.step(name, async () => {
      const given = name === "no prompt" ? args : { prompt: "say hi", ...args };
      const result = await aimux.call("exec", given);
      assert.equal(result.isError, true);
      assert.equal(result.error.code, code, result.text);
      assert.match(`${result.error.message}\n${result.error.hint}`, message);
      assert.equal(result.job_id, undefined);
    });
  }
  const { total_sessions } = await aimux.call("sessions", { action: "list" });
  assert.equal(total_sessions, 0);
  assert.deepEqual(await callsOf(aimux.workplace.home, "codex"), []);
  assert.deepEqual(await callsOf(aimux.workplace.home, "crush"), []);
});

Deno.test("status of an unknown job is not_found, the seed's example included", async () => {
  await using aimux = await startServer();
  for (const job_id of ["job_01HXYZ...", "nope"]) {
    assert.equal((await aimux.call("status", { job_id })).error.code, "not_found");
  }
  assert.equal((await aimux.call("status", {})).error.code, "invalid_input");
  const result = await aimux.call("status", { job_id: "x", wait_seconds: 60 });
  assert.equal(result.error.code, "invalid_input");
});

Deno.test("a CLI that is installed or removed while the server runs is noticed", async () => {
  await using aimux = await startServer({ emulators: [] });
  const call = () => aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal((await call()).error.code, "cli_not_installed");
  await aimux.workplace.install(["codex"]);
  assert.equal((await call()).status, "completed");
  await Deno.remove(`${aimux.workplace.bin}/codex`);
  assert.equal((await call()).error.code, "cli_not_installed");
});

Deno.test("a role whose CLI is absent falls to the next capable one, and the answer says so", async () => {
  await using aimux = await startServer({ emulators: ["aider", "crush"] });
  const coding = await aimux.call("exec", { prompt: "say hi", role: "coding" });
  assert.equal(coding.cli, "aider");
  assert.deepEqual(
    coding.attempts.map(({ cli, code }: { cli: string; code: string }) => `${cli} ${code}`),
    [
      "codex cli_not_installed",
      "gemini cli_not_installed",
      "claude cli_not_installed",
      "qwen cli_not_installed",
      "aider completed",
    ],
  );
  assert.match(coding.text, /not done by: codex/);
  assert.match(coding.warnings.join(), /gpt-5\.3-codex/);
});

Deno.test("an advisory role runs read-only, and passes over a CLI that cannot promise it", async () => {
  await using aimux = await startServer({ emulators: ["crush", "gptme"] });
  const review = await aimux.call("exec", { prompt: "say hi", role: "review" });
  assert.equal(review.cli, "gptme");
  const [call] = await callsOf(aimux.workplace.home, "gptme");
  assert.ok(call!.argv.join(" ").includes("--tools read-only"));
  assert.deepEqual(await callsOf(aimux.workplace.home, "crush"), []);
});

Deno.test("every role is known and routes", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const roles = "analyze architect challenge codereview coding debug docgen planner planning " +
    "precommit refactor research review secaudit testgen thinkdeep tracer default";
  for (const role of roles.split(" ")) {
    const result = await aimux.call("exec", { prompt: "say hi", role });
    assert.equal(result.status, "completed", result.text);
    assert.equal(result.role, role);
  }
});

Deno.test("effort, model and read-only arrive in the CLI's own words", async () => {
  await using aimux = await startServer({ emulators: ["codex", "claude", "goose"] });
  await aimux.call("exec", {
    prompt: "say hi",
    cli: "codex",
    model: "gpt-5.4",
    reasoning_effort: "max",
    read_only: true,
  });
  const [codex] = await callsOf(aimux.workplace.home, "codex");
  const line = codex!.argv.join(" ");
  assert.ok(line.includes("--sandbox read-only"), line);
  assert.ok(line.includes("-m gpt-5.4 -c model_reasoning_effort=xhigh"), line);

  await aimux.call("exec", { prompt: "say hi", cli: "claude", reasoning_effort: "minimal" });
  const [claude] = await callsOf(aimux.workplace.home, "claude");
  assert.ok(claude!.argv.join(" ").includes("--permission-mode acceptEdits --effort low"));

  const goose = await aimux.call("exec", {
    prompt: "say hi",
    cli: "goose",
    reasoning_effort: "xhigh",
  });
  assert.match(goose.warnings.join(), /no effort level "xhigh"; it ran with "high"/);
  assert.equal(goose.reasoning_effort, "high", "the level that it ran with");
  const [call] = await callsOf(aimux.workplace.home, "goose");
  assert.equal(call!.env["GOOSE_THINKING_EFFORT"], "high");
});

Deno.test("the child gets an allow-listed environment and never aimux's token", async () => {
  await using aimux = await startServer({
    emulators: ["codex"],
    env: { AIMUX_AUTH_TOKEN: "secret", OTHER_SECRET: "x", OPENAI_API_KEY: "k", LANG: "C.UTF-8" },
  });
  await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  const [call] = await callsOf(aimux.workplace.home, "codex");
  const names = Object.keys(call!.env);
  assert.ok(names.includes("OPENAI_API_KEY") && names.includes("LANG"), names.join());
  assert.ok(!names.includes("AIMUX_AUTH_TOKEN") && !names.includes("OTHER_SECRET"), names.join());
  assert.ok(names.includes("AIMUX_DEPTH") && names.includes("AIMUX_JOB_ID"), names.join());
});

Deno.test("aimux inside aimux is refused beyond server.max_depth", async () => {
  await using deep = await startServer({ emulators: ["codex"], env: { AIMUX_DEPTH: "3" } });
  const refused = await deep.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal(refused.error.code, "depth_exceeded");
  await using allowed = await startServer({ emulators: ["codex"], env: { AIMUX_DEPTH: "1" } });
  assert.equal((await allowed.call("exec", { prompt: "say hi" })).status, "completed");
});

Deno.test("a full queue refuses and leaves nothing behind", async () => {
  await using aimux = await startServer({
    config: { server: { max_concurrent_jobs: 1, max_queue: 1 } },
    emulators: { codex: emulator.codex().thenHangs() },
  });
  const start = () => aimux.call("exec", { prompt: "hang", cli: "codex", async: true });
  const first = await start();
  while ((await aimux.call("status", { job_id: first.job_id })).status !== "running");
  await start();
  const refused = await start();
  assert.equal(refused.error.code, "queue_full");
  assert.equal((await aimux.call("sessions", { action: "list" })).total_sessions, 2);
});

Deno.test("a database that cannot be used is told by every tool, and the server stays", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const path = `${workplace.home}/.config/aimux/sessions.db`;
  await Deno.mkdir(path, { recursive: true });
  await using aimux = await startServer({ workplace });
  for (
    const [tool, args] of [
      ["exec", { prompt: "say hi" }],
      ["status", { job_id: "job_x" }],
      ["sessions", { action: "list" }],
    ] as const
  ) {
    const result = await aimux.call(tool, args);
    assert.equal(result.error.code, "storage");
    assert.match(result.error.message, /Cannot open the database ".*sessions\.db"/);
    assert.match(result.error.hint, /server\.db_path/);
  }
  assert.deepEqual(await callsOf(workplace.home, "codex"), []);

  await Deno.remove(path);
  assert.equal((await aimux.call("exec", { prompt: "say hi" })).status, "completed");
});
