import assert from "node:assert/strict";
import { z } from "zod";
import { configSchema } from "../config/schema.ts";
import { systemClock } from "../lib/clock.ts";
import { AimuxError } from "../lib/errors.ts";
import { createRedactor } from "../lib/redact.ts";
import { testLog } from "../lib/testing_log.ts";
import { callTool } from "./call_tool.ts";
import { type Call, guidance, type Outcome } from "./guidance/guidance.ts";
import { PROBE } from "./testing.ts";
import { defineTool, type Tool, type ToolContext } from "./tools/define_tool.ts";

const FACE = {
  ...PROBE,
  fit: (payload: { bad?: boolean }) => payload,
  guidance: (call: Call, outcome: Outcome<{ bad?: boolean }>) =>
    guidance({
      state: outcome.error ? "refused" : outcome.payload.bad ? "failed" : "completed",
      you_are_here: JSON.stringify(outcome.error ? [call, outcome.corrected] : call),
    }),
};

/** A tool that does what a test says. */
function tool(handle: (input: { name: string; count: number }) => unknown): Tool {
  return defineTool({
    ...FACE,
    classification: "sync_ok",
    input: z.strictObject({
      name: z.string(),
      count: z.int().min(1).default(1),
      kind: z.enum(["big", "small"]).optional(),
    }),
    failed: ({ bad }: { bad?: boolean }) => bad === true,
    handle: (input) => handle(input) as { bad?: boolean },
  });
}

const context = () => Promise.resolve({ config: configSchema.parse({}) } as ToolContext);
const clock = systemClock;
const log = testLog();
const redact = createRedactor({ MY_TOKEN: "correct horse" });

// deno-lint-ignore no-explicit-any -- tests read fields whose presence is what they test
type Told = Record<string, any>;

async function call(probe: Tool, given: unknown, from = context) {
  const { structuredContent, content, isError } = await callTool(probe, given, {
    context: from,
    ask: () => Promise.resolve("unable"),
    clock,
    log,
    redact,
    request: 7,
  });
  const [block] = content;
  const text = block?.type === "text" ? block.text : "";
  return { told: structuredContent as Told, text, isError };
}

Deno.test("a result has words, structure and guidance, and a failure in it is an error", async () => {
  const good = await call(tool(({ count }) => ({ count })), { name: "x" });
  assert.equal(good.isError, undefined);
  assert.equal(good.text, "in words");
  assert.deepEqual([good.told.count, good.told.state], [1, "completed"]);
  const bad = await call(tool(() => ({ bad: true })), { name: "x" });
  assert.deepEqual([bad.isError, bad.told.state], [true, "failed"]);
});

/** Arguments that are refused, with what the message must say. */
const REFUSED: [unknown, RegExp][] = [
  [undefined, /name is required/],
  [{}, /name is required/],
  [{ name: 7 }, /name: expected a text, found 7$/],
  [{ name: null }, /name: expected a text, found nothing$/],
  [{ name: "x", count: 0 }, /count: expected a number of at least 1, found 0$/],
  [{ name: "x", count: 1.5 }, /count: expected a whole number, found 1.5$/],
  [{ name: "x", kind: "huge" }, /kind: expected one of big, small, found "huge"$/],
  [{ name: "x", kind: "smal" }, /found "smal"\. Did you mean "small"\?$/],
  [{ name: "x", cuont: 2 }, /there is no parameter "cuont", did you mean "count"\?/],
  [{ name: "x", zebra: 2 }, /no parameter "zebra" \(there are: name, count, kind\)/],
  [{ nmae: "x", zebra: 2 }, /name is required; .*"nmae", did you mean "name".*"zebra"/],
  ["x", /arguments: expected a map, found "x"$/],
  [[], /arguments: expected a map, found an empty list$/],
];

Deno.test("wrong arguments are told by name, with what is there instead, and the tool is not called", async () => {
  const probe = tool(() => assert.fail("called"));
  for (const [given, message] of REFUSED) {
    const { told, isError } = await call(probe, given);
    assert.equal(isError, true);
    assert.equal(told.error.code, "invalid_input");
    assert.match(told.error.message, message);
    assert.match(told.error.message, /^Invalid arguments for probe: /);
  }
});

Deno.test("the policy sees the call as it was given, and what was probably meant", async () => {
  const good = await call(tool(({ count }) => ({ count })), { name: "x" });
  assert.equal(good.told.you_are_here, '{"name":"x"}', "without the defaults");
  const wrong = await call(tool(() => ({})), { name: "x", cuont: "2" });
  assert.equal(
    wrong.told.you_are_here,
    '[{"name":"x","cuont":"2"},{"name":"x","count":2}]',
  );
  const hopeless = await call(tool(() => ({})), ["x"]);
  assert.equal(hopeless.told.you_are_here, "[{},null]");
});

Deno.test("an error of the tool keeps its code, hint and details", async () => {
  const probe = tool(() => {
    throw new AimuxError("quota", "No more", { hint: "Wait", details: { until: 5 } });
  });
  const { told, text, isError } = await call(probe, { name: "x" });
  assert.equal(isError, true);
  assert.equal(text, "No more\nWait\nerror: quota");
  assert.deepEqual(told.error, {
    code: "quota",
    message: "No more",
    hint: "Wait",
    details: { until: 5 },
  });
  assert.equal(told.state, "refused");
});

Deno.test("anything else that is thrown is internal, also before the tool is reached", async () => {
  for (const thrown of [new TypeError("x is undefined"), "a word", undefined]) {
    const probe = tool(() => {
      throw thrown;
    });
    const { told } = await call(probe, { name: "x" });
    assert.equal(told.error.code, "internal");
    assert.match(told.error.message, /^Internal error: /);
  }
  const broken = () => Promise.reject(new AimuxError("storage", "No disk"));
  const { told } = await call(tool(() => ({})), { name: "x" }, broken);
  assert.equal(told.error.code, "storage");
});

Deno.test("an action is given what it needs, and nothing that would have no effect", async () => {
  const probe = defineTool({
    ...FACE,
    input: z.strictObject({
      action: z.enum(["show", "clear"]),
      id: z.string().optional(),
      limit: z.int().optional(),
    }),
    actions: {
      show: {
        what: "Shows one.",
        needs: ["id"],
        takes: ["limit"],
        classification: "sync_ok",
        handle: ({ id }) => ({ shown: id }),
      },
      clear: { what: "Clears.", classification: "sync_ok", handle: () => ({}) },
    },
  });
  assert.equal((await call(probe, { action: "show", id: "x", limit: 1 })).told.shown, "x");
  for (
    const [given, message, hint] of [
      [{ action: "show" }, 'Action "show" needs id', /Pass id/],
      [{ action: "clear", id: "x" }, 'Action "clear" takes no id', /takes no parameters/],
    ] as const
  ) {
    const { told } = await call(probe, given);
    assert.deepEqual([told.error.code, told.error.message], ["invalid_input", message]);
    assert.match(told.error.hint, hint);
  }
});

Deno.test("what a caller is told of a failure holds no secrets", async () => {
  const failing = tool(() => {
    throw new AimuxError("failed", "Sent correct horse", {
      hint: "Not correct horse",
      details: { tried: ["correct horse"], api_key: "x", tries: 3 },
    });
  });
  const { told, text } = await call(failing, { name: "x" });
  assert.deepEqual(told.error, {
    code: "failed",
    message: "Sent [redacted]",
    hint: "Not [redacted]",
    details: { tried: ["[redacted]"], api_key: "[redacted]", tries: 3 },
  });
  assert.doesNotMatch(text, /correct horse/);
});

Deno.test("an unforeseen failure is logged with its place, a refusal by its code", async () => {
  log.entries.length = 0;
  const broken = tool(() => {
    throw new TypeError("not a thing");
  });
  await call(broken, { name: "x" });
  await call(broken, {});
  await call(tool(() => ({})), { name: "x" });
  const [unexpected, refusal, answer] = log.entries;
  assert.deepEqual([unexpected?.level, refusal?.level, answer?.level], ["error", "debug", "debug"]);
  assert.equal(unexpected?.facts["error"], "not a thing");
  assert.match(String(unexpected?.facts["stack"]), /call_tool_test/);
  assert.deepEqual(refusal?.facts, { tool: "probe", request: 7, code: "invalid_input" });
  assert.deepEqual(Object.keys(answer?.facts ?? {}), ["tool", "request", "duration_ms"]);
});

Deno.test("news is told with whatever answer comes first, in words and as warnings", async () => {
  const parts = {
    ask: () => Promise.resolve("unable" as const),
    ...{ context, clock, log, redact, request: 1 },
    news: () => ["The database was damaged"],
  };
  const answer = await callTool(tool(() => ({ warnings: ["its own"] })), { name: "a" }, parts);
  const warnings = ({ structuredContent }: typeof answer) =>
    (structuredContent as { warnings?: string[] }).warnings;
  assert.deepEqual(warnings(answer), ["The database was damaged", "its own"]);
  const text = ({ content: [block] }: typeof answer) => block?.type === "text" ? block.text : "";
  assert.equal(text(answer), "in words\nwarning: The database was damaged");
  const refusal = await callTool(tool(() => ({})), {}, parts);
  assert.deepEqual(warnings(refusal), ["The database was damaged"]);
  assert.match(text(refusal), /\nwarning: The database was damaged$/);
});

Deno.test("a result in whose place a task is told uses up no news", async () => {
  const news = ["The database was damaged"];
  const parts = {
    ask: () => Promise.resolve("unable" as const),
    ...{ context, clock, log, redact, request: 1 },
    news: () => news.splice(0),
  };
  const probe = tool(({ count }) => ({ count }));
  const asTask = ({ count }: Record<string, unknown>) => count === 2;
  await callTool(probe, { name: "a", count: 2 }, { ...parts, asTask });
  assert.equal(news.length, 1);
  await callTool(probe, { name: "a", count: 1 }, { ...parts, asTask });
  assert.equal(news.length, 0);
});
