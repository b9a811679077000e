import assert from "node:assert/strict";
import { callsOf, type CliName, emulator } from "../emulators/mod.ts";
import { startServer, type TestServer } from "./server.ts";

Deno.test("a conversation that its CLI has forgotten goes on with what was said", async () => {
  await using aimux = await startServer({ emulators: ["claude", "gptme"] });
  for (const cli of ["claude", "gptme"] as const) {
    const { session_id } = await aimux.call("exec", { prompt: "remember plum", cli });
    await Deno.remove(`${aimux.workplace.home}/.aimux-emulators/${cli}/sessions`, {
      recursive: true,
    });
    const result = await aimux.call("exec", { prompt: "which word", session_id });
    assert.equal(result.status, "completed", result.text);
    assert.match(result.warnings.join(), /could not resume/);
    assert.equal(result.attempts.length, 2);
    assert.match(result.content, /plum/);

    const third = await aimux.call("exec", { prompt: "and now", session_id });
    assert.equal(third.attempts.length, 1, "the new conversation is resumed");
    assert.equal(third.status, "completed");
  }
});

Deno.test("a continued session keeps role, model, effort and the promise to change nothing", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const argv = async () => (await callsOf(aimux.workplace.home, "codex")).at(-1)!.argv.join(" ");
  const first = await aimux.call("exec", { prompt: "check it", role: "secaudit" });
  assert.match(await argv(), /--sandbox read-only/);
  const { next_call } = first.choose_your_path.continue;
  const second = await aimux.call(next_call.tool, next_call.arguments);
  assert.equal(second.role, "secaudit");
  assert.equal(second.model, first.model);
  assert.match(await argv(), /--sandbox read-only -m gpt-5\.4 -c model_reasoning_effort=xhigh/);

  const { session_id } = await aimux.call("exec", {
    prompt: "look",
    cli: "codex",
    read_only: true,
  });
  await aimux.call("exec", { prompt: "look again", session_id });
  assert.match(await argv(), /--sandbox read-only/);
  await aimux.call("exec", { prompt: "now mend it", session_id, read_only: false });
  assert.match(await argv(), /--sandbox workspace-write/);
});

Deno.test("after a failed first turn a CLI is told what was asked", async (t) => {
  for (const cli of ["codex", "aider", "goose", "gptme", "crush"] as const) {
    await t.step(cli, async () => {
      await using aimux = await startServer({
        emulators: {
          [cli]: emulator[cli]().fails("transient").nextCall().fails("transient").nextCall(),
        },
      });
      const failed = await aimux.call("exec", { prompt: "count the plums", cli });
      const { next_call } = (await aimux.call("status", { job_id: failed.job_id }))
        .choose_your_path.retry;
      const second = await aimux.call(next_call.tool, next_call.arguments);
      assert.equal(second.status, "completed", second.text);
      const { prompt, argv } = (await callsOf(aimux.workplace.home, cli)).at(-1)!;
      // Its own conversation, or what was said.
      const told = argv.join(" ").includes(String(failed.cli_session_id)) || /plums/.test(prompt!);
      assert.ok(told, `${argv.join(" ")} ${prompt}`);
    });
  }
});

Deno.test("usage is that of the run, also where the CLI counts by conversation", async (t) => {
  const counting: CliName[] = ["codex", "claude", "qwen", "goose", "gemini", "gptme", "opencode"];
  await using aimux = await startServer({ emulators: counting });
  for (const cli of counting) {
    await t.step(cli, async () => {
      const first = await aimux.call("exec", { prompt: "one turn", cli });
      const { session_id } = first;
      const second = await aimux.call("exec", { prompt: "second turn", session_id });
      assert.ok(first.usage.input_tokens > 0, first.text);
      assert.deepEqual(
        { ...second.usage, cost_usd: 0 },
        { ...first.usage, cost_usd: 0 },
      );
      const [one = 0, two = 0] = [first.usage.cost_usd, second.usage.cost_usd];
      assert.ok(Math.abs(two - one) < 1e-9, `${two} after ${one}`);
    });
  }
});

Deno.test("calls on one session run one after the other", async () => {
  await using aimux = await startServer({ emulators: { codex: emulator.codex().waits(200) } });
  const { session_id } = await aimux.call("exec", { prompt: "turn 1", cli: "codex" });
  const results = await Promise.all(
    [2, 3, 4].map((n) => aimux.call("exec", { prompt: `turn ${n}`, session_id })),
  );
  const times = results.map(({ started_at, finished_at }) => [started_at, finished_at]).sort();
  for (let at = 1; at < times.length; at++) assert.ok(times[at]![0] >= times[at - 1]![1]);
  const turns = results.map(({ content }) => Number(/turns=(\d+)/.exec(content)?.[1])).sort();
  assert.deepEqual(turns, [3, 4, 5]);
});

Deno.test("a session belongs to its CLI and folder", async () => {
  await using aimux = await startServer({ emulators: ["codex", "gemini"] });
  const { session_id } = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  for (const other of [{ cli: "gemini" }, { cwd: aimux.workplace.home }]) {
    const result = await aimux.call("exec", { prompt: "say hi", session_id, ...other });
    assert.equal(result.error.code, "invalid_input", result.text);
  }
  const unknown = await aimux.call("exec", { prompt: "say hi", session_id: "ses_01HXYZ" });
  assert.equal(unknown.error.code, "not_found");
});

Deno.test("sessions lists, filters, limits and inspects", async () => {
  await using aimux = await startServer({
    emulators: { codex: emulator.codex(), crush: emulator.crush().exits(1) },
  });
  const empty = await aimux.call("sessions", { action: "list" });
  assert.deepEqual(empty.sessions, []);

  const good = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  const bad = await aimux.call("exec", { prompt: "say hi", cli: "crush" });
  const ids = async (filter: Record<string, unknown>) =>
    (await aimux.call("sessions", { action: "list", ...filter })).sessions
      .map(({ session_id }: { session_id: string }) => session_id);
  assert.deepEqual(await ids({}), [bad.session_id, good.session_id]);
  assert.deepEqual(await ids({ limit: 1 }), [bad.session_id]);
  assert.deepEqual(await ids({ status: "completed" }), [good.session_id]);
  assert.deepEqual(await ids({ status: "failed" }), [bad.session_id]);
  assert.deepEqual(await ids({ status: "active" }), []);
  assert.deepEqual(await ids({ status: "all" }), [bad.session_id, good.session_id]);
  assert.deepEqual(await ids({ cli: "codex" }), [good.session_id]);
  assert.deepEqual(await ids({ cli: "gemini" }), []);
  const unknown = await aimux.call("sessions", { action: "list", cli: "gemni" });
  assert.deepEqual([unknown.error.code, unknown.error.details.did_you_mean], [
    "unknown_cli",
    "gemini",
  ]);
  const { next_call } = unknown.choose_your_path.correct;
  assert.deepEqual(next_call.arguments, { action: "list", cli: "gemini" });

  const info = await aimux.call("sessions", { action: "info", session_id: good.session_id });
  assert.equal(info.session.turns, 1);
  assert.equal(info.session.cli_session_id, good.cli_session_id);
  assert.equal(info.jobs[0].job_id, good.job_id);
  const health = await aimux.call("sessions", { action: "health" });
  assert.equal(health.total_sessions, 2);
  assert.equal(health.running_jobs, 0);
});

Deno.test("cancel tells the state that the job really ended in", async () => {
  await using aimux = await startServer({
    emulators: { codex: emulator.codex(), crush: emulator.crush().prints("half").thenHangs() },
  });
  const done = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  const late = await aimux.call("sessions", { action: "cancel", job_id: done.job_id });
  assert.equal(late.status, "completed");
  assert.match(late.message, /already ended/);

  const { job_id } = await aimux.call("exec", { prompt: "hang", cli: "crush", async: true });
  await running(aimux, job_id);
  const cancelled = await aimux.call("sessions", { action: "cancel", job_id });
  assert.equal(cancelled.status, "cancelled");
  const job = await aimux.call("status", { job_id });
  assert.equal(job.status, "cancelled");
  assert.equal(job.error.code, "cancelled");
  assert.equal(job.partial_output, "half");
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("a queued job tells its place and can be cancelled before it runs", async () => {
  await using aimux = await startServer({
    config: { server: { max_concurrent_jobs: 1 } },
    emulators: { codex: emulator.codex().prints("half").thenHangs() },
  });
  const start = () => aimux.call("exec", { prompt: "hang", cli: "codex", async: true });
  const first = await start();
  await running(aimux, first.job_id);
  const second = await start();
  const third = await start();
  assert.equal(third.status, "queued");
  assert.equal(third.queue_position, 2);
  await aimux.call("sessions", { action: "cancel", job_id: second.job_id });
  const job = await aimux.call("status", { job_id: third.job_id });
  assert.equal(job.queue_position, 1);
  await aimux.call("sessions", { action: "cancel", job_id: first.job_id });
  await running(aimux, third.job_id);
  assert.equal((await callsOf(aimux.workplace.home, "codex")).length, 2);
});

Deno.test("kill ends a session's jobs and deletes it with its files", async () => {
  await using aimux = await startServer({
    emulators: { crush: emulator.crush().prints("half").thenHangs() },
  });
  const { job_id, session_id } = await aimux.call("exec", {
    prompt: "hang",
    cli: "crush",
    async: true,
  });
  await running(aimux, job_id);
  const killed = await aimux.call("sessions", { action: "kill", session_id });
  assert.equal(killed.status, "killed");
  assert.deepEqual(killed.cancelled_jobs, [job_id]);
  assert.equal((await aimux.call("status", { job_id })).error.code, "not_found");
  assert.equal(
    (await aimux.call("sessions", { action: "info", session_id })).error.code,
    "not_found",
  );
  const output = `${aimux.workplace.home}/.config/aimux/output`;
  assert.deepEqual([...Deno.readDirSync(output)], []);
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("gc deletes only what has expired", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const { session_id } = await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal((await aimux.call("sessions", { action: "gc" })).collected, 0);
  const info = await aimux.call("sessions", { action: "info", session_id });
  assert.equal(info.isError, false);
});

Deno.test("a parameter that an action does not take is refused", async () => {
  await using aimux = await startServer();
  for (
    const args of [
      { action: "list", job_id: "job_x" },
      { action: "gc", limit: 3 },
      { action: "info" },
      { action: "cancel" },
      { action: "list", limit: 0 },
      { action: "list", status: "sleeping" },
      { action: "destroy" },
    ]
  ) {
    const result = await aimux.call("sessions", args);
    assert.equal(result.error?.code, "invalid_input", JSON.stringify(args));
  }
});

/** Waits until the CLI of a job has printed something. */
async function running(aimux: TestServer, job_id: string): Promise<void> {
  for (;;) {
    const { status, output_bytes } = await aimux.call("status", { job_id, wait_seconds: 0.1 });
    if (status === "running" && output_bytes > 0) return;
    assert.ok(["queued", "running"].includes(status), status);
  }
}

Deno.test("droid, which resumes only where it is logged in, does so by its flag", async () => {
  await using aimux = await startServer({
    emulators: ["droid"],
    env: { FACTORY_API_KEY: "fk-test" },
  });
  const { session_id } = await aimux.call("exec", { prompt: "remember plum", cli: "droid" });
  const second = await aimux.call("exec", { prompt: "which word", session_id });
  assert.equal(second.status, "completed", second.text);
  assert.equal(second.attempts.length, 1);
  const call = (await callsOf(aimux.workplace.home, "droid")).at(-1)!;
  assert.ok(call.argv.includes("-s"), call.argv.join(" "));
});
