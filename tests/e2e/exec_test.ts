import assert from "node:assert/strict";
import { callsOf, CLI_NAMES, emulator } from "../emulators/mod.ts";
import { startServer } from "./server.ts";

Deno.test("exec answers with the final text alone, for each of the 12 CLIs", async (t) => {
  await using aimux = await startServer({ emulators: CLI_NAMES });
  for (const cli of CLI_NAMES) {
    await t.step(cli, async () => {
      const result = await aimux.call("exec", { prompt: "say hi", cli });

      assert.equal(result.status, "completed", result.text);
      assert.match(result.content, /^MOCK: "?say hi/);
      assert.ok(result.text.startsWith(result.content));
      assert.equal(result.cli, cli);
      assert.equal(result.exit_code, 0);
      assert.match(result.job_id, /^job_[0-9A-HJKMNP-TV-Z]{26}$/);
      assert.match(result.session_id, /^ses_[0-9A-HJKMNP-TV-Z]{26}$/);
      assert.deepEqual(result.attempts.at(-1).code, "completed");
      assert.equal(result.truncated, false);
    });
  }
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("exec routes the seed's example by its role, and an override by AIMUX_ROLE_ wins", async () => {
  const args = { prompt: "Refactor this function to use early returns", role: "refactor" };
  {
    await using aimux = await startServer({ emulators: ["codex", "gemini"] });
    const result = await aimux.call("exec", args);
    assert.equal(result.cli, "codex");
    assert.equal(result.role, "refactor");
  }
  await using aimux = await startServer({
    emulators: ["codex", "gemini"],
    env: { AIMUX_ROLE_REFACTOR: "gemini:gemini-2.5-pro:high" },
  });
  const result = await aimux.call("exec", args);
  assert.equal(result.cli, "gemini");
  assert.equal(result.model, "gemini-2.5-pro");
  const [call] = await callsOf(aimux.workplace.home, "gemini");
  assert.ok(call?.argv.join(" ").includes("-m gemini-2.5-pro"), call?.argv.join(" "));
  assert.match(result.warnings.join(), /no effort levels/);
  assert.equal(result.reasoning_effort, undefined);
});

Deno.test("exec with async returns a handle at once and status returns the answer", async () => {
  await using aimux = await startServer({ emulators: { codex: emulator.codex().waits(300) } });
  const handle = await aimux.call("exec", {
    prompt: "Audit all authentication code for OWASP Top 10 issues",
    role: "secaudit",
    async: true,
  });
  assert.equal(handle.isError, false);
  assert.ok(["queued", "running"].includes(handle.status), handle.status);
  assert.equal(handle.content, undefined);

  const result = await aimux.call("status", { job_id: handle.job_id, wait_seconds: 30 });
  assert.equal(result.status, "completed");
  assert.match(
    result.content,
    /\nAudit all authentication code for OWASP Top 10 issues \[turns=2 /,
  );
  assert.equal(result.session_id, handle.session_id);
  for (const time of [result.created_at, result.started_at, result.finished_at]) {
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  }
});

Deno.test("a synchronous call returns the handle when the job takes longer than the wait", async () => {
  await using aimux = await startServer({
    config: { server: { sync_wait_seconds: 0.2 } },
    emulators: { codex: emulator.codex().waits(1500) },
  });
  const handle = await aimux.call("exec", { prompt: "take your time", cli: "codex" });
  assert.equal(handle.status, "running");
  const { next_call } = handle.choose_your_path.wait;

  const result = await aimux.call(next_call.tool, next_call.arguments);
  assert.equal(result.status, "completed");
  assert.match(result.content, /^MOCK: take your time/);
});

Deno.test("status counts how often a running job was asked for", async () => {
  await using aimux = await startServer({ emulators: { codex: emulator.codex().thenHangs() } });
  const { job_id } = await aimux.call("exec", { prompt: "hang", cli: "codex", async: true });
  assert.equal((await aimux.call("status", { job_id })).poll_count, 1);
  assert.equal((await aimux.call("status", { job_id })).poll_count, 2);
  await aimux.call("sessions", { action: "cancel", job_id });
  assert.equal((await aimux.call("status", { job_id })).poll_count, undefined);
});

/** What a shell, a flag parser or a text pipe would spoil. */
const HARD_PROMPTS: Record<string, string> = {
  "1 MB on one line": "x".repeat(1_000_000),
  "a leading --": "--help me --model evil",
  "a lone dash": "-",
  "quotes, expansions and newlines":
    `"double" 'single' \`back\` $(id) \${HOME} %PATH% !x \\ \\n\n\ttab\r\nend`,
  "CJK, emoji and combining marks": "日本語 中文 한국어 👩‍👩‍👧 é ﷺ",
  "7,000 characters": "0123456789".repeat(700),
};

Deno.test("every prompt reaches the CLI byte for byte", async (t) => {
  await using aimux = await startServer({ emulators: ["codex", "claude", "gemini", "aider"] });
  for (const cli of ["codex", "claude", "gemini", "aider"] as const) {
    for (const [name, prompt] of Object.entries(HARD_PROMPTS)) {
      await t.step(`${cli}: ${name}`, async () => {
        const result = await aimux.call("exec", { prompt, cli });
        assert.equal(result.status, "completed", result.text.slice(0, 500));
        const calls = await callsOf(aimux.workplace.home, cli);
        const received = calls.at(-1)?.prompt;
        // Compared here, so that a failure does not print a megabyte.
        assert.ok(received === prompt, `received ${received?.length} characters`);
      });
    }
  }
});

Deno.test("50 MB of output is cut in the answer and can be read whole, page by page", async () => {
  await using aimux = await startServer({
    emulators: {
      crush: emulator.crush().floods({ as: "answer" }),
      codex: emulator.codex().floods({ as: "answer" }),
    },
  });
  for (const cli of ["crush", "codex"]) {
    const result = await aimux.call("exec", { prompt: "print a lot", cli });
    assert.equal(result.status, "completed", result.text.slice(0, 500));
    assert.equal(result.truncated, true);
    assert.ok(result.content.length < 70_000);
    assert.match(result.content, /characters left out; read the whole at aimux:/);

    let whole = "";
    let offset = 0;
    for (;;) {
      const uri = `${result.output_uri}?offset=${offset}&limit=1000000`;
      const { contents: [page] } = await aimux.client.readResource({ uri });
      assert.ok(page && "text" in page);
      whole += page.text;
      const next = page._meta?.["next_offset"];
      if (next === undefined) break;
      assert.equal(next, offset + 1_000_000);
      offset = Number(next);
    }
    assert.ok(whole.length >= 49_900_000, `${whole.length} characters`);
    const [head, tail] = result.content.split(/\n\n\[….*…\]\n\n/s);
    assert.ok(whole.startsWith(head), "the beginning differs");
    assert.ok(whole.trimEnd().endsWith(tail), "the end differs");
  }
});

Deno.test("a line of 2 MB between two short ones is kept whole", async () => {
  await using aimux = await startServer({ emulators: { crush: emulator.crush().printsLine() } });
  const result = await aimux.call("exec", { prompt: "print", cli: "crush" });
  assert.equal(result.status, "completed", result.text.slice(0, 300));
  assert.match(result.content, /^begin\n/);
  assert.match(result.content, /end$/m);
  assert.equal(result.truncated, true);
});

Deno.test("output that is not UTF-8 does no harm", async () => {
  await using aimux = await startServer({
    emulators: {
      crush: emulator.crush().invalidUtf8("answer"),
      codex: emulator.codex().invalidUtf8(),
    },
  });
  for (const cli of ["crush", "codex"]) {
    const result = await aimux.call("exec", { prompt: "say hi", cli });
    assert.equal(result.status, "completed", result.text);
  }
});
