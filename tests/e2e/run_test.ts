import assert from "node:assert/strict";
import { ACTING } from "../../src/commands/testing.ts";
import { jobResultSchema } from "../../src/mcp/tools/job_payload.ts";
import { callsOf, emulator } from "../emulators/mod.ts";
import { runCommand, runShell, startCommand } from "./command.ts";
import { startServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

/** What a server of the same home knows of the newest job. */
async function newestJob(workplace: Workplace) {
  await using aimux = await startServer({ workplace });
  const { sessions } = await aimux.call("sessions", { action: "list" });
  return await aimux.call("status", { job_id: sessions[0].last_job_id });
}

Deno.test("run prints the answer alone, and what is to be known of it to standard error", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { code, stdout, stderr } = await runCommand(workplace, ["run", "say hi"]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "MOCK: say hi [turns=2 chars=6]\n");
  assert.doesNotMatch(stderr, ACTING);
  assert.match(stderr, /^running: codex, role default, job_\w+$/m);
  assert.match(stderr, /^tokens: 11 in, 7 out$/m);
  const [, session] = /^continue: aimux run --session (ses_\w+) /m.exec(stderr) ?? [];

  const next = await runCommand(workplace, ["run", "--session", session!, "and now?", "--quiet"]);
  assert.deepEqual(next, { code: 0, stdout: "MOCK: and now? [turns=3 chars=8]\n", stderr: "" });
  const job = await newestJob(workplace);
  assert.deepEqual([job.status, job.session_id], ["completed", session]);
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("the flags of run arrive in the CLI's own words", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "claude"] });
  const flags = ["--role", "docgen", "--cli", "codex", "--model", "gpt-5.4", "--effort", "max"];
  const { stderr } = await runCommand(workplace, [
    "run",
    "say hi",
    ...flags,
    ...["--cwd", "..", "--read-only", "--timeout", "90", "--style", "json"],
  ]);
  const [call] = await callsOf(workplace.home, "codex");
  const line = call!.argv.join(" ");
  assert.ok(line.includes("--sandbox read-only -m gpt-5.4 -c model_reasoning_effort=xhigh"), line);
  assert.equal(call!.cwd, workplace.home.replace(/\/home$/, ""));
  assert.match(call!.prompt!, /^# Documentation[^]*\n\n# Style: JSON\n\n[^]*\n\n# Task\n\nsay hi$/);
  assert.match(stderr, /^cli: codex gpt-5.4 effort xhigh, role docgen, style json$/m);
});

Deno.test("the prompt comes by standard input, too, to the byte", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const input = "line 1\n\n  line 2 漢\n";
  for (const args of [["run"], ["run", "-"]]) {
    const { code, stderr } = await runCommand(workplace, [...args, "--cli", "codex"], { input });
    assert.equal(code, 0, stderr);
  }
  await runCommand(workplace, ["run", "--cli", "codex", "--", "--help me"], { input });
  const prompts = (await callsOf(workplace.home, "codex")).map(({ prompt }) => prompt);
  assert.deepEqual(prompts, [input, input, "--help me"]);
});

Deno.test("--json is what exec returns, whatever the end", async (t) => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), claude: emulator.claude().fails("quota") },
  });
  const ends: [name: string, args: string[], code: number, state: string][] = [
    ["completed", ["say hi"], 0, "completed"],
    ["failed", ["say hi", "--cli", "claude"], 5, "failed"],
    ["refused", ["say hi", "--cli", "nope"], 2, "refused"],
  ];
  for (const [name, args, expected, state] of ends) {
    await t.step(name, async () => {
      const { code, stdout } = await runCommand(workplace, ["run", "--json", ...args]);
      const result = jobResultSchema.strict().parse(JSON.parse(stdout));
      assert.equal(code, expected);
      assert.equal(result.state, state);
      assert.ok(result.you_are_here && result.choose_your_path);
      if (state === "completed") assert.equal(result.content, "MOCK: say hi [turns=2 chars=6]");
      else assert.equal(result.error?.code, state === "failed" ? "quota" : "unknown_cli");
    });
  }
});

Deno.test("the exit code tells how a run ended, and standard output has no answer then", async (t) => {
  await using workplace = await createWorkplace({
    emulators: {
      codex: emulator.codex().fails("auth"),
      claude: emulator.claude().exits(3),
      gemini: emulator.gemini().prints("half an ans").thenHangs(),
      goose: emulator.goose().fails("quota"),
    },
  });
  const ends: [args: string[], code: number, told: RegExp][] = [
    [["--cli", "claude"], 1, /^status: failed/m],
    [["--cli", "codex"], 4, /^Log in: codex login$/m],
    [["--cli", "goose"], 5, /^Wait for the limit/m],
    [["--cli", "gemini", "--timeout", "1"], 124, /^Printed before the end:\nhalf an ans$/m],
    [["--cli", "qwen"], 3, /^Install it with: npm install/m],
    [["--cli", "codx"], 2, /Did you mean "codex"\?/],
    [["--role", "codereveiw"], 2, /Did you mean "codereview"\?/],
    [["--model=--evil"], 2, /^Invalid model "--evil"$/m],
    [["--cwd", "/no/such"], 2, /"\/no\/such" does not exist/],
    [["--session", "ses_x"], 2, /^No session "ses_x"$/m],
    [["--timeout", "0"], 2, /^Invalid timeout_seconds 0$/m],
    [["--cli", "goose", "--read-only"], 2, /^Cannot run "goose" read-only/m],
  ];
  for (const [args, expected, told] of ends) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await runCommand(workplace, ["run", "say hi", ...args]);
      assert.equal(code, expected, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, told);
    });
  }
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("a wrong command line starts nothing and does not wait for its input", async (t) => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const wrong = [
    ["--frobnicate"],
    ["serve", "--frobnicate"],
    ["serve", "extra"],
    ["no-such-command"],
    ["run", "x", "--frobnicate"],
    ["run", "x", "y"],
    ["run", "--cli"],
    ["run", "x", "--effort", "hard"],
    ["run", "x", "--timeout", "soon"],
    ["version", "x"],
  ];
  for (const args of wrong) {
    await t.step(args.join(" "), async () => {
      const end = await runCommand(workplace, args, { input: { open: true } });
      assert.deepEqual([end.code, end.stdout], [2, ""], end.stderr);
      assert.match(end.stderr, /^[A-Z"].*\nSee "aimux.* --help"\n$/);
    });
  }
  assert.deepEqual(await callsOf(workplace.home, "codex"), []);
  assert.throws(() => Deno.statSync(`${workplace.home}/.config`), Deno.errors.NotFound);
});

Deno.test("signals cancel the job, end its processes and are told by the exit code", async (t) => {
  await using workplace = await createWorkplace({
    emulators: { gemini: emulator.gemini().prints("half an ans").forks().thenHangs() },
  });
  const signals: [Deno.Signal, number][] = [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]];
  for (const [signal, expected] of signals) {
    await t.step(signal, async () => {
      const run = startCommand(workplace, ["run", "think for ever", "--cli", "gemini"]);
      await run.printed(/^running: /m);
      while ((await callsOf(workplace.home, "gemini")).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      run.kill(signal);
      const { code, stdout, stderr } = await run.ended;
      assert.deepEqual([code, stdout], [expected, ""], stderr);
      assert.match(stderr, new RegExp(`^${signal}: ending gemini$`, "m"));
      assert.deepEqual(workplace.processesLeft(), []);
      assert.equal((await newestJob(workplace)).status, "cancelled");
    });
  }
});

Deno.test("the lines of a CLI are seen as they come, and events in words", async () => {
  const event = (text: string) =>
    JSON.stringify({ type: "item.completed", item: { type: "agent_message", text } }) + "\n";
  await using workplace = await createWorkplace({
    emulators: {
      crush: emulator.crush().prints("Reading main.ts\nReading app.ts\n").thenHangs(),
      codex: emulator.codex().prints(event("I look at the tests")).thenHangs(),
    },
  });
  for (const [cli, told] of [["crush", "Reading app.ts"], ["codex", "I look at the tests"]]) {
    const run = startCommand(workplace, ["run", "go", "--cli", cli!]);
    await run.printed(new RegExp(`^> ${told}$`, "m"));
    run.kill("SIGINT");
    const { stderr } = await run.ended;
    const lines = stderr.split("\n").filter((line) => line.startsWith("> "));
    assert.ok(lines.every((line) => !line.includes("{")), stderr);
    if (cli === "crush") assert.deepEqual(lines, ["> Reading main.ts", "> Reading app.ts"]);
  }
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("run waits for a place that another server's job holds, and can be cancelled there", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().thenHangs(), crush: emulator.crush().thenHangs() },
    config: { server: { max_concurrent_jobs: 1 } },
  });
  await using aimux = await startServer({ workplace });
  const first = await aimux.call("exec", { prompt: "go", cli: "codex", async: true });
  const run = startCommand(workplace, ["run", "go", "--cli", "crush"]);
  await run.printed(/^queued: crush, role default, job_\w+, place 1$/m);
  await aimux.call("sessions", { action: "cancel", job_id: first.job_id });
  await run.printed(/^running: crush/m);
  const { sessions } = await aimux.call("sessions", { action: "list", cli: "crush" });
  await aimux.call("sessions", { action: "cancel", job_id: sessions[0].last_job_id });
  const { code, stderr } = await run.ended;
  assert.equal(code, 1);
  assert.match(stderr, /^The job was cancelled$/m);
});

Deno.test("a dry run tells exactly what a run then does, and leaves no trace", async () => {
  await using workplace = await createWorkplace({ emulators: ["claude", "gemini"] });
  const args = ["run", "it's\nnew", "--role", "secaudit", "--effort", "max"];
  const dry = await runCommand(workplace, [...args, "--dry-run", "--json"]);
  assert.equal(dry.code, 0, dry.stderr);
  assert.deepEqual(await callsOf(workplace.home, "gemini"), []);
  assert.throws(() => Deno.statSync(`${workplace.home}/.config`), Deno.errors.NotFound);
  const plan = JSON.parse(dry.stdout);
  assert.deepEqual(plan.passed_over.map(({ cli }: { cli: string }) => cli), ["codex"]);
  assert.equal(plan.why, "the next capable one for role secaudit");
  assert.deepEqual(plan.reasoning_effort, { asked: "max", passed: null });

  assert.equal((await runCommand(workplace, args)).code, 0);
  const [call] = await callsOf(workplace.home, "gemini");
  const bytes = new TextEncoder().encode(call!.prompt!).length;
  assert.deepEqual(plan.prompt, { delivery: "argument", bytes, with_preamble: true });
  assert.deepEqual(plan.argv, [`${workplace.bin}/gemini`, ...call!.argv]);
  // The emulator does not tell the one variable that it sets for itself.
  const names = plan.env.filter((name: string) => name !== "DENO_DIR");
  assert.deepEqual(names, Object.keys(call!.env).sort());
  assert.equal(plan.cwd, call!.cwd);
});

Deno.test("a dry run says what would be told before the prompt", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "crush"] });
  const dry = async (...args: string[]) => {
    const { stdout } = await runCommand(workplace, [
      "run",
      "say hi",
      "--dry-run",
      "--json",
      ...args,
    ]);
    const { delivery: _, bytes: __, ...told } = JSON.parse(stdout).prompt;
    return told;
  };
  assert.deepEqual(await dry(), {});
  assert.deepEqual(await dry("--style", "json"), { with_preamble: true });
  for (const cli of ["codex", "crush"]) {
    const args = ["run", "say hi", "--role", "coding", "--cli", cli, "--json"];
    const { session_id } = JSON.parse((await runCommand(workplace, args)).stdout);
    const retold = { with_preamble: true, with_transcript: true };
    assert.deepEqual(await dry("--session", session_id), cli === "codex" ? {} : retold);
  }
});

Deno.test("a dry run continues a session without a change to the database", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const first = await runCommand(workplace, ["run", "say hi", "--json"]);
  const { session_id, cli_session_id } = JSON.parse(first.stdout);
  const folder = `${workplace.home}/.config/aimux`;
  const before = snapshot(folder);
  const args = ["run", "x".repeat(7000), "--session", session_id, "--dry-run"];
  const { code, stdout } = await runCommand(workplace, args);
  assert.equal(code, 0);
  assert.deepEqual(snapshot(folder), before);
  assert.equal((await callsOf(workplace.home, "codex")).length, 1);
  assert.match(stdout, new RegExp(`^argv: .* resume ${cli_session_id} -$`, "m"));
  assert.match(stdout, /^prompt: 7000 bytes, by standard input$/m);
  assert.match(stdout, new RegExp(`^session: ${session_id}, continued$`, "m"));
  assert.doesNotMatch(stdout, ACTING);

  const refused = await runCommand(workplace, ["run", "x", "--dry-run", "--cli", "qwen"]);
  assert.deepEqual([refused.code, refused.stdout], [3, ""]);
});

function snapshot(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => {
    const { size, mtime } = Deno.statSync(`${folder}/${name}`);
    return `${name} ${size} ${mtime?.getTime()}`;
  }).sort();
}

Deno.test("an answer too long for a client is printed whole", async () => {
  const bytes = 2_500_000;
  await using workplace = await createWorkplace({
    emulators: { crush: emulator.crush().floods({ as: "answer", bytes }) },
  });
  const run = "aimux run go --cli crush";
  const whole = await runShell(workplace, `${run} --quiet > answer.md; wc -c < answer.md`);
  assert.equal(whole.stdout.trim(), String(bytes), whole.stderr);

  const closed = await runShell(workplace, `${run} | head -1; echo "\${PIPESTATUS[0]}"`);
  const [first, code] = closed.stdout.split("\n");
  assert.match(first!, /^flood/);
  assert.equal(code, "0", closed.stderr);
  assert.match(closed.stderr, /^status: completed$/m);
  const both = await runShell(workplace, `${run} 2>&1 | head -1; echo "\${PIPESTATUS[0]}"`);
  assert.match(both.stdout, /^running: .*\n0\n$/);
});

Deno.test("an answer that cannot be written is a failure", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { code, stderr } = await runShell(workplace, "aimux run 'say hi' > /dev/full");
  assert.equal(code, 1);
  assert.match(stderr, /No space left/);
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("run tells mistakes in the configuration as the server does", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: { server: { max_queue: "many" } },
  });
  const served = await runCommand(workplace, []);
  const { code, stdout, stderr } = await runCommand(workplace, ["run", "say hi"]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(stderr, served.stderr);
  assert.match(stderr, /config\.yaml:1:\d+ .*"server\.max_queue"/);
  const json = await runCommand(workplace, ["run", "say hi", "--json"]);
  assert.equal(json.code, 1);
  assert.match(JSON.parse(json.stdout).error.message, /max_queue/);
  assert.deepEqual(await callsOf(workplace.home, "codex"), []);
});

Deno.test("a CLI that aimux runs cannot run aimux for ever", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    env: { AIMUX_DEPTH: "3" },
  });
  const { code, stderr } = await runCommand(workplace, ["run", "say hi"]);
  assert.equal(code, 2);
  assert.match(stderr, /AIMUX_DEPTH is "3"/);
});
