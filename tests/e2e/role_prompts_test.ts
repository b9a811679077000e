/** Role prompts and styles, as the CLIs receive them. */
import assert from "node:assert/strict";
import { callsOf, CLI_NAMES, emulator } from "../emulators/mod.ts";
import { asUser, received, run } from "./prompts.ts";
import { startServer } from "./server.ts";

const ROLES = [
  ...["analyze", "architect", "challenge", "codereview", "coding", "debug", "docgen", "planner"],
  ...["planning", "precommit", "refactor", "research", "review", "secaudit", "testgen"],
  ...["thinkdeep", "tracer"],
];

Deno.test("each role puts its own prompt before the user's, and default puts none", async () => {
  await using aimux = await startServer({ emulators: ["codex", "gemini"] });
  const heads = new Set<string>();
  for (const role of ROLES) {
    const { cli } = await run(aimux, { role });
    const prompt = await received(aimux, cli);
    const [preamble = "", ...rest] = prompt.split("\n\n# Task\n\n");
    assert.deepEqual(rest, ["say hi"], role);
    for (const part of ["# ", "\n\n## Focus\n", "\n\n## Process\n", "\n\n## Limits\n"]) {
      assert.ok(preamble.includes(part), `${role}: ${part}`);
    }
    heads.add(preamble.split("\n")[0]!);
  }
  assert.equal(heads.size, ROLES.length);
  await run(aimux, { role: "default" });
  assert.equal(await received(aimux), "say hi");
  await run(aimux, {});
  assert.equal(await received(aimux), "say hi");
});

Deno.test("with a role too, the user's prompt is the exact end of what each CLI gets", async (t) => {
  await using aimux = await startServer({ emulators: CLI_NAMES });
  const prompts = [
    "explain",
    "-x --model evil {{ role }} {% if %} $(id) 'q' \"q\" 日本",
    "x".repeat(9000),
  ];
  for (const cli of CLI_NAMES) {
    await t.step(cli, async () => {
      for (const prompt of prompts) {
        const { session_id } = await run(aimux, { prompt, role: "coding", cli });
        const { jobs } = await aimux.call("sessions", { action: "info", session_id });
        assert.equal(jobs[0].prompt_preview.replace(/…$/, ""), prompt.slice(0, 200));
        const got = await received(aimux, cli);
        assert.match(got, /# Implementation\n\nYou implement /);
        // Some CLIs put what comes by standard input between marks of their own.
        const end = got.replace(/\s*`{4}$|"$/, "");
        assert.ok(end.endsWith(`\n\n# Task\n\n${prompt}`), end.slice(-300));
      }
    });
  }
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("a run that may change nothing is told so, and one that may is told how far", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  await run(aimux, { role: "coding" });
  assert.match(await received(aimux), /You may change files in the working folder/);
  await run(aimux, { role: "coding", read_only: true });
  assert.match(await received(aimux), /This run is read-only\. Do not create, edit/);
  await run(aimux, { role: "codereview" });
  assert.match(await received(aimux), /Change nothing\. Do not create, edit, move or delete/);
});

Deno.test("a style comes after the role's prompt: by call, by role, of one's own, or none", async () => {
  await using aimux = await startServer({
    emulators: ["codex"],
    config: { roles: { review: { style: "concise" } } },
  });
  const byRole = await run(aimux, { role: "review" });
  assert.equal(byRole.style, "concise");
  assert.match(byRole.text, /role review, style concise/);
  assert.match(
    await received(aimux),
    /^# Quick[^]*\n\n# Style: concise\n\n[^]*\n\n# Task\n\nsay hi$/,
  );

  await run(aimux, { role: "review", style: "json" });
  const byCall = await received(aimux);
  assert.match(byCall, /\n\n# Style: JSON\n\n/);
  assert.doesNotMatch(byCall, /Style: concise/);
  await run(aimux, { role: "review", style: "none" });
  assert.doesNotMatch(await received(aimux), /# Style/);

  const alone = await run(aimux, { style: "detailed" });
  assert.equal(alone.role, "default");
  assert.match(await received(aimux), /^# Style: detailed\n\n[^]*\n\n# Task\n\nsay hi$/);
  await asUser(aimux, "styles/haiku.md", "Three lines.");
  await run(aimux, { style: "haiku" });
  assert.equal(await received(aimux), "Three lines.\n\n# Task\n\nsay hi");
});

Deno.test("a style that does not exist is refused with the nearest one and all of them", async () => {
  await using aimux = await startServer({
    emulators: ["codex"],
    config: { roles: { review: { style: "concize" } } },
  });
  for (const args of [{ style: "concize" }, { role: "review" }]) {
    const { error } = await aimux.call("exec", { prompt: "say hi", ...args });
    assert.equal(error.code, "invalid_input");
    assert.equal(error.message, 'Cannot answer in style "concize": no such style');
    assert.equal(
      error.hint,
      'Did you mean "concise"? Styles: concise, detailed, json, none',
    );
  }
  assert.deepEqual((await aimux.call("sessions", { action: "list" })).sessions, []);
});

Deno.test("a conversation that goes on is told its role again only where that has changed", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const { session_id } = await run(aimux, { role: "review", style: "json" });
  const next = async (prompt: string, args: Record<string, unknown> = {}) => {
    const { role, style } = await run(aimux, { prompt, session_id, ...args });
    return { role, style, got: await received(aimux) };
  };
  const second = await next("go on");
  assert.deepEqual([second.role, second.style, second.got], ["review", "json", "go on"]);
  const restyled = await next("shorter", { style: "concise" });
  assert.match(restyled.got, /^# Quick[^]*# Style: concise[^]*\n\n# Task\n\nshorter$/);
  assert.equal((await next("more")).got, "more");
  const debug = await next("now mend it", { role: "debug" });
  assert.equal(debug.style, undefined, "a role that is named brings its own settings");
  assert.match(debug.got, /^# Debugging\n[^]*You may change files[^]*\n\n# Task\n\nnow mend it$/);
  assert.match((await next("look only", { read_only: true })).got, /^# Debugging\n[^]*read-only\./);
  assert.equal((await next("plainly", { role: "default" })).got, "plainly");

  await asUser(aimux, "roles/debug.md", "Find it.");
  assert.equal((await next("and", { role: "debug" })).got, "Find it.\n\n# Task\n\nand");
  assert.equal((await next("and then")).got, "and then");
  await asUser(aimux, "roles/debug.md", "Find it now.");
  assert.equal((await next("again")).got, "Find it now.\n\n# Task\n\nagain");
});

Deno.test("after a turn that failed, and with a transcript, the role is told again first", async () => {
  await using aimux = await startServer({
    emulators: {
      codex: emulator.codex().exits(3).nextCall(),
      crush: emulator.crush(),
    },
  });
  const failed = await aimux.call("exec", { prompt: "find it", role: "debug" });
  assert.equal(failed.status, "failed");
  await run(aimux, { prompt: "once more", session_id: failed.session_id });
  assert.match(await received(aimux), /^# Debugging\n[^]*\n\n# Task\n\n[^]*once more$/);

  const { session_id } = await run(aimux, { prompt: "count", role: "coding", cli: "crush" });
  await run(aimux, { prompt: "and now", session_id });
  const got = await received(aimux, "crush");
  assert.match(
    got,
    /^# Implementation\n[^]*\n\n# Task\n\nThis continues a conversation\.[^]*\n\n\[User\]\nand now$/,
  );
  assert.match(got, /\[User\]\ncount\n/);
  assert.equal(got.match(/You implement what the task asks/g)?.length, 2, "once, and in the echo");
});

Deno.test("another CLI that takes the job is told the role as well, by its own name", async () => {
  await using aimux = await startServer({
    emulators: { codex: emulator.codex().fails("quota"), claude: emulator.claude() },
  });
  await asUser(
    aimux,
    "roles/review.md",
    "You review on {{ cli }}{% if model %} {{ model }}{% endif %}.",
  );
  const result = await run(aimux, { role: "review", style: "json", fallback: "cli" });
  assert.equal(result["cli"], "claude");
  const first = (await callsOf(aimux.workplace.home, "codex"))[0]!.prompt!;
  assert.match(first, /^You review on codex\.\n\n# Style: JSON\n[^]*\n\nsay hi$/);
  assert.match(
    await received(aimux, "claude"),
    /^You review on claude\.\n\n# Style: JSON\n[^]*\n\nsay hi$/,
  );
});

Deno.test("the limit of a prompt's length concerns the user's own", async () => {
  await using aimux = await startServer({
    emulators: ["codex"],
    config: { server: { max_prompt_bytes: 100 } },
  });
  await run(aimux, { role: "secaudit", prompt: "x".repeat(100) });
  assert.ok((await received(aimux)).length > 3000);
  const refused = await aimux.call("exec", { role: "secaudit", prompt: "x".repeat(101) });
  assert.match(refused.error.message, /Prompt too large: 101 bytes, the most is 100/);
});

Deno.test("steps that a person writes into a prompt are found behind a role's prompt", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const prompt = '#emulate [{"answer": "from the steps"}]\nsay hi';
  const result = await run(aimux, { role: "review", style: "json", prompt });
  assert.equal(result.content, "from the steps");
  assert.match(await received(aimux), /\n\n# Task\n\nsay hi$/);
});
