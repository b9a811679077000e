import assert from "node:assert/strict";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Health, healthShape } from "../../src/engine/health_shape.ts";
import { callsOf, emulator } from "../emulators/mod.ts";
import { writeProgram } from "../program_file.ts";
import { requestLine, runRaw } from "./raw.ts";
import { startServer, type TestServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

async function healthOf({ client }: TestServer): Promise<Health> {
  const { contents: [content] } = await client.readResource({ uri: "aimux://health" });
  assert.ok(content && "text" in content);
  assert.equal(content.mimeType, "application/json");
  return healthShape.parse(JSON.parse(content.text));
}

/** States by name, without the CLIs that are not installed. */
function statesOf({ clis }: Health): Record<string, string> {
  return Object.fromEntries(
    clis.filter(({ state }) => state !== "not_installed").map(({ name, state }) => [name, state]),
  );
}

/** Puts a shell script into the place of a CLI. */
function script({ bin }: Workplace, name: string, text: string): Promise<void> {
  return writeProgram(`${bin}/${name}`, `#!/bin/sh\n${text}\n`);
}

Deno.test("a bare resources/list names the health first, then the metrics", async () => {
  await using workplace = await createWorkplace();
  const { messages, code } = await runRaw(workplace, requestLine(1, "resources/list"));
  assert.equal(code, 0);
  const { resources } = messages[0]!.result;
  assert.deepEqual(resources.map(({ uri }: { uri: string }) => uri), [
    "aimux://health",
    "aimux://metrics",
  ]);
  for (const { mimeType, title, description } of resources) {
    assert.equal(mimeType, "application/json");
    assert.ok(title && description);
  }
});

for (const era of ["auto", "legacy"] as const) {
  Deno.test(`health tells version, uptime and every CLI (${era})`, async () => {
    await using aimux = await startServer({ emulators: ["codex", "continue"], era });
    const health = await healthOf(aimux);
    assert.equal(health.status, "ok");
    assert.equal(health.pid, aimux.pid);
    assert.match(health.version, /^\d+\.\d+\.\d+/);
    assert.ok(health.uptime_seconds > 0);
    assert.deepEqual(health.clis.map(({ name }) => name).slice(0, 3), [
      "codex",
      "gemini",
      "claude",
    ]);
    assert.equal(health.clis.length, 12);
    const [codex, gemini] = health.clis;
    assert.deepEqual(codex, {
      name: "codex",
      display_name: "Codex",
      state: "ready",
      path: `${aimux.workplace.bin}/codex`,
      version: "0.169.0",
      read_only: true,
      permissions: ["read_only", "write", "full"],
      executor: "pipe",
      circuit_breaker: { state: "closed", failures: 0 },
    });
    assert.equal(gemini?.state, "not_installed");
    assert.match(gemini?.fix ?? "", /^Install it with: npm install/);
    assert.equal(health.clis.find(({ name }) => name === "continue")?.version, "1.5.47");
    assert.equal(health.database.journal_mode, "wal");
    assert.deepEqual([health.log.state, health.log.level], ["ok", "info"]);
    assert.deepEqual(health.servers, [{ pid: aimux.pid, this_server: true }]);
    assert.deepEqual(health.warnings, []);
    assert.deepEqual(await callsOf(aimux.workplace.home, "codex"), []);
  });
}

Deno.test("a program is asked for its version only when health is read, and once", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const asked = `${workplace.home}/asked`;
  await script(workplace, "gemini", `echo "$*" >> ${asked}; echo 7.8.9`);
  await using aimux = await startServer({ workplace });
  await aimux.call("exec", { prompt: "say hi", cli: "codex" });
  await aimux.call("sessions", { action: "health" });
  await assert.rejects(Deno.stat(asked), Deno.errors.NotFound);
  const [first, second] = [await healthOf(aimux), await healthOf(aimux)];
  for (const { clis } of [first, second]) {
    assert.equal(clis.find(({ name }) => name === "gemini")?.version, "7.8.9");
  }
  assert.equal(await Deno.readTextFile(asked), "--version\n");
});

Deno.test("a program that hangs when asked for its version holds nothing up for long, and is ended", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  await script(workplace, "gemini", "trap '' TERM; sleep 600 & sleep 600; sleep 600");
  const aimux = await startServer({ workplace });
  try {
    const health = await healthOf(aimux);
    assert.equal(health.status, "ok");
    const [codex, gemini] = health.clis;
    assert.equal(codex?.version, "0.169.0");
    assert.deepEqual([gemini?.state, gemini?.version], ["ready", undefined]);
    assert.match(gemini?.problem ?? "", /still being asked for/);
  } finally {
    // It is still being asked: the end of the server ends it.
    await aimux.stop();
  }
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("health tells what runs and what waits, of this server and of others", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().prints("half an ans").thenHangs() },
    config: { server: { max_concurrent_jobs: 1 } },
  });
  await using aimux = await startServer({ workplace });
  const start = (role: string) =>
    aimux.call("exec", { prompt: "think", cli: "codex", role, async: true });
  const first = await start("debug");
  while ((await aimux.call("status", { job_id: first.job_id })).progress !== "half an ans");
  const second = await start("default");

  await using other = await startServer({ workplace });
  // A server takes its place among the others with the first request that needs the database.
  const there = await healthOf(other);
  const here = await healthOf(aimux);
  for (const { jobs, servers } of [here, there]) {
    assert.deepEqual([jobs.running, jobs.queued, jobs.max_concurrent_jobs], [1, 1, 1]);
    const [running, queued] = jobs.active!;
    assert.equal(running?.progress, "half an ans");
    assert.deepEqual([running?.job_id, running?.role, running?.status], [
      first.job_id,
      "debug",
      "running",
    ]);
    assert.deepEqual([queued?.job_id, queued?.queue_position], [second.job_id, 1]);
    assert.deepEqual(servers?.map(({ pid }) => pid).sort(), [aimux.pid, other.pid].sort());
  }
  for (const { job_id } of [second, first]) {
    await aimux.call("sessions", { action: "cancel", job_id });
  }
  assert.deepEqual((await healthOf(other)).jobs.active, []);
  assert.deepEqual(aimux.processesLeft().filter((line) => !line.startsWith(`${other.pid} `)), []);
});

Deno.test("sessions with action health tells what matters of it", async () => {
  await using aimux = await startServer({ emulators: ["gemini"] });
  const { isError, ...told } = await aimux.call("sessions", { action: "health" });
  const { warnings, clis, uptime_seconds, health } = told;
  assert.deepEqual([isError, health], [false, "degraded"]);
  assert.deepEqual([told.total_sessions, told.running_jobs, told.queued_jobs], [0, 0, 0]);
  assert.ok(uptime_seconds > 0);
  assert.deepEqual([clis.codex, clis.gemini], ["not_installed", "ready"]);
  assert.match(
    warnings.join(),
    /codex, the CLI of role "default", is not ready; gemini is the next/,
  );
  assert.match(told.text, /^clis: codex not_installed, gemini ready, /m);
});

Deno.test("health tells the circuit breaker of each CLI, also after a restart", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().exits(3), gemini: emulator.gemini() },
  });
  const breakersOf = ({ clis }: Health) => clis.slice(0, 2).map((cli) => cli.circuit_breaker);
  const closed = { state: "closed", failures: 0 };
  {
    await using aimux = await startServer({ workplace });
    assert.deepEqual(breakersOf(await healthOf(aimux)), [closed, closed]);
    for (let n = 0; n < 3; n++) await aimux.call("exec", { prompt: "say hi", cli: "codex" });
    const [codex] = breakersOf(await healthOf(aimux));
    assert.deepEqual([codex?.state, codex?.failures, codex?.last_error], ["open", 3, "failed"]);
  }
  await using again = await startServer({ workplace });
  const health = await healthOf(again);
  const [codex, gemini] = breakersOf(health);
  assert.deepEqual([codex?.state, codex?.failures], ["open", 3]);
  assert.ok(codex!.retry_in_seconds! > 0 && codex!.retry_in_seconds! <= 300);
  assert.deepEqual(gemini, closed);
  assert.equal(health.status, "degraded");
  assert.match(health.warnings.join(), /codex has failed 3 times in a row, the last as failed/);
  const refused = await again.call("exec", { prompt: "say hi", cli: "codex" });
  assert.equal(refused.error.code, "circuit_open");
});

Deno.test("without any CLI the server tells so, and how to get one", async () => {
  await using aimux = await startServer();
  const { status, clis, warnings, database } = await healthOf(aimux);
  assert.equal(status, "unusable");
  assert.deepEqual([...new Set(clis.map(({ state }) => state))], ["not_installed"]);
  assert.match(warnings.join(), /No AI CLI can be started.*codex: Install it with: npm install/);
  assert.equal(database.state, "ok");
});

Deno.test("a broken profile puts out its CLI alone, and is told with file and line", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "gemini"] });
  const folder = `${workplace.home}/.config/aimux/cli.d/gemini`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/profile.yaml`, "name: gemini\noutput_fromat: text\n");
  await using aimux = await startServer({ workplace });
  const health = await healthOf(aimux);
  assert.equal(health.status, "degraded");
  assert.deepEqual(statesOf(health), { codex: "ready", gemini: "broken_profile" });
  assert.match(health.warnings[0]!, /cli\.d\/gemini\/profile\.yaml:2:1 .*output_format/);
  assert.equal((await aimux.call("exec", { prompt: "say hi", cli: "codex" })).status, "completed");
});

Deno.test("health is told where the database cannot be used, and again when it can", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const path = `${workplace.home}/.config/aimux/sessions.db`;
  await Deno.mkdir(dirname(path), { recursive: true });
  const newer = new DatabaseSync(path);
  newer.exec("CREATE TABLE later (a TEXT); PRAGMA user_version = 999");
  newer.close();
  const bytes = await Deno.readFile(path);
  await using aimux = await startServer({ workplace });
  const broken = await healthOf(aimux);
  assert.equal(broken.status, "unusable");
  assert.equal(broken.database.state, "failing");
  assert.match(broken.database.problem!, /sessions\.db" is of a newer aimux.*server\.db_path/);
  assert.equal(broken.database.bytes, bytes.length);
  assert.equal(broken.database.writable, false);
  assert.equal(broken.clis[0]?.version, "0.169.0");
  assert.match(broken.warnings[0]!, /^No prompt can be run: .*sessions\.db/);
  const refused = await aimux.call("exec", { prompt: "say hi" });
  assert.deepEqual([refused.isError, refused.error.code], [true, "storage"]);
  assert.match(refused.error.message, /is of a newer aimux \(schema 999, known: \d+\)/);
  assert.deepEqual(await Deno.readFile(path), bytes, "it stays as it is to the last byte");

  await Deno.remove(path);
  assert.equal((await healthOf(aimux)).status, "ok");
});

Deno.test("health is told in a home where nothing can be written", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  // Also root cannot make a folder below a file.
  await Deno.writeTextFile(`${workplace.home}/.config`, "");
  await using aimux = await startServer({ workplace });
  const { status, database, log, warnings, clis } = await healthOf(aimux);
  assert.equal(status, "unusable");
  assert.deepEqual([database.state, database.writable, log.state], ["failing", false, "failing"]);
  assert.equal(clis[0]?.state, "ready");
  assert.match(warnings.join("\n"), /^No prompt can be run.*\nCannot write the log/);
});

Deno.test("a log that cannot be written is told, and nothing else suffers", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: { server: { log_file: "/dev/null/aimux.log" } },
  });
  await using aimux = await startServer({ workplace });
  assert.equal((await aimux.call("exec", { prompt: "say hi" })).status, "completed");
  const { status, log, warnings } = await healthOf(aimux);
  assert.deepEqual([status, log.state, log.path], ["degraded", "failing", "/dev/null/aimux.log"]);
  assert.match(warnings[0]!, /Cannot write the log .*server\.log_file/);
});
