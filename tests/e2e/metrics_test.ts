import assert from "node:assert/strict";
import { type Figures, type Metrics, metricsShape } from "../../src/engine/metrics_shape.ts";
import { emulator } from "../emulators/mod.ts";
import { callLine, startRaw } from "./raw.ts";
import { type Result, startServer, type TestServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

async function metricsOf({ client }: TestServer): Promise<Metrics> {
  const { contents: [content] } = await client.readResource({ uri: "aimux://metrics" });
  assert.ok(content && "text" in content);
  assert.equal(content.mimeType, "application/json");
  return metricsShape.parse(JSON.parse(content.text));
}

/** The figures by what the calls themselves have told. */
function figuresOf(results: Result[]): Figures {
  const times = results.flatMap(({ duration_ms }) => duration_ms ?? []).sort((a, b) => a - b);
  const rank = (percent: number) =>
    times.find((_, index) => (index + 1) * 100 >= percent * times.length) ?? null;
  const total = (field: string) => {
    const told = results.flatMap(({ usage }) => usage?.[field] ?? []);
    // Without the noise of adding fractions.
    return told.length === 0 ? null : Number(told.reduce((a, b) => a + b).toFixed(9));
  };
  const codes: string[] = results.flatMap(({ error }) => error?.code ?? []);
  const failures = codes.filter((code) => !["cancelled", "interrupted"].includes(code)).length;
  return {
    requests: results.length,
    completed: results.filter(({ status }) => status === "completed").length,
    failures,
    error_rate: results.length === 0 ? 0 : failures / results.length,
    errors: Object.fromEntries(
      [...new Set(codes)].map((code) => [code, codes.filter((one) => one === code).length]),
    ),
    latency_ms: { runs: times.length, p50: rank(50), p95: rank(95), max: times.at(-1) ?? null },
    input_tokens: total("input_tokens"),
    output_tokens: total("output_tokens"),
    cached_tokens: total("cached_tokens"),
    cost_usd: total("cost_usd"),
  };
}

/** What the metrics must be after these results. */
function expected(results: Result[]): Pick<Metrics, "total" | "per_cli" | "per_role"> {
  const by = (key: "cli" | "role") =>
    Object.fromEntries(
      [...new Set(results.map((result) => String(result[key])))].map((name) => [
        name,
        figuresOf(results.filter((result) => result[key] === name)),
      ]),
    );
  return { total: figuresOf(results), per_cli: by("cli"), per_role: by("role") };
}

for (const era of ["auto", "legacy"] as const) {
  Deno.test(`metrics tell a mixed load as its results do, also after a restart (${era})`, async () => {
    await using workplace = await createWorkplace({
      emulators: {
        codex: emulator.codex(),
        claude: emulator.claude().nextCall().fails("quota").nextCall(),
        gemini: emulator.gemini().fails("auth"),
        crush: emulator.crush().prints("half an ans").thenHangs(),
      },
      config: { server: { max_concurrent_jobs: 2, kill_grace_seconds: 1 } },
    });
    const results: Result[] = [];
    let before: Metrics;
    {
      await using aimux = await startServer({ workplace, era });
      const run = async (args: Record<string, unknown>) => {
        results.push(await aimux.call("exec", { prompt: "say hi", ...args }));
      };
      assert.equal((await metricsOf(aimux)).total.requests, 0);
      await run({ role: "debug" });
      await run({ role: "review" });
      await run({ cli: "codex" });
      for (let turn = 0; turn < 3; turn++) await run({ cli: "claude", role: "coding" });
      await run({ cli: "gemini" });
      await run({ cli: "crush", timeout_seconds: 0.5 });

      // One is cancelled while it runs, one while it waits, one is interrupted with the server.
      const jobs = [];
      for (let n = 0; n < 3; n++) {
        jobs.push(await aimux.call("exec", { prompt: "think", cli: "crush", async: true }));
      }
      for (const { job_id } of [jobs[2]!, jobs[0]!]) {
        while ((await aimux.call("status", { job_id: jobs[0]!.job_id })).status === "queued");
        await aimux.call("sessions", { action: "cancel", job_id });
        results.push(await aimux.call("status", { job_id }));
      }
      // What is refused is no request to any CLI.
      await aimux.call("exec", { prompt: "say hi", cli: "nothing" });

      before = await metricsOf(aimux);
      const { total, per_cli, per_role } = before;
      assert.deepEqual({ total, per_cli, per_role }, expected(results));
      assert.deepEqual(per_cli["claude"]?.errors, { quota: 1 });
      assert.deepEqual(per_cli["crush"]?.errors, { timed_out: 1, cancelled: 2 });
      assert.equal(per_cli["crush"]?.failures, 1);
      assert.deepEqual(Object.keys(per_cli), ["codex", "gemini", "claude", "crush"]);
      assert.deepEqual(Object.keys(per_role), ["coding", "debug", "default", "review"]);
      assert.ok((per_cli["claude"]?.cost_usd ?? 0) > 0);

      await aimux.call("sessions", { action: "kill", session_id: results[0]!.session_id });
      assert.deepEqual(await metricsOf(aimux), before);
      results.push({ ...jobs[1]!, error: { code: "interrupted" }, status: "interrupted" });
    }

    await using again = await startServer({ workplace, era });
    const after = await metricsOf(again);
    assert.deepEqual([after.since, after.window], [before.since, before.window]);
    assert.equal(after.total.requests, before.total.requests + 1);
    assert.deepEqual(after.total.errors, { ...before.total.errors, interrupted: 1 });
    const { crush: _before, ...othersBefore } = before.per_cli;
    const { crush, ...others } = after.per_cli;
    assert.deepEqual(others, othersBefore);
    assert.deepEqual([crush?.failures, crush?.errors], [1, {
      cancelled: 2,
      interrupted: 1,
      timed_out: 1,
    }]);
    assert.deepEqual(await metricsOf(again), after);
    assert.deepEqual(again.processesLeft(), []);
  });
}

Deno.test("the metrics of two servers on one database are the same", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "claude"] });
  await using first = await startServer({ workplace });
  await using second = await startServer({ workplace });
  await Promise.all(
    [first, second, first, second].map((aimux, index) =>
      aimux.call("exec", { prompt: "say hi", cli: index < 2 ? "codex" : "claude" })
    ),
  );
  const [here, there] = [await metricsOf(first), await metricsOf(second)];
  assert.deepEqual(here, there);
  assert.equal(here.total.completed, 4);
  assert.deepEqual([here.per_cli["codex"]?.requests, here.per_cli["claude"]?.requests], [2, 2]);
});

Deno.test("a run that failed and the one in its place count each for its own CLI", async () => {
  await using aimux = await startServer({
    emulators: { gemini: emulator.gemini().fails("auth"), codex: emulator.codex() },
  });
  const { status, cli, attempts } = await aimux.call("exec", { prompt: "hi", role: "analyze" });
  assert.deepEqual([status, cli, attempts.length], ["completed", "codex", 2]);
  const { total, per_cli: { gemini, codex }, per_role } = await metricsOf(aimux);
  assert.deepEqual([gemini?.requests, gemini?.errors], [1, { auth: 1 }]);
  assert.deepEqual([codex?.requests, codex?.completed, codex?.errors], [1, 1, {}]);
  assert.deepEqual([total.requests, total.error_rate], [2, 0.5]);
  assert.deepEqual(per_role, { analyze: total });
});

Deno.test("a job whose server was killed counts once, as interrupted", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().thenHangs() },
    config: { server: { kill_grace_seconds: 0.5 } },
  });
  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", { prompt: "hang", async: true }));
  await program.message(({ id }) => id === 1);
  Deno.kill(program.pid, "SIGKILL");
  await program.ended;

  const servers = await Promise.all([startServer({ workplace }), startServer({ workplace })]);
  try {
    for (const { total } of await Promise.all(servers.map(metricsOf))) {
      assert.deepEqual([total.requests, total.failures], [1, 0]);
      assert.deepEqual(total.errors, { interrupted: 1 });
      assert.equal(total.latency_ms.runs, 0);
    }
    assert.equal((await metricsOf(servers[0])).total.requests, 1);
  } finally {
    for (const server of servers) await server.stop();
  }
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("where the database cannot be used, reading the metrics says so", async () => {
  await using workplace = await createWorkplace();
  await Deno.mkdir(`${workplace.home}/.config/aimux/sessions.db`, { recursive: true });
  await using aimux = await startServer({ workplace });
  await assert.rejects(metricsOf(aimux), {
    message: /Cannot open the database .*sessions\.db.*set another "server\.db_path"/,
    data: { code: "storage" },
  });
});
