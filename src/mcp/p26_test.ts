/** The guard of P26: whatever clients can call is classified. */
import assert from "node:assert/strict";
import { z } from "zod";
import artifact from "../../config/p26/classification.v1.json" with { type: "json" };
import { type ClassificationArtifact, classificationArtifact, classificationOf } from "./p26.ts";
import type { Action, Tool } from "./tools/define_tool.ts";
import { TOOLS } from "./tools/registry.ts";
import { announcedTools } from "./testing.ts";

const settled = z.enum(["sync_ok", "async_mandatory"]);

/** What the artifact may hold: `unknown` is no class to be shipped. */
const schema = z.strictObject({
  schema_version: z.literal("v1"),
  source_of_truth: z.strictObject({
    runtime_registration: z.literal("src/mcp/tools/registry.ts"),
    principle: z.literal("P26"),
  }),
  tools: z.record(
    z.string(),
    z.strictObject({
      classification: settled,
      actions: z.record(z.string(), settled).optional(),
    }),
  ),
});

Deno.test("config/p26/classification.v1.json classifies each tool and action that a client sees, and no other", async () => {
  assert.deepEqual(problems(artifact, await announced()), []);
  assert.deepEqual(artifact, classificationArtifact(TOOLS));
  const registration = new URL(
    `../../${artifact.source_of_truth.runtime_registration}`,
    import.meta.url,
  );
  assert.ok(Deno.statSync(registration).isFile);
});

Deno.test("the guard finds what is missing, stale, unknown or no class at all", () => {
  const seen = new Map([["exec", undefined], ["sessions", ["list", "kill"]]]);
  const good: ClassificationArtifact = {
    ...classificationArtifact([]),
    tools: {
      exec: { classification: "async_mandatory" },
      sessions: {
        classification: "sync_ok",
        actions: { list: "sync_ok", kill: "sync_ok" },
      },
    },
  };
  assert.deepEqual(problems(good, seen), []);
  const { exec, sessions } = good.tools;
  const spoilt: [Record<string, unknown>, RegExp][] = [
    [{ exec }, /sessions: not classified/],
    [{ exec, sessions, think: exec }, /think: stale/],
    [{ exec, sessions: exec }, /sessions\.list: not classified/],
    [{ exec, sessions: { ...sessions, actions: { list: "sync_ok" } } }, /kill: not classified/],
    [
      { exec, sessions: { ...sessions, actions: { ...sessions!.actions, gc: "sync_ok" } } },
      /gc: st/,
    ],
    [{ exec: { classification: "unknown" }, sessions }, /exec/],
    [{ exec: { classification: "quick" }, sessions }, /exec/],
    [{ exec, sessions: { ...sessions, actions: { list: "unknown", kill: "sync_ok" } } }, /list/],
  ];
  for (const [tools, problem] of spoilt) {
    assert.match(problems({ ...good, tools }, seen).join("\n"), problem);
  }
  assert.match(problems({ ...good, schema_version: "v2" }, seen).join(), /schema_version/);
});

Deno.test("a tool is as strict as its strictest action, and unknown where one of them is", () => {
  const as = (...classes: string[]) =>
    ({
      actions: Object.fromEntries(classes.map((classification, at) => [at, { classification }])),
    }) as unknown as Tool & { actions: Record<string, Action<never, never>> };
  assert.equal(classificationOf(as("sync_ok", "sync_ok")), "sync_ok");
  assert.equal(classificationOf(as("sync_ok", "async_mandatory")), "async_mandatory");
  assert.equal(classificationOf(as("async_mandatory", "unknown")), "unknown");
  assert.equal(classificationOf(as()), "unknown");
});

/** The tools that a client sees, each with the values of its `action` where it has one. */
async function announced(): Promise<Map<string, string[] | undefined>> {
  const tools = [...(await announcedTools()).values()];
  return new Map(tools.map(({ name, inputSchema: { properties = {} } }) => {
    const { action } = properties as Record<string, { enum?: string[] }>;
    return [name, action?.enum];
  }));
}

/** What is wrong with an artifact, as lines. */
function problems(given: unknown, seen: Map<string, string[] | undefined>): string[] {
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
  const wanted = [...seen].flatMap(([name, actions = []]) => [
    name,
    ...actions.map((action) => `${name}.${action}`),
  ]);
  const there = Object.entries(parsed.data.tools).flatMap(([name, { actions = {} }]) => [
    name,
    ...Object.keys(actions).map((action) => `${name}.${action}`),
  ]);
  return [
    ...wanted.filter((name) => !there.includes(name)).map((name) => `${name}: not classified`),
    ...there.filter((name) => !wanted.includes(name)).map((name) => `${name}: stale`),
  ];
}
