/** The prompts that aimux carries, each as a CLI would get it. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { shippedProfiles } from "../clis/testing.ts";
import { loadConfig } from "../config/load.ts";
import { createPreambles } from "./preambles.ts";

const EMBEDDED = new URL("../../config/", import.meta.url);
const FOLDER = new URL("prompts.d/", EMBEDDED);

const { roles } = loadConfig({ embedded: EMBEDDED, env: {}, home: "/nowhere" }).config;
const ROLES = Object.keys(roles).filter((role) => role !== "default");
const STYLES = ["concise", "detailed", "json"];
const CLIS = [...shippedProfiles().keys()];

const write = createPreambles({
  folders: [{ path: fileURLToPath(EMBEDDED), shown: "config" }],
  clock: { now: () => 0 },
});

function promptOf(role: string, readOnly: boolean, given: { cli?: string; style?: string } = {}) {
  const { cli = "codex", style } = given;
  const [model, effort] = [undefined, undefined];
  return write({ role, style, cli, model, effort, cwd: "/nowhere", readOnly });
}

/** The file itself, without what it includes. */
function ownText(role: string): string {
  return Deno.readTextFileSync(new URL(`roles/${role}.md`, FOLDER)).replace(/{%.*%}/g, "");
}

Deno.test("17 roles have a prompt, and no prompt is without its role", () => {
  const files = [...Deno.readDirSync(new URL("roles/", FOLDER))].map(({ name }) => name);
  assert.equal(ROLES.length, 17);
  assert.deepEqual(files.sort(), ROLES.map((role) => `${role}.md`).sort());
});

for (const role of ROLES) {
  Deno.test(`the prompt of ${role} is whole for each CLI, and of sensible length`, async () => {
    for (const readOnly of [true, false]) {
      const prompt = await promptOf(role, readOnly);
      const headings = [...prompt.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      assert.match(prompt, /^# \S.+\n\nYou /);
      assert.deepEqual(headings, ["Focus", "Process", "Limits", "Output"]);
      assert.ok(/^1\. /m.test(prompt) && /^5\. /m.test(prompt), "its process has numbered steps");
      assert.doesNotMatch(prompt, /\{\{|\{%|%\}|\}\}|undefined|null,/);
      assert.doesNotMatch(prompt, /\n{3}|[ \t]$/m);
      // What a CLI could take for a file to read, or for a command of its own.
      assert.doesNotMatch(prompt, /(^|\s)@\w/);
      assert.doesNotMatch(prompt, /\p{Extended_Pictographic}|world-class|expert/iu);
      assert.ok(prompt.split("\n").length <= 85, `${prompt.split("\n").length} lines`);
      assert.ok(prompt.length < 5_000, `${prompt.length} characters`);
      for (const cli of CLIS) assert.equal(await promptOf(role, readOnly, { cli }), prompt);
    }
  });
}

Deno.test("an advisory role forbids edits in words, also where the run could make them", async () => {
  const advisory = ROLES.filter((role) => roles[role]?.advisory);
  assert.equal(advisory.length, 12);
  for (const role of advisory) {
    for (const readOnly of [true, false]) {
      const prompt = await promptOf(role, readOnly);
      assert.match(prompt, /Change nothing\. Do not create, edit, move or delete files;/, role);
      assert.match(prompt, /do not commit, stash,/, role);
      assert.doesNotMatch(prompt, /You may change files/, role);
    }
  }
});

Deno.test("a role that changes files says what it may, and that it may not in a read-only run", async () => {
  const working = ROLES.filter((role) => !roles[role]?.advisory);
  assert.deepEqual(working.sort(), ["coding", "debug", "docgen", "refactor", "testgen"]);
  for (const role of working) {
    const [may, mayNot] = [await promptOf(role, false), await promptOf(role, true)];
    assert.match(may, /You may change files in the working folder/, role);
    assert.doesNotMatch(may, /This run is read-only/, role);
    assert.match(mayNot, /This run is read-only\. Do not create, edit, move or delete files/, role);
    assert.doesNotMatch(mayNot, /You may change files/, role);
    for (const prompt of [may, mayNot]) {
      assert.match(prompt, /Do not weaken, skip or delete a test/, role);
      assert.match(prompt, /What you did not run is not verified/, role);
    }
  }
});

Deno.test("no prompt is another one with its words exchanged", () => {
  const sequences = (text: string) => {
    const words = text.toLowerCase().match(/\p{L}+/gu)!;
    return new Set(words.slice(4).map((_, at) => words.slice(at, at + 5).join(" ")));
  };
  const all = ROLES.map((role) => ({ role, own: sequences(ownText(role)) }));
  for (const { role, own } of all) {
    for (const other of all) {
      if (other.role === role) continue;
      const shared = [...own].filter((words) => other.own.has(words));
      assert.ok(shared.length / own.size < 0.05, `${role} and ${other.role}: ${shared}`);
    }
  }
});

Deno.test("the styles are there, and none takes a style away", async () => {
  const texts = await Promise.all(
    STYLES.map((style) => promptOf("default", true, { style })),
  );
  for (const text of texts) assert.match(text, /^# Style: \w+\n\n/);
  assert.equal(new Set(texts).size, STYLES.length);
  assert.equal(await promptOf("default", true, { style: "none" }), "");
  const role = await promptOf("review", true);
  assert.equal(await promptOf("review", true, { style: "none" }), role);
  assert.equal(await promptOf("review", true, { style: "json" }), `${role}\n\n${texts[2]}`);
});

Deno.test("every part is included by some prompt", () => {
  const files = [...Deno.readDirSync(new URL("parts/", FOLDER))].map(({ name }) => name);
  const texts = ["roles", "parts", "styles"].flatMap((folder) =>
    [...Deno.readDirSync(new URL(`${folder}/`, FOLDER))].map(({ name }) =>
      Deno.readTextFileSync(new URL(`${folder}/${name}`, FOLDER))
    )
  ).join("\n");
  const unused = files.filter((name) =>
    !texts.includes(`include "parts/${name.replace(".md", "")}"`)
  );
  assert.ok(files.length > 3);
  assert.deepEqual(unused, []);
});
