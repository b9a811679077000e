/** The files of prompts.d: layers, what is wrong in them, and what a project may not do. */
import assert from "node:assert/strict";
import { callsOf } from "../emulators/mod.ts";
import { asProject, asUser, received, run, write } from "./prompts.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

Deno.test("the user's files stand for the embedded ones, at once and part by part", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  await run(aimux, { role: "review" });
  assert.match(await received(aimux), /^# Quick review\n/);

  await asUser(aimux, "parts/evidence.md", "- Evidence as I want it, {{ role }} on {{ cli }}.\n");
  await run(aimux, { role: "codereview" });
  assert.match(
    await received(aimux),
    /^# Code review\n[^]*Evidence as I want it, codereview on codex/,
  );

  await asUser(aimux, "roles/review.md", '{% include "roles/review" %}\n\nAnswer in French.\n');
  await run(aimux, { role: "review" });
  assert.match(
    await received(aimux),
    /^# Quick review\n[^]*\n\nAnswer in French\.\n\n# Task\n\nsay hi$/,
  );

  await asUser(aimux, "roles/review.md", "Only this.");
  await run(aimux, { role: "review" });
  assert.equal(await received(aimux), "Only this.\n\n# Task\n\nsay hi");
  await asUser(aimux, "roles/review.md", "");
  await run(aimux, { role: "review" });
  assert.equal(await received(aimux), "say hi");
});

Deno.test("layers: the installed folder, above it the user, above both the project", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const installed = `${workplace.home}/installed`;
  await write(`${installed}/prompts.d/roles/debug.md`, "installed");
  const env = { ...workplace.env, AIMUX_CONFIG_DIR: installed };
  await using aimux = await startServer({ workplace: { ...workplace, env } });
  const told = async (args: Record<string, unknown> = {}) => {
    await run(aimux, { role: "debug", ...args });
    return (await received(aimux)).split("\n")[0];
  };
  assert.equal(await told(), "installed");
  await asUser(aimux, "roles/debug.md", "user");
  assert.equal(await told(), "user");
  await asProject(aimux, "roles/debug.md", "project {{ cwd }}");
  assert.equal(await told(), `project ${workplace.project}`);
  assert.equal(await told({ cwd: workplace.home }), "user");
});

Deno.test("a role of the user has the prompt of its file, and without one only a route", async () => {
  await using aimux = await startServer({
    emulators: ["codex"],
    config: { roles: { poet: { cli: "codex" }, plain: { cli: "codex" } } },
  });
  await asUser(aimux, "roles/poet.md", "You write verse.");
  await run(aimux, { role: "poet" });
  assert.equal(await received(aimux), "You write verse.\n\n# Task\n\nsay hi");
  await run(aimux, { role: "plain" });
  assert.equal(await received(aimux), "say hi");
});

Deno.test("a broken template refuses the calls that use it, before anything is done", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const { project, home } = aimux.workplace;
  await asProject(aimux, "roles/review.md", "Look at\n  {{ rolle }}\n");
  const refused = await aimux.call("exec", { prompt: "say hi", role: "review" });
  assert.equal(refused.error.code, "invalid_input");
  assert.equal(
    refused.error.message,
    `${project}/.aimux/prompts.d/roles/review.md:2:6 Unknown variable "rolle". Did you mean "role"?`,
  );
  assert.match(refused.error.hint, /^Mend the file, or remove it/);
  assert.equal(refused.job_id, undefined);
  assert.deepEqual((await aimux.call("sessions", { action: "list" })).sessions, []);
  assert.deepEqual(await callsOf(home, "codex"), []);

  await run(aimux, { role: "coding" });
  await run(aimux, { role: "review", cwd: home });
  await asProject(aimux, "roles/review.md", "Look at {{ role }}");
  await run(aimux, { role: "review" });
  assert.equal(await received(aimux), "Look at review\n\n# Task\n\nsay hi");
});

Deno.test("a project cannot have a file from outside put into a prompt, nor hold the server up", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const { project, home } = aimux.workplace;
  await write(`${home}/secret.md`, "the key is 42");
  const folder = `${project}/.aimux/prompts.d`;
  await asProject(aimux, "roles/debug.md", '{% include "../../../home/secret" %}');
  await Deno.symlink(`${home}/secret.md`, `${folder}/roles/review.md`);
  await Deno.symlink(home, `${folder}/parts`);
  await asProject(aimux, "roles/coding.md", '{% include "parts/secret" %}');
  await asProject(
    aimux,
    "roles/docgen.md",
    "{% for a in (1..900) %}{% for b in (1..900) %}{% for c in (1..900) %}x{% endfor %}{% endfor %}{% endfor %}",
  );
  await asProject(aimux, "roles/testgen.md", "x".repeat(70_000));
  await Deno.writeFile(`${folder}/roles/tracer.md`, new Uint8Array([0xff, 0xfe, 0x00]));
  for (
    const [role, message] of [
      ["debug", /roles\/debug\.md:1:1 No template "\.\.\/\.\.\/\.\.\/home\/secret"/],
      ["review", /roles\/review\.md A link leads out of/],
      ["coding", /parts\/secret\.md A link leads out of .*included at .*coding\.md:1:1/],
      ["docgen", /roles\/docgen\.md:1:\d+ The template /],
      ["testgen", /roles\/testgen\.md Expected at most 65536 bytes, found 70000/],
      ["tracer", /roles\/tracer\.md Cannot read the file: it is not UTF-8 text/],
    ] as const
  ) {
    const { error, text } = await aimux.call("exec", { prompt: "say hi", role });
    assert.equal(error?.code, "invalid_input", text);
    assert.match(error.message, message);
    assert.doesNotMatch(text, /the key is/);
  }
  assert.deepEqual(await callsOf(home, "codex"), []);
});

Deno.test("a CLI that takes no long argument gets a long role prompt by its other way", async () => {
  await using aimux = await startServer({ emulators: ["codex", "aider"] });
  await asUser(aimux, "roles/coding.md", "y".repeat(60_000));
  for (const cli of ["codex", "aider"] as const) {
    await run(aimux, { role: "coding", cli, prompt: "-last words" });
    assert.ok((await received(aimux, cli)).endsWith("y\n\n# Task\n\n-last words"), cli);
  }
  const call = (await callsOf(aimux.workplace.home, "codex")).at(-1)!;
  assert.ok(!call.argv.join(" ").includes("yyy"), "it went by standard input");
});

Deno.test("the log says, where it tells all, which files a prompt came from", async () => {
  await using aimux = await startServer({
    emulators: ["codex"],
    config: { server: { log_level: "debug" } },
  });
  await asUser(aimux, "parts/read-only.md", "Hands off.");
  await run(aimux, { role: "planning" });
  const { home } = aimux.workplace;
  const log = await Deno.readTextFile(`${home}/.config/aimux/aimux.log`);
  const line = log.split("\n").find((line) => line.includes('"Role prompt"')) ?? "";
  assert.match(line, /"config\/prompts\.d\/roles\/planning\.md"/);
  assert.ok(line.includes(`"${home}/.config/aimux/prompts.d/parts/read-only.md"`), line);
});
