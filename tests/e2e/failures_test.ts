import assert from "node:assert/strict";
import { CLI_NAMES, type CliName, emulator } from "../emulators/mod.ts";
import { startServer } from "./server.ts";

const KINDS = ["quota", "auth", "transient"] as const;

Deno.test("a failing CLI is never completed, and its failure is told by its class", async (t) => {
  for (const kind of KINDS) {
    const emulators = Object.fromEntries(
      CLI_NAMES.map((cli) => [cli, emulator[cli]().fails(kind)]),
    );
    await using aimux = await startServer({ emulators });
    for (const cli of CLI_NAMES) {
      await t.step(`${cli}: ${kind}`, async () => {
        const result = await aimux.call("exec", { prompt: "say hi", cli });
        assert.equal(result.isError, true);
        assert.equal(result.status, "failed", result.text);
        assert.equal(result.error.code, kind, result.text);
        assert.equal(result.attempts.at(-1).code, result.error.code);
        assert.equal(result.content, undefined);
        assert.doesNotMatch(result.partial_output ?? "", /^\s*[{[]/, "raw events");
        assert.match(result.job_id, /^job_/);
      });
    }
  }
});

Deno.test("an empty answer is a failure, whatever the exit code", async (t) => {
  const emulators = Object.fromEntries(
    CLI_NAMES.map((cli) => [cli, emulator[cli]().answersNothing()]),
  );
  await using aimux = await startServer({ emulators });
  for (const cli of CLI_NAMES) {
    await t.step(cli, async () => {
      const result = await aimux.call("exec", { prompt: "say hi", cli });
      assert.equal(result.status, "failed");
      assert.equal(result.error.code, "failed");
      assert.match(result.error.message, /without an answer/);
      assert.equal(result.exit_code, 0);
    });
  }
});

Deno.test("a failure that is told with exit code 0 is a failure", async (t) => {
  const clis: CliName[] = [
    "codex",
    "claude",
    "qwen",
    "aider",
    "goose",
    "cline",
    "droid",
    "opencode",
  ];
  const emulators = Object.fromEntries(
    clis.map((cli) => [cli, emulator[cli]().failureEvent("Rate limit reached: 429")]),
  );
  await using aimux = await startServer({ emulators });
  for (const cli of clis) {
    await t.step(cli, async () => {
      const result = await aimux.call("exec", { prompt: "say hi", cli });
      assert.equal(result.status, "failed", result.text);
      assert.equal(result.error.code, "quota", result.text);
    });
  }
});

Deno.test("a non-zero exit is a failure even after text, which is kept", async () => {
  await using aimux = await startServer({
    emulators: { crush: emulator.crush().prints("half an answer\n").exits(3) },
  });
  const result = await aimux.call("exec", { prompt: "say hi", cli: "crush" });
  assert.equal(result.status, "failed");
  assert.equal(result.exit_code, 3);
  assert.match(result.error.message, /exited with code 3/);
  assert.equal(result.partial_output, "half an answer");
});

Deno.test("a process that dies by a signal has failed", async () => {
  await using aimux = await startServer({
    emulators: { crush: emulator.crush().prints("half").diesBy("SIGKILL") },
  });
  const result = await aimux.call("exec", { prompt: "say hi", cli: "crush" });
  assert.equal(result.status, "failed");
  assert.match(result.error.message, /SIGKILL/);
});

Deno.test("exec tells a timed-out run as timed_out and keeps what the CLI had printed", async () => {
  await using aimux = await startServer({
    emulators: { codex: emulator.codex().prints("half an ans").thenHangs() },
  });
  const result = await aimux.call("exec", { prompt: "explain", cli: "codex", timeout_seconds: 3 });
  assert.equal(result.status, "timed_out");
  assert.equal(result.error.code, "timed_out");
  assert.match(result.partial_output, /half an ans/);
  assert.deepEqual(aimux.processesLeft(), []);
});
