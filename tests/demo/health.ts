/**
 * Shows what aimux tells of itself: its health while it works, and its health and metrics after a
 * mixed load, before and after a restart. Server, client and processes are real, the CLIs emulated.
 *
 *     deno task demo:health
 */
import assert from "node:assert/strict";
import type { Health } from "../../src/engine/health_shape.ts";
import type { Figures, Metrics } from "../../src/engine/metrics_shape.ts";
import { startServer, type TestServer } from "../e2e/server.ts";
import { createWorkplace, type Workplace } from "../e2e/workplace.ts";
import { emulator } from "../emulators/mod.ts";

const EMULATORS = {
  codex: emulator.codex().waits(100).nextCall().waits(200).nextCall(),
  claude: emulator.claude().nextCall().fails("quota").nextCall().fails("quota").nextCall(),
  gemini: emulator.gemini().fails("auth"),
  crush: emulator.crush().prints("half an ans").thenHangs(),
};

/** What each call asks for, and the role or CLI that it goes to. */
const LOAD = [
  { role: "debug" },
  { role: "refactor" },
  { role: "coding" },
  { role: "coding", cli: "claude" },
  { role: "coding", cli: "claude" },
  { role: "codereview", cli: "claude" },
  { role: "codereview", cli: "claude" },
  { role: "analyze" },
  { cli: "crush", timeout_seconds: 0.5 },
];

Deno.exitCode = await main() ? 0 : 1;

/** @returns Whether everything was as promised. */
async function main(): Promise<boolean> {
  await using workplace = await createWorkplace({
    emulators: EMULATORS,
    config: { server: { max_concurrent_jobs: 1, kill_grace_seconds: 1 } },
  });
  await brokenProfile(workplace, "aider");
  try {
    const before = await mixedLoad(workplace);
    const after = await afterRestart(workplace);
    assert.deepEqual(after.metrics, before.metrics);
    assert.notEqual(after.health.pid, before.health.pid);
    assert.ok(after.health.uptime_seconds < before.health.uptime_seconds);
    if (Deno.build.os === "linux") assert.deepEqual(workplace.processesLeft(), []);
  } catch (error) {
    console.error("\nNot as promised:", error);
    return false;
  }
  console.log("\nThe metrics are the same after the restart, and the uptime began anew.");
  return true;
}

async function mixedLoad(workplace: Workplace) {
  await using aimux = await startServer({ workplace });
  console.log(`A mixed load: ${LOAD.length} calls, and two that are cancelled`);
  let runs = 2;
  for (const given of LOAD) {
    const { status, role, attempts } = await aimux.call("exec", { prompt: "Explain", ...given });
    const tried = attempts.map(({ cli, code }: { cli: string; code: string }) => `${cli} ${code}`);
    console.log(`   ${role}: ${status} (${tried.join(", then ")})`);
    runs += attempts.length;
  }
  const jobs: string[] = [];
  for (let n = 0; n < 2; n++) {
    const { job_id } = await aimux.call("exec", { prompt: "Think", cli: "crush", async: true });
    jobs.push(job_id);
  }
  while ((await aimux.call("status", { job_id: jobs[0] })).progress !== "half an ans");

  console.log("\naimux://health while one job runs and one waits");
  const busy = await read<Health>(aimux, "aimux://health");
  showHealth(busy);
  assert.deepEqual([busy.jobs.running, busy.jobs.queued], [1, 1]);
  for (const job_id of jobs.reverse()) await aimux.call("sessions", { action: "cancel", job_id });
  const told = await idle(aimux, "before the restart");
  assert.equal(told.metrics.total.requests, runs);
  return told;
}

async function afterRestart(workplace: Workplace) {
  await using aimux = await startServer({ workplace });
  return await idle(aimux, "after the restart");
}

async function idle(aimux: TestServer, when: string) {
  console.log(`\naimux://health ${when}`);
  const health = await read<Health>(aimux, "aimux://health");
  showHealth(health);
  assert.equal(health.jobs.running, 0);
  console.log(`\naimux://metrics ${when}`);
  const metrics = await read<Metrics>(aimux, "aimux://metrics");
  showMetrics(metrics);
  return { health, metrics };
}

async function read<T>({ client }: TestServer, uri: string): Promise<T> {
  const { contents: [content] } = await client.readResource({ uri });
  assert.ok(content && "text" in content);
  return JSON.parse(content.text) as T;
}

function showHealth({ status, version, uptime_seconds, clis, jobs, database, warnings }: Health) {
  console.log(`   aimux ${version} is ${status}, up for ${uptime_seconds.toFixed(1)} s`);
  for (const { name, state, version } of clis) {
    console.log(`   ${name.padEnd(10)}${state.padEnd(16)}${version ?? ""}`);
  }
  console.log(`   jobs: ${jobs.running} run, ${jobs.queued} wait`);
  for (const { status, cli, role, progress, queue_position } of jobs.active ?? []) {
    console.log(`     ${status} on ${cli} as ${role}: ${progress ?? `number ${queue_position}`}`);
  }
  console.log(`   database: ${database.state}, ${database.journal_mode}`);
  for (const warning of warnings) console.log(`   warning: ${warning}`);
}

function showMetrics({ since, total, per_cli, per_role }: Metrics) {
  console.log(`   since ${since}`);
  row("", "requests", "completed", "p50 ms", "p95 ms", "max ms", "tokens", "cost $", "errors");
  const groups = [["total", total], ...Object.entries(per_cli), ...Object.entries(per_role)];
  for (const [name, figures] of groups as [string, Figures][]) {
    const { requests, completed, latency_ms: ms, input_tokens, output_tokens } = figures;
    const tokens = input_tokens === null ? "" : `${input_tokens}+${output_tokens}`;
    const errors = Object.entries(figures.errors).map(([code, count]) => `${count} ${code}`);
    const cost = figures.cost_usd ?? "";
    row(name, requests, completed, ms.p50, ms.p95, ms.max, tokens, cost, errors.join(", "));
  }
}

function row(first: string, ...cells: (string | number | null)[]): void {
  const last = cells.pop();
  const middle = cells.map((cell) => String(cell ?? "").padStart(10)).join("");
  console.log(`   ${first.padEnd(12)}${middle}  ${last}`);
}

/** A mistake in one profile, as a person makes it. */
async function brokenProfile({ home }: Workplace, cli: string): Promise<void> {
  const folder = `${home}/.config/aimux/cli.d/${cli}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/profile.yaml`, `name: ${cli}\ntimeout_secnds: 60\n`);
}
