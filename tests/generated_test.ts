/** What is made from the list of tools is what lies in the project. */
import assert from "node:assert/strict";
import type { z } from "zod";
import { generate } from "../scripts/generate.ts";
import { toolDocs } from "../scripts/tool_docs.ts";
import { TOOLS } from "../src/mcp/tools/registry.ts";

Deno.test("docs/tools.md and the classification are up to date; deno task generate writes them", async () => {
  for (const [path, text] of await generate(TOOLS)) {
    const there = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    assert.ok(there === text, `${path} is stale: run deno task generate`);
  }
});

Deno.test("the page has every tool, parameter, action and field, each with its meaning", () => {
  const page = toolDocs(TOOLS);
  for (const tool of TOOLS) {
    assert.match(page, new RegExp(`^## ${tool.name}$`, "m"));
    for (const section of Object.values(tool.description)) assert.ok(page.includes(section));
    const names = [
      ...Object.keys(tool.input.shape),
      ...Object.keys((tool.output as z.ZodObject).shape),
      ..."actions" in tool ? Object.keys(tool.actions) : [],
    ];
    for (const name of names) assert.ok(page.includes(`\n| \`${name}\` |`), name);
  }
  const bare = page.split("\n").filter((line) => /^\| `.*\|\s*\|$/.test(line));
  assert.deepEqual(bare, [], "rows without a meaning");
});

Deno.test("a change of a tool makes the generated files stale", async () => {
  const [first, ...others] = TOOLS;
  const before = await generate(TOOLS);
  const renamed = await generate([{ ...first!, name: "renamed" }, ...others]);
  for (const [path, text] of renamed) assert.notEqual(text, before.get(path), path);
});
