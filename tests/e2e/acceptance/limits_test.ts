import assert from "node:assert/strict";
import { callsOf, emulator } from "../../emulators/mod.ts";
import { writeProgram } from "../../program_file.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("D6: the event that ends a run ends the wait, although the process stays and ignores SIGTERM", async () => {
  await using aimux = await startServer({
    emulators: { codex: emulator.codex().ignoresTerm().lingers() },
    config: { server: { kill_grace_seconds: 8 } },
  });
  const result = await aimux.call("exec", { prompt: "say hi", cli: "codex", timeout_seconds: 300 });
  assert.equal(result.status, "completed", result.text);
  assert.match(result.content, /^MOCK: say hi/);
  assert.ok(result.duration_ms < 8_000, "neither the timeout nor the grace");
  assert.match(result.warnings.join(), /codex went on after its answer and is being ended/);
  const deadline = Date.now() + 120_000;
  while (aimux.processesLeft().length > 0) {
    assert.ok(Date.now() < deadline);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
});

Deno.test("D18: three bad exits open the breaker, health tells for how long, and then one try at a time is let through", async () => {
  await using workplace = await createWorkplace({
    config: { circuit_breaker: { cooldown_seconds: 2 }, server: { kill_grace_seconds: 0.2 } },
  });
  const does = (what: string) => writeProgram(`${workplace.bin}/crush`, `#!/bin/sh\n${what}\n`);
  await does("exit 3");
  await using aimux = await startServer({ workplace });
  const exec = (more = {}) => aimux.call("exec", { prompt: "say hi", cli: "crush", ...more });
  const breaker = async () => {
    const { contents: [health] } = await aimux.client.readResource({ uri: "aimux://health" });
    const { clis } = JSON.parse((health as { text: string }).text);
    return clis.find(({ name }: { name: string }) => name === "crush").circuit_breaker;
  };
  const until = async (state: string) => {
    const deadline = Date.now() + 60_000;
    while ((await breaker()).state !== state) assert.ok(Date.now() < deadline);
  };

  for (let n = 1; n <= 3; n++) {
    assert.deepEqual([(await breaker()).state, (await breaker()).failures], ["closed", n - 1]);
    assert.equal((await exec()).status, "failed");
  }
  const { state, failures, last_error, retry_in_seconds, retry_at } = await breaker();
  // On a slow machine its time may be over already.
  if (state === "open") {
    assert.ok(retry_in_seconds >= 1 && retry_in_seconds <= 2, `${retry_in_seconds}`);
    assert.ok(Date.parse(retry_at) > Date.now() - 10_000);
  }
  assert.deepEqual([failures, last_error], [3, "failed"]);

  await does("exec sleep 1000");
  await until("half_open");
  const { job_id } = await exec({ async: true });
  const refused = await exec();
  assert.equal(refused.error.code, "circuit_open");
  assert.match(refused.error.message, /another job is trying it right now/);
  await aimux.call("sessions", { action: "cancel", job_id });
  assert.equal((await breaker()).state, "half_open", "a cancelled try says nothing");

  await does("echo fine");
  assert.equal((await exec()).status, "completed");
  assert.deepEqual(await breaker(), { state: "closed", failures: 0 });
});

Deno.test("D20: negative, fractional and huge numbers are refused, and nothing is started", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const exec = { prompt: "say hi", cli: "codex" };
  const NUMBERS: [string, Record<string, unknown>, string, number[]][] = [
    ["exec", exec, "timeout_seconds", [-1, 0, 604_801, 1e300]],
    ["exec", exec, "stall_timeout_seconds", [-1, 0, 604_801, 1e300]],
    ["status", { job_id: "job_1" }, "wait_seconds", [-1, 45.1, 1e300]],
    ["sessions", { action: "list" }, "limit", [-1, 0, 1.5, 1001, 1e300]],
  ];
  for (const [tool, args, name, values] of NUMBERS) {
    for (const value of values) {
      const { error, text } = await aimux.call(tool, { ...args, [name]: value });
      assert.equal(error?.code, "invalid_input", `${name}: ${value}: ${text}`);
      assert.match(error.message, new RegExp(name));
    }
  }
  assert.equal((await aimux.call("sessions", { action: "list" })).total_sessions, 0);
  assert.deepEqual(await callsOf(aimux.workplace.home, "codex"), []);
});

Deno.test("D24: a burst of 200 asynchronous calls with a limit of 10 runs exactly 10 at once and leaves nothing of the refused", async () => {
  await using workplace = await createWorkplace({
    config: { server: { max_concurrent_jobs: 10, max_queue: 150 } },
  });
  const { home, bin } = workplace;
  await writeProgram(`${bin}/crush`, `#!/bin/sh\necho $$ >> ${home}/started\nexec sleep 1000\n`);
  await using aimux = await startServer({ workplace });
  const calls = await Promise.all(
    Array.from(
      { length: 200 },
      (_, n) => aimux.call("exec", { prompt: `call ${n}`, cli: "crush", async: true }),
    ),
  );
  const taken = calls.filter(({ job_id }) => job_id);
  const refused = calls.filter(({ error }) => error);
  assert.deepEqual([taken.length, refused.length], [160, 40]);
  assert.ok(refused.every(({ error, status }) => error.code === "queue_full" && !status));

  const health = () => aimux.call("sessions", { action: "health" });
  const started = async () =>
    (await Deno.readTextFile(`${home}/started`)).trim().split("\n").length;
  while (await started() < 10) await health();
  const { running_jobs, queued_jobs, total_sessions } = await health();
  assert.deepEqual([running_jobs, queued_jobs, total_sessions], [10, 150, 160]);

  // Each place that becomes free is taken by one other job, the next in the queue.
  const all = await Promise.all(
    taken.map(({ job_id }) => aimux.call("status", { job_id })),
  );
  const first = all.find(({ status }) => status === "running")!;
  const waiting = all.filter(({ status }) => status === "queued");
  const next = waiting.find(({ queue_position }) => queue_position === 1)!;
  assert.deepEqual(
    waiting.map(({ queue_position }) => queue_position).sort((a, b) => a - b),
    Array.from({ length: 150 }, (_, at) => at + 1),
  );
  await aimux.call("sessions", { action: "cancel", job_id: first.job_id });
  while (await started() < 11) await health();
  assert.equal((await aimux.call("status", { job_id: next.job_id })).status, "running");
  assert.equal(await started(), 11);
  await aimux.stop();
  assert.deepEqual(workplace.processesLeft(), []);
});
