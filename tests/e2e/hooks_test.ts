import assert from "node:assert/strict";
import { afterDocument, beforeDocument } from "../../src/engine/hooks/documents.ts";
import { type Health, healthShape } from "../../src/engine/health_shape.ts";
import { callsOf, emulator } from "../emulators/mod.ts";
import { writeProgram } from "../program_file.ts";
import { runCommand, startCommand } from "./command.ts";
import { callLine, startRaw } from "./raw.ts";
import { startServer, type TestServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

/** A hook that is a line of shell; aimux itself never uses one. */
const sh = (line: string) => ["/bin/sh", "-c", line];
/** Prints an answer. */
const says = (answer: unknown) => sh(`cat > /dev/null; echo '${JSON.stringify(answer)}'`);
/** Keeps what it was told, and prints an answer. */
const keeps = (file: string, answer: unknown) =>
  sh(
    `cat > "$HOME/${file}"; env > "$HOME/${file}.env"; pwd > "$HOME/${file}.cwd"; ` +
      `echo '${JSON.stringify(answer)}'`,
  );
/** Tells that it runs, with a child that has left its group, and never answers. */
const HANGS = sh('setsid sleep 1000 & echo $$ > "$HOME/hangs"; sleep 1000');

type Hook = Record<string, unknown>;

/** Hooks of roles that are called like them: each call chooses by its role which are asked. */
function hooked(
  given: Record<string, { before?: Hook[]; after?: Hook[] }>,
  clis: Record<string, string> = {},
) {
  const named = (event: "before" | "after") =>
    Object.entries(given).flatMap(([role, hooks]) =>
      (hooks[event] ?? []).map((hook, at) => ({
        name: `${role}-${at}`,
        ...hook,
        roles: [role],
      }))
    );
  return {
    hooks: { before: named("before"), after: named("after") },
    roles: Object.fromEntries(
      Object.keys(given).map((role) => [role, { cli: clis[role] ?? "codex" }]),
    ),
    server: { kill_grace_seconds: 0.5, log_level: "debug" },
  };
}

async function healthOf({ client }: TestServer): Promise<Health> {
  const { contents: [content] } = await client.readResource({ uri: "aimux://health" });
  assert.ok(content && "text" in content);
  return healthShape.parse(JSON.parse(content.text));
}

/** Waits for a file that a hook writes. */
async function appears(path: string): Promise<void> {
  const over = Date.now() + 30_000;
  while (!await Deno.stat(path).catch(() => undefined)) {
    assert.ok(Date.now() < over, `${path} did not appear`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const count = async ({ call }: TestServer) =>
  (await call("sessions", { action: "health" })).total_sessions;

Deno.test("a hook before a run lets it pass, changes it or blocks it", async (t) => {
  const config = hooked({
    proceed: { before: [{ command: keeps("told", { verdict: "proceed" }) }] },
    modify: {
      before: [
        { command: says({ verdict: "modify", prompt: "say ho", reason: "hi is taken" }) },
        { command: keeps("second", { verdict: "modify", model: "m-2", reasoning_effort: "low" }) },
      ],
    },
    block: { before: [{ command: says({ verdict: "block", reason: "Not on a Friday" }) }] },
    mute: { before: [{ command: says({ verdict: "block", reason: 5, more: true }) }] },
    secret: {
      before: [{ builtin: "redact_secrets" }, { command: keeps("clean", { verdict: "proceed" }) }],
    },
  });
  await using aimux = await startServer({
    emulators: ["codex"],
    config,
    env: { MY_API_KEY: "correct-horse-battery", AIMUX_AUTH_TOKEN: "the-token-of-aimux" },
  });
  const { home } = aimux.workplace;

  await t.step("it is told the run, and knows no secret of aimux", async () => {
    const result = await aimux.call("exec", { prompt: "say hi", role: "proceed" });
    assert.equal(result.status, "completed", result.text);
    assert.match(result.content, /^MOCK: say hi/);
    const told = beforeDocument.parse(JSON.parse(await Deno.readTextFile(`${home}/told`)));
    assert.deepEqual(told, {
      version: 1,
      event: "before",
      hook: "proceed-0",
      run: {
        principal: "local",
        cli: "codex",
        role: "proceed",
        permission: "write",
        cwd: aimux.workplace.project,
        timeout_seconds: told.run.timeout_seconds,
        prompt: "say hi",
      },
    });
    const env = await Deno.readTextFile(`${home}/told.env`);
    assert.match(env, /^AIMUX_DEPTH=1$/m);
    assert.match(env, /^AIMUX_OWNER=own_/m);
    assert.doesNotMatch(env, /correct-horse|the-token-of-aimux/);
    assert.equal((await Deno.readTextFile(`${home}/told.cwd`)).trim(), home);
  });

  await t.step("what it changes is what is run and kept, and the result says so", async () => {
    const result = await aimux.call("exec", { prompt: "say hi", role: "modify" });
    assert.match(result.content, /^MOCK: say ho/, result.text);
    assert.deepEqual([result.model, result.reasoning_effort], ["m-2", "low"]);
    const { session_id, warnings } = result;
    assert.deepEqual(warnings.slice(0, 2), [
      'Hook "modify-0" changed the prompt: hi is taken',
      'Hook "modify-1" changed the model and reasoning_effort',
    ]);
    const seen = JSON.parse(await Deno.readTextFile(`${home}/second`)).run;
    assert.equal(seen.prompt, "say ho", "each hook sees what those before it have left");
    const { jobs } = await aimux.call("sessions", { action: "info", session_id });
    assert.equal(jobs[0].prompt_preview, "say ho");
  });

  await t.step("what it blocks leaves nothing behind", async () => {
    const before = [await count(aimux), (await callsOf(home, "codex")).length];
    const result = await aimux.call("exec", { prompt: "say hi", role: "block" });
    assert.equal(result.isError, true);
    assert.equal(result.error.code, "blocked");
    assert.equal(result.error.message, 'Hook "block-0" blocked the call: Not on a Friday');
    assert.equal(result.state, "refused");
    assert.equal(result.job_id, undefined);
    const mute = await aimux.call("exec", { prompt: "say hi", role: "mute" });
    assert.equal(mute.error.message, 'Hook "mute-0" blocked the call and gave no reason');
    assert.deepEqual([await count(aimux), (await callsOf(home, "codex")).length], before);
    const run = await runCommand(aimux.workplace, ["run", "--role", "block", "say hi"]);
    assert.equal(run.code, 2);
    assert.match(run.stderr, /Hook "block-0" blocked the call: Not on a Friday/);
  });

  await t.step("secrets are taken out before anybody sees them", async () => {
    const prompt = "Why is password=hunter2secret wrong, and correct-horse-battery?";
    const result = await aimux.call("exec", { prompt, role: "secret" });
    assert.match(result.content, /^MOCK: Why is password=\[redacted\] wrong, and \[redacted\]\?/);
    assert.equal(result.warnings[0], 'Hook "secret-0" took 2 secrets out of the prompt');
    assert.doesNotMatch(await Deno.readTextFile(`${home}/clean`), /hunter2|correct-horse/);
    for (const file of ["sessions.db", "sessions.db-wal", "aimux.log"]) {
      const bytes = await Deno.readFile(`${home}/.config/aimux/${file}`);
      assert.doesNotMatch(new TextDecoder("latin1").decode(bytes), /hunter2|correct-horse/, file);
    }
  });
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("a hook after a run accepts, annotates or rejects its result", async (t) => {
  const config = hooked({
    accept: { after: [{ command: keeps("told", { verdict: "accept" }) }] },
    annotate: {
      after: [
        { command: says({ verdict: "annotate", text: "No tests were run" }) },
        { command: says({ verdict: "annotate", text: "api_key=abcdef123456 was used" }) },
      ],
    },
    reject: {
      after: [
        { command: says({ verdict: "reject", reason: "Too short" }) },
        { command: keeps("later", { verdict: "annotate", text: "Seen" }) },
      ],
    },
    failing: { after: [{ command: keeps("failure", { verdict: "reject", reason: "It failed" }) }] },
    long: { after: [{ command: keeps("long", { verdict: "accept" }) }] },
  }, { failing: "claude", long: "crush" });
  await using aimux = await startServer({
    emulators: {
      codex: emulator.codex(),
      claude: emulator.claude().fails("quota"),
      crush: emulator.crush().floods({ as: "answer", bytes: 100_000 }),
    },
    config,
  });
  const { home } = aimux.workplace;
  const told = async (file: string) =>
    afterDocument.parse(JSON.parse(await Deno.readTextFile(`${home}/${file}`)));

  await t.step("it is told the run and its result", async () => {
    const result = await aimux.call("exec", { prompt: "say hi", role: "accept" });
    assert.equal(result.status, "completed", result.text);
    const { run, result: seen } = await told("told");
    assert.equal(run.job_id, result.job_id);
    assert.equal(run.prompt, "say hi");
    assert.equal(run.cwd, aimux.workplace.project);
    assert.equal(seen.content, result.content);
    assert.deepEqual(seen.usage, result.usage);
    assert.equal(seen.changed_files, false);
  });

  await t.step("its notes are warnings, without secrets", async () => {
    const result = await aimux.call("exec", { prompt: "say hi", role: "annotate" });
    assert.equal(result.status, "completed");
    assert.deepEqual(result.warnings.slice(-2), [
      'Hook "annotate-0" notes: No tests were run',
      'Hook "annotate-1" notes: api_key=[redacted] was used',
    ]);
    assert.match(result.text, /warning: Hook "annotate-0" notes: No tests were run/);
  });

  await t.step("an answer that it rejects is kept, but is none", async () => {
    const result = await aimux.call("exec", { prompt: "say hi", role: "reject" });
    assert.deepEqual([result.status, result.error.code], ["failed", "blocked"]);
    assert.equal(result.error.message, 'Hook "reject-0" rejected the answer: Too short');
    assert.equal(result.content, undefined);
    assert.match(result.partial_output, /^MOCK: say hi/);
    assert.deepEqual(result.warnings.slice(-1), ['Hook "reject-1" notes: Seen']);
    const { result: seen } = await told("later");
    assert.deepEqual([seen.status, seen.error?.code], ["failed", "blocked"]);
    assert.match(result.choose_your_path.correct.next_call.arguments.prompt, /Too short/);
    assert.equal(result.choose_your_path.correct.next_call.arguments.session_id, result.session_id);
    const again = await aimux.call("status", { job_id: result.job_id });
    assert.equal(again.error.code, "blocked");
    const run = await runCommand(aimux.workplace, ["run", "--role", "reject", "say hi"]);
    assert.equal(run.code, 1);
    assert.match(run.stderr, /rejected the answer: Too short[^]*MOCK: say hi/);
  });

  await t.step("a failure stays what it was, and is told once, after all attempts", async () => {
    const result = await aimux.call("exec", {
      prompt: "say hi",
      role: "failing",
      fallback: "none",
    });
    assert.equal(result.error.code, "quota");
    assert.deepEqual(result.warnings.slice(-1), [
      'Hook "failing-0" rejected the answer: It failed',
    ]);
    assert.equal((await told("failure")).result.error?.code, "quota");
  });

  await t.step("of a long answer it can read the whole", async () => {
    const result = await aimux.call("exec", { prompt: "say hi", role: "long" });
    assert.equal(result.truncated, true);
    const { result: seen } = await told("long");
    assert.equal((await Deno.stat(seen.answer_path!)).size >= 100_000, true);
  });
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("a hook that fails is passed over or blocks, as it is set, and is reported", async (t) => {
  const all: [string, unknown[], RegExp][] = [
    [
      "dies",
      sh("echo oops secret=abcdef123456 >&2; exit 3"),
      /it exited with code 3: oops secret=\[redacted\]$/,
    ],
    ["garbage", sh("echo '<html>'"), /it printed no JSON: <html>$/],
    ["absent", ["/nowhere/hook"], /"\/nowhere\/hook" is no file that can be executed$/],
    ["hangs", HANGS, /it did not answer within 0\.5 seconds \(timeout_seconds\)$/],
  ];
  const roles = Object.fromEntries(
    all.flatMap(([role, command]) => {
      const open = { command, timeout_seconds: role === "hangs" ? 0.5 : 20 };
      const closed = { ...open, on_failure: "closed" };
      return [
        [role, { before: [open], after: [open] }],
        [`closed-${role}`, { before: [closed] }],
        [`rejects-${role}`, { after: [closed] }],
      ];
    }),
  );
  const empty = { before: [{ command: says({ verdict: "modify", prompt: " " }) }] };
  await using aimux = await startServer({
    emulators: ["codex"],
    config: hooked({ ...roles, empty }),
  });

  for (const [role, , message] of all) {
    await t.step(role, async () => {
      const open = await aimux.call("exec", { prompt: "say hi", role });
      assert.equal(open.status, "completed", open.text);
      const told = open.warnings.filter((line: string) => line.startsWith(`Hook "${role}-0"`));
      assert.equal(told.length, 2, "once before and once after");
      for (const line of told) {
        assert.match(line, /" failed and was passed over: /);
        assert.match(line, message);
      }
      const sessions = await count(aimux);
      const blocked = await aimux.call("exec", { prompt: "say hi", role: `closed-${role}` });
      assert.equal(blocked.error.code, "blocked");
      assert.match(blocked.error.message, message);
      assert.match(blocked.error.message, /^Hook "closed-\w+-0" failed, so the call is blocked: /);
      assert.equal(await count(aimux), sessions);
      const rejected = await aimux.call("exec", { prompt: "say hi", role: `rejects-${role}` });
      assert.deepEqual([rejected.status, rejected.error.code], ["failed", "blocked"]);
      assert.match(rejected.error.message, message);
      assert.match(rejected.partial_output, /^MOCK: say hi/);
    });
  }

  await t.step("a change that a caller could not ask for", async () => {
    const { content, warnings } = await aimux.call("exec", { prompt: "say hi", role: "empty" });
    assert.match(content, /^MOCK: say hi/);
    assert.match(warnings[0], /its change cannot be taken: Empty prompt$/);
  });

  await t.step("health and log tell of it", async () => {
    const { hooks, warnings, status } = await healthOf(aimux);
    const dies = hooks.find(({ name, event }) => name === "dies-0" && event === "before")!;
    assert.deepEqual([dies.failing, dies.failures], [true, 1]);
    assert.match(dies.last_failure!.message, /exited with code 3: oops secret=\[redacted\]/);
    assert.equal(status, "degraded");
    assert.ok(warnings.some((line) => /^Hook "dies-0" \(before\) failed at 20/.test(line)));
    assert.ok(warnings.some((line) => /^Hook "closed-absent-0" \(before\) cannot be/.test(line)));
    const log = await Deno.readTextFile(`${aimux.workplace.home}/.config/aimux/aimux.log`);
    assert.match(log, /"message":"Hook failed".*"hook":"dies-0","event":"before"/);
    assert.doesNotMatch(log, /abcdef123456/);
  });
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("a call that is taken back, or a server that stops, ends the hooks before a run", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: hooked({ hangs: { before: [{ command: HANGS, timeout_seconds: 30 }] } }),
  });
  const call = { prompt: "say hi", role: "hangs" };
  const hung = async () => {
    await appears(`${workplace.home}/hangs`);
    await Deno.remove(`${workplace.home}/hangs`);
  };
  {
    await using aimux = await startServer({ workplace });
    const taken = new AbortController();
    const calling = aimux.call("exec", call, taken.signal).catch(() => "taken back");
    await hung();
    taken.abort();
    assert.equal(await calling, "taken back");
    while (aimux.processesLeft().length > 0) await new Promise((next) => setTimeout(next, 20));
    assert.equal(await count(aimux), 0);
  }
  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", { ...call, async: true }));
  await hung();
  Deno.kill(program.pid, "SIGTERM");
  const { messages } = await program.ended;
  const answer = messages.find(({ id }) => id === 1)?.result.structuredContent;
  assert.equal(answer?.error.code, "interrupted");
  assert.deepEqual(workplace.processesLeft(), []);

  const command = startCommand(workplace, ["run", "--role", "hangs", "say hi"]);
  await hung();
  command.kill("SIGINT");
  const { code, stderr } = await command.ended;
  assert.deepEqual([code, stderr], [130, "SIGINT: nothing was started\n"]);
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("a job that is cancelled, or whose server stops or dies, does not wait for its hooks", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: hooked({
      after: {
        after: [
          { command: HANGS, timeout_seconds: 600 },
          { command: keeps("next", { verdict: "accept" }) },
          { builtin: "telemetry" },
        ],
      },
      before: { before: [{ command: HANGS, timeout_seconds: 30 }] },
    }),
  });
  const call = { prompt: "say hi", role: "after", async: true };
  const hung = async () => {
    await appears(`${workplace.home}/hangs`);
    await Deno.remove(`${workplace.home}/hangs`);
  };
  const ids: string[] = [];
  {
    await using aimux = await startServer({ workplace });
    const { job_id } = await aimux.call("exec", call);
    await hung();
    assert.equal((await aimux.call("status", { job_id })).status, "running");
    const cancelled = await aimux.call("sessions", { action: "cancel", job_id });
    assert.equal(cancelled.status, "cancelled");
    assert.deepEqual(aimux.processesLeft(), []);
    const job = await aimux.call("status", { job_id });
    assert.match(job.error.message, /its hooks were still being asked/);
    assert.match(job.partial_output, /^MOCK: say hi/);
    ids.push((await aimux.call("exec", call)).job_id);
    await hung();
  }
  assert.deepEqual(workplace.processesLeft(), [], "the server has stopped");

  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", call));
  const started = await program.message(({ id }) => id === 1);
  ids.push(started.result.structuredContent.job_id);
  await hung();
  await program.write(callLine(2, "exec", { prompt: "say ho", role: "before" }));
  await hung();
  Deno.kill(program.pid, "SIGKILL");
  await program.ended;
  assert.notDeepEqual(workplace.processesLeft(), [], "hooks outlive their server for now");

  await using aimux = await startServer({ workplace });
  for (const job_id of ids) {
    const job = await aimux.call("status", { job_id });
    assert.equal(job.status, "interrupted");
    assert.match(job.partial_output, /say hi/);
  }
  assert.deepEqual(aimux.processesLeft(), []);
  assert.equal(await count(aimux), 3, "there is none of the call whose hook was being asked");
  await assert.rejects(Deno.stat(`${workplace.home}/next`), "no further hook is asked");
  const lines = await Deno.readTextFile(`${workplace.home}/.config/aimux/telemetry.jsonl`);
  assert.deepEqual(lines.trim().split("\n").map((line) => JSON.parse(line).status), [
    "cancelled",
    "interrupted",
    "interrupted",
  ]);
});

Deno.test("filters choose the hooks; another CLI that takes a job has its own asked", async (t) => {
  const on = (cli: string, command: string[], more: Hook = {}) => ({
    name: `on-${cli}`,
    command,
    clis: [cli],
    ...more,
  });
  const named = (name: string, command: string[]) => ({ name, command });
  await using aimux = await startServer({
    emulators: {
      codex: emulator.codex().fails("quota"),
      claude: emulator.claude(),
      gemini: emulator.gemini(),
    },
    config: {
      roles: { default: { cli: "codex" } },
      hooks: {
        before: [
          named(
            "all",
            sh('cat >> "$HOME/all"; echo >> "$HOME/all"; echo \'{"verdict":"proceed"}\''),
          ),
          on("gemini", says({ verdict: "block", reason: "Not there" })),
          on("claude", says({ verdict: "modify", prompt: "say ho" })),
          { ...named("never", sh("exit 9")), roles: ["review"], clis: ["codex"] },
        ],
        after: [
          on("codex", sh("exit 9")),
          on("claude", says({ verdict: "annotate", text: "By claude" })),
        ],
      },
    },
  });

  await t.step("a dry run names them and asks none", async () => {
    const dry = await runCommand(aimux.workplace, [
      "run",
      "--dry-run",
      "--cli",
      "claude",
      "say hi",
    ]);
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^hooks before: all, on-claude, which were not asked$/m);
    assert.match(dry.stdout, /^hooks after: on-claude, which were not asked$/m);
    const json = await runCommand(aimux.workplace, ["run", "--dry-run", "--json", "say hi"]);
    assert.deepEqual(JSON.parse(json.stdout).hooks, { before: ["all"], after: ["on-codex"] });
    await assert.rejects(Deno.stat(`${aimux.workplace.home}/all`));
  });

  await t.step("a job that falls over to another CLI", async () => {
    const result = await aimux.call("exec", { prompt: "say hi" });
    assert.equal(result.status, "completed", result.text);
    assert.equal(result.cli, "claude");
    assert.match(result.content, /say ho/);
    assert.deepEqual(result.attempts.map(({ cli, code }: Hook) => [cli, code]).slice(-3), [
      ["codex", "quota"],
      ["gemini", "blocked"],
      ["claude", "completed"],
    ]);
    assert.ok(result.warnings.includes('Hook "on-claude" changed the prompt'));
    assert.ok(result.warnings.includes('Hook "on-claude" notes: By claude'));
    assert.doesNotMatch(result.warnings.join(), /never|on-codex/);
    const { session_id } = result;
    const { jobs } = await aimux.call("sessions", { action: "info", session_id });
    assert.equal(jobs[0].prompt_preview, "say ho");
    const asked = (await Deno.readTextFile(`${aimux.workplace.home}/all`)).trim().split("\n");
    assert.equal(asked.length, 1, "once a job");
  });
});

Deno.test("telemetry is a line for each run, with nothing of what was said", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), claude: emulator.claude().prints("half").thenHangs() },
    config: {
      server: { kill_grace_seconds: 0.5 },
      hooks: {
        after: [
          { name: "count", builtin: "telemetry" },
          {
            name: "judge",
            command: says({ verdict: "reject", reason: "No-good" }),
            roles: ["review"],
          },
          {
            name: "full",
            builtin: "telemetry",
            path: "/dev/null/x",
            on_failure: "closed",
            roles: ["debug"],
          },
        ],
      },
    },
  });
  const file = `${workplace.home}/.config/aimux/telemetry.jsonl`;
  await using aimux = await startServer({ workplace });
  await using other = await startServer({ workplace });
  const completed = await aimux.call("exec", { prompt: "The-prompt", model: "m-1" });
  await other.call("exec", { prompt: "The-prompt", role: "review" });
  const { job_id } = await aimux.call("exec", { prompt: "The-prompt", cli: "claude", async: true });
  await aimux.call("sessions", { action: "cancel", job_id });
  const unwritten = await aimux.call("exec", { prompt: "The-prompt", role: "debug" });
  assert.deepEqual([unwritten.status, unwritten.error.code], ["failed", "blocked"]);
  assert.match(unwritten.error.message, /it cannot write "\/dev\/null\/x": /);

  const text = await Deno.readTextFile(file);
  assert.doesNotMatch(text, /The-prompt|MOCK|No-good/);
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ cli, role, status, code }) => [cli, role, status, code]), [
    ["codex", "default", "completed", "completed"],
    ["codex", "review", "failed", "blocked"],
    ["claude", "default", "cancelled", "cancelled"],
    ["codex", "debug", "completed", "completed"],
  ]);
  const { time, duration_ms, total_ms, ...first } = lines[0];
  assert.ok(Date.parse(time) > 0 && duration_ms >= 0 && total_ms >= duration_ms);
  assert.deepEqual(first, {
    version: 1,
    job_id: completed.job_id,
    session_id: completed.session_id,
    principal: "local",
    cli: "codex",
    role: "default",
    model: "m-1",
    permission: "write",
    status: "completed",
    code: "completed",
    exit_code: 0,
    usage: completed.usage,
    attempts: [{ cli: "codex", model: "m-1", code: "completed" }],
  });
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
});

Deno.test("the program of the documentation does what it says", async (t) => {
  const page = await Deno.readTextFile(new URL("../../docs/hooks.md", import.meta.url));
  const [, source = ""] = /```python\n([^]*?)```/.exec(page) ?? [];
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: {
      hooks: {
        before: [{ name: "policy", command: ["hooks/policy.py"], on_failure: "closed" }],
        after: [{ name: "policy", command: ["hooks/policy.py"], roles: ["coding", "debug"] }],
      },
    },
  });
  const folder = `${workplace.home}/.config/aimux/hooks`;
  await Deno.mkdir(folder);
  await writeProgram(`${folder}/policy.py`, source);
  await using aimux = await startServer({ workplace });

  await t.step("before a run", async () => {
    const run = await runCommand(workplace, ["run", "Restart the production database"]);
    assert.equal(run.code, 2);
    assert.ok(page.includes(`$ aimux run "Restart the production database"\n${run.stderr}`));
    const allowed = { prompt: "Look at the production database", permission: "read_only" };
    assert.equal((await aimux.call("exec", allowed)).status, "completed");
    const coding = await aimux.call("exec", { prompt: "say hi", role: "coding" });
    assert.match(coding.content, /say hi\n\nRun the tests before you answer\./);
    assert.ok(coding.warnings.includes('Hook "policy" changed the prompt: tests are to be run'));
  });

  await t.step("after a run", async () => {
    const rejected = await aimux.call("exec", { prompt: "say TODO", role: "debug" });
    assert.equal(
      rejected.error?.message,
      'Hook "policy" rejected the answer: Something is left to do',
    );
    assert.equal(
      (await aimux.call("exec", { prompt: "say hi", role: "debug" })).status,
      "completed",
    );
  });
});

Deno.test("doctor tells of each hook whether it can be asked", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: {
      hooks: {
        before: [{ name: "here", command: sh("exit 0"), on_failure: "closed", clis: ["codex"] }],
        after: [{ name: "gone", command: ["./gone.py"] }, { name: "count", builtin: "telemetry" }],
      },
    },
  });
  const { code, stdout } = await runCommand(workplace, ["doctor"]);
  assert.equal(code, 0);
  const gone = `${workplace.home}/.config/aimux/gone.py`;
  assert.match(
    stdout,
    /^hook here: before, ready, \/bin\/sh -c exit 0, blocks .*, only on codex$/m,
  );
  assert.ok(stdout.includes(`hook gone: after, broken, "${gone}" is no file that can be executed`));
  assert.match(stdout, /^hook count: after, ready, built-in telemetry, \S+telemetry\.jsonl$/m);
  assert.match(stdout, /^config hooks.after: gone, count, from /m);
  assert.match(stdout, /^warning: Hook "gone" \(after\) cannot be asked, so it is passed over: /m);
});
