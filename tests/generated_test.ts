/** What is made from other files is what lies in the project. */
import assert from "node:assert/strict";
import type { z } from "zod";
import { cliDocs } from "../scripts/cli_docs.ts";
import { generate, sources } from "../scripts/generate.ts";
import { toolDocs } from "../scripts/tool_docs.ts";
import { TOOLS } from "../src/mcp/tools/registry.ts";

Deno.test("the generated pages and the classification are up to date; deno task generate writes them", async () => {
  for (const [path, text] of await generate(sources())) {
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

Deno.test("a change of a tool, a profile or a result makes the generated files stale", async () => {
  const given = sources();
  const [first, ...others] = given.tools;
  const before = await generate(given);
  const stale = async (changed: Partial<typeof given>) =>
    Array.from(await generate({ ...given, ...changed }))
      .filter(([path, text]) => text !== before.get(path)).map(([path]) => path);
  assert.deepEqual(await stale({ tools: [{ ...first!, name: "renamed" }, ...others] }), [
    "config/p26/classification.v1.json",
    "docs/tools.md",
  ]);
  const codex = { ...given.profiles.get("codex")!, full_flags: ["--other"] };
  const profiles = new Map([...given.profiles, ["codex", codex]]);
  assert.deepEqual(await stale({ profiles }), ["docs/clis.md"]);
  assert.deepEqual(await stale({ results: { clis: {} } }), ["docs/clis.md"]);
});

Deno.test("the page of the CLIs has each of them, how it is called, and what was never run", () => {
  const { profiles } = sources();
  const page = cliDocs(profiles, {
    clis: {
      codex: {
        package: "npm @openai/codex",
        version: "0.169.0",
        date: "2026-11-26",
        platform: "linux x86_64",
        cases: {
          short: { outcome: "passed", seconds: 2.94 },
          quota: { outcome: "failed", note: "It took | long" },
        },
      },
    },
  });
  assert.equal(page.match(/^## /gm)?.length, profiles.size + 1);
  for (const { name, binary } of profiles.values()) {
    assert.ok(page.includes(`\n| [${name}](#${name}) | \`${binary}\` |`), name);
    if (name !== "codex") assert.match(page, new RegExp(`^## ${name}\n[^]*?Not run\\.`, "m"));
  }
  assert.match(page, /^\| a short prompt \| passed \| 2\.9 s \| {2}\|$/m);
  assert.match(
    page,
    /^\| HTTP 429 is told as quota \| \*\*failed\*\* \| {2}\| It took \\\| long \|$/m,
  );
  assert.match(page, /^\| full \| `--sandbox danger-full-access` \|$/m);
});
