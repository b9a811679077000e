import assert from "node:assert/strict";
import type { PreambleRequest } from "../engine/preamble.ts";
import { createPreambles } from "./preambles.ts";
import { testLayers } from "./testing.ts";

/** Preambles over `below/prompts.d`, `above/prompts.d` and a project. */
function testPreambles(files: Record<string, string>) {
  const at = testLayers(files);
  const used: string[][] = [];
  const write = createPreambles({
    folders: ["below", "above"].map((name) => ({ path: `${at.root}/${name}`, shown: name })),
    clock: { now: () => Date.UTC(2026, 10, 22, 23, 59) },
    onWritten: (_, files) => used.push(files),
  });
  return {
    ...at,
    used,
    put: at.write,
    write: (given: Partial<PreambleRequest> = {}) =>
      write({
        role: "coding",
        style: undefined,
        cli: "codex",
        model: undefined,
        effort: undefined,
        cwd: at.project,
        readOnly: false,
        ...given,
      }),
  };
}

Deno.test("a preamble is the role's prompt, then the style", async () => {
  using at = testPreambles({
    "below/prompts.d/roles/coding.md": "You code.\n",
    "below/prompts.d/styles/json.md": "Write JSON.\n",
  });
  assert.equal(await at.write(), "You code.");
  assert.equal(await at.write({ style: "json" }), "You code.\n\nWrite JSON.");
  assert.equal(await at.write({ role: "mine", style: "json" }), "Write JSON.");
  assert.equal(await at.write({ role: "mine" }), "");
  assert.deepEqual(at.used, [
    ["below/prompts.d/roles/coding.md"],
    ["below/prompts.d/roles/coding.md", "below/prompts.d/styles/json.md"],
    ["below/prompts.d/styles/json.md"],
  ]);
});

Deno.test("default has no prompt of its own, whatever files there are, but may have a style", async () => {
  using at = testPreambles({
    "above/prompts.d/roles/default.md": "You are somebody.",
    "project/roles/default.md": "You obey the project. {{ broken",
    "below/prompts.d/styles/json.md": "Write JSON.",
  });
  assert.equal(await at.write({ role: "default" }), "");
  assert.equal(await at.write({ role: "default", style: "json" }), "Write JSON.");
});

Deno.test("the project of the call stands above the user, and the user above what is below", async () => {
  using at = testPreambles({
    "below/prompts.d/roles/coding.md": '{% include "parts/rules" %}',
    "below/prompts.d/parts/rules.md": "Rules.",
    "above/prompts.d/parts/rules.md": "The user's rules.",
  });
  assert.equal(await at.write(), "The user's rules.");
  at.put("project/roles/coding.md", "The project's {{ role }}.");
  assert.equal(await at.write(), "The project's coding.");
  assert.equal(await at.write({ cwd: at.root }), "The user's rules.");
  at.put("project/roles/coding.md", "");
  assert.equal(await at.write(), "", "an empty file takes the prompt away");
});

Deno.test("a template knows what the run will be", async () => {
  const names = ["role", "style", "cli", "model", "effort", "cwd", "read_only", "date"];
  using at = testPreambles({
    "below/prompts.d/roles/coding.md": names.map((name) => `{{ ${name} }}`).join("|"),
    "below/prompts.d/styles/json.md": "",
  });
  const run = { model: "m", effort: "high", readOnly: true, style: "json" };
  assert.equal(await at.write(run), `coding|json|codex|m|high|${at.project}|true|2026-11-22`);
  assert.equal(await at.write(), `coding||codex|||${at.project}|false|2026-11-22`);
});

Deno.test("a style that does not exist is refused with those that do", async () => {
  using at = testPreambles({
    "below/prompts.d/styles/json.md": "x",
    "below/prompts.d/styles/deep/er.md": "x",
    "project/styles/terse.md": "x",
  });
  for (const style of ["jsn", "../roles/coding", "", "JSON ", "deep/er", "constructor"]) {
    await assert.rejects(at.write({ style }), (error: Record<string, unknown>) => {
      assert.equal(error["code"], "invalid_input");
      assert.equal(
        error["message"],
        `Cannot answer in style ${JSON.stringify(style)}: no such style`,
      );
      assert.match(String(error["hint"]), /Styles: json, terse$/);
      return true;
    });
  }
  await assert.rejects(at.write({ style: "jsn" }), { hint: /^Did you mean "json"\? / });
});

Deno.test("what is broken in a project concerns only the calls that use it", async () => {
  using at = testPreambles({
    "below/prompts.d/roles/coding.md": "You code.",
    "below/prompts.d/styles/json.md": "Write JSON.",
    "project/roles/review.md": "{% if %}",
    "project/styles/terse.md": "{{ nothing }}",
    "project/parts/x.md": "{% oops %}",
  });
  assert.equal(await at.write({ style: "json" }), "You code.\n\nWrite JSON.");
  await assert.rejects(at.write({ role: "review" }), {
    code: "invalid_input",
    message: /^\/.*\/project\/\.aimux\/prompts\.d\/roles\/review\.md:1:\d+ /,
  });
  await assert.rejects(at.write({ style: "terse" }), { message: /terse\.md:1:4 Unknown variable/ });
});
