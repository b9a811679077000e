import assert from "node:assert/strict";
import { z } from "zod";
import type { Presence } from "../../clis/discovery.ts";
import { testProfile } from "../../clis/testing.ts";
import { configSchema } from "../../config/schema.ts";
import { describeHealth } from "../../engine/health.ts";
import { type TestEngine, testEngine } from "../../engine/testing.ts";
import { type FinalStatus, isFinal, JOB_STATUSES } from "../../store/job.ts";
import { callTool } from "../call_tool.ts";
import type { Guidance } from "../guidance/guidance.ts";
import { checkGuidance } from "../guidance/testing.ts";
import { TOOLS } from "./registry.ts";
import { describeTool, type ToolContext } from "./define_tool.ts";
import { announcedTools, UNHEARD } from "../testing.ts";
import { tokensOf } from "../tokens.ts";

type Schema = Record<string, unknown> & { properties?: Record<string, Record<string, unknown>> };

/** A check by nothing but the JSON schema that a client got. */
function checker(schema: unknown): z.ZodType {
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}

Deno.test("every tool has all parts, and its name once", () => {
  assert.equal(new Set(TOOLS.map(({ name }) => name)).size, TOOLS.length);
  for (const tool of TOOLS) {
    assert.match(tool.name, /^[a-z][a-z_]*$/);
    assert.ok(tool.title.length > 3);
    assert.deepEqual(Object.keys(tool.description), [
      "what",
      "when",
      "why",
      "how",
      "not",
      "choose",
    ]);
    for (const section of Object.values(tool.description)) assert.ok(section.length > 20);
    assert.deepEqual(Object.keys(tool.annotations).sort(), [
      "destructiveHint",
      "idempotentHint",
      "openWorldHint",
      "readOnlyHint",
    ]);
    assert.ok(!(tool.annotations.readOnlyHint && tool.annotations.destructiveHint));
    assert.equal(typeof tool.guidance, "function");
    assert.equal(typeof tool.text, "function");
    assert.equal(typeof tool.fit, "function");
    for (const work of "actions" in tool ? Object.values(tool.actions) : [tool]) {
      const does = work.classification === "async_mandatory" ? work.start : work.handle;
      assert.equal(typeof does, "function");
    }
  }
});

Deno.test("a description has its sections and stays under 2 KB", () => {
  for (const tool of TOOLS) {
    const text = describeTool(tool.description);
    assert.match(text, /^WHAT: .+WHEN: .+WHY: .+HOW: .+NOT: .+CHOOSE: .+$/s);
    assert.ok(new TextEncoder().encode(text).length < 2048, tool.name);
  }
});

Deno.test("clients get object schemas; an input takes no other parameter and explains each", async () => {
  const tools = await announcedTools();
  assert.deepEqual([...tools.keys()], TOOLS.map(({ name }) => name));
  for (const [name, { inputSchema, outputSchema, description, annotations }] of tools) {
    const [input, output] = [inputSchema as Schema, outputSchema as Schema];
    assert.deepEqual([input.type, output.type], ["object", "object"], name);
    assert.equal(input.additionalProperties, false);
    for (const [parameter, { description }] of Object.entries(input.properties ?? {})) {
      assert.ok(typeof description === "string" && description.length > 5, `${name}.${parameter}`);
    }
    for (const word of ["anyOf", "oneOf", "allOf", "$ref"]) {
      assert.ok(!(word in input) && !(word in output), `${name}: ${word} at the top`);
    }
    assert.equal(output.required, undefined, "a refusal has none of the fields");
    assert.ok(output.properties?.["error"]);
    assert.ok((description ?? "").startsWith("WHAT: "));
    assert.ok(annotations);
  }
});

/** The health of a test's engine and store, with one CLI that is there and one that is not. */
function healthOf({ store, clock }: TestEngine): ToolContext["health"] {
  const found: Record<string, Presence> = { codex: { path: "/bin/x" }, gemini: { reason: "no" } };
  return (principal) =>
    describeHealth({
      version: "1",
      startedAt: clock.now(),
      clock,
      config: configSchema.parse({}),
      profiles: new Map(Object.keys(found).map((name) => [name, testProfile({ name })])),
      broken: new Map(),
      discovery: { find: ({ name }) => Promise.resolve(found[name]!) },
      store,
      log: { path: "", level: "info", state: "off" },
      home: "/home/me",
      reach: "group",
      principal,
    });
}

/** A way to call tools, each result checked as a strict client would. */
async function strictClient(at: TestEngine) {
  const tools = await announcedTools();
  const config = configSchema.parse({});
  const { engine, store, clock } = at;
  const health = healthOf(at);
  const signal = new AbortController().signal;
  const trust = { ask: () => Promise.resolve() };
  const context = () =>
    Promise.resolve({ engine, store, config, clock, health, trust, principal: "local", signal });
  return async function call(name: string, args: Record<string, unknown>) {
    const tool = TOOLS.find((tool) => tool.name === name)!;
    const { structuredContent, content, isError } = await callTool(tool, args, {
      ...UNHEARD,
      request: 1,
      context,
      clock,
    });
    // As it goes over the wire.
    const payload = JSON.parse(JSON.stringify(structuredContent));
    checker(tools.get(name)!.outputSchema).parse(payload);
    checkGuidance(payload as Guidance);
    checkCalls(payload as Guidance, tools);
    assert.ok(content[0]?.type === "text" && content[0].text.length > 0);
    const tokens = tokensOf(content[0].text) + tokensOf(JSON.stringify(structuredContent));
    assert.ok(tokens <= config.server.max_result_tokens, `${name}: ${tokens} tokens`);
    const link = content.find(({ type }) => type === "resource_link");
    assert.equal(link !== undefined, payload.truncated === true);
    return { ...payload, isError };
  };
}

/** Each call that is suggested must be taken by the schema that a client got, too. */
function checkCalls(
  { choose_your_path }: Guidance,
  tools: Awaited<ReturnType<typeof announcedTools>>,
) {
  for (const { next_call } of Object.values(choose_your_path)) {
    if (!next_call) continue;
    checker(tools.get(next_call.tool)!.inputSchema).parse(next_call.arguments);
  }
}

Deno.test("every action is an action of the registry, and its parameters are the tool's", () => {
  for (const tool of TOOLS) {
    const parameters = Object.keys(tool.input.shape);
    if (!("actions" in tool)) {
      assert.ok(!parameters.includes("action"), tool.name);
      continue;
    }
    const { options } = tool.input.shape["action"] as unknown as z.ZodEnum;
    assert.deepEqual(Object.keys(tool.actions), options);
    const used = new Set(["action"]);
    for (const { what, needs = [], takes = [] } of Object.values(tool.actions)) {
      assert.match(what, /^[A-Z].+\.$/);
      for (const name of [...needs, ...takes]) used.add(String(name));
    }
    assert.deepEqual([...used].toSorted(), parameters.toSorted(), "each is of use to an action");
  }
});

const FINAL = JOB_STATUSES.filter(isFinal);
const prompt = "say hi";

/** Lets a job of `exec` end in a state. */
async function endAs(at: TestEngine, status: FinalStatus, count: number): Promise<void> {
  const process = await at.started(count);
  const job = at.store.jobs.unfinished()[0]!;
  switch (status) {
    case "completed":
      process.print("x".repeat(100_000));
      return process.exit();
    case "failed":
      process.print("half");
      process.print("Error: 401 Unauthorized\n", "stderr");
      return process.exit(1);
    case "cancelled":
      await at.engine.cancel(job);
      return;
    case "timed_out":
      return await at.clock.advance(10_000);
    case "interrupted":
      return await at.engine.interruptAll({ graceMs: 0 });
  }
}

Deno.test("exec and status: every state fits the schema, and its suggested calls work", async (t) => {
  for (const status of FINAL) {
    await t.step(status, async () => {
      await using at = testEngine({ server: { max_concurrent_jobs: 1 } });
      const call = await strictClient(at);
      const running = await call("exec", { prompt, async: true, timeout_seconds: 10 });
      assert.equal(running.status, "running");
      await at.started(1);
      assert.equal((await call("status", { job_id: running.job_id })).status, "running");
      const queued = await call("exec", { prompt, async: true });
      assert.deepEqual([queued.status, queued.queue_position], ["queued", 1]);

      const listed = call("status", { job_id: running.job_id, wait_seconds: 45 });
      await endAs(at, status, 1);
      const ended = await listed;
      assert.equal(ended.status, status);
      assert.equal(ended.isError, status === "completed" ? undefined : true);
      assert.equal(ended.state, status);
      const info = await call("sessions", { action: "info", session_id: running.session_id });
      assert.equal(info.jobs[0].status, status);
      if (status === "completed") {
        assert.equal(ended.truncated, true);
        assert.ok(ended.content.length > 20_000, "no more is cut than has to be");
        assert.equal(ended.output_uri, `aimux://jobs/${running.job_id}/answer`);
      }
      const again = await call("sessions", { action: "cancel", job_id: running.job_id });
      assert.equal(again.status, status);
    });
  }
});

/** Calls of a job that does not end, and how long each may hold its caller at most, in seconds. */
const LONGEST: [string, (job: Record<string, unknown>) => Record<string, unknown>, number][] = [
  ["exec", () => ({ prompt }), 45],
  ["status", ({ job_id }) => ({ job_id, wait_seconds: 45 }), 45],
  ["sessions", ({ job_id }) => ({ action: "cancel", job_id }), 40],
  ["sessions", ({ session_id }) => ({ action: "kill", session_id }), 40],
];

Deno.test("no call is held by a job that does not end, not even when it is told to", async (t) => {
  for (const [tool, given, seconds] of LONGEST) {
    await t.step(JSON.stringify([tool, given({ job_id: "…", session_id: "…" })]), async () => {
      await using at = testEngine({ stubborn: true, server: { kill_grace_seconds: 600 } });
      const call = await strictClient(at);
      const job = await call("exec", { prompt, async: true });
      await at.started(1);
      let answer: Record<string, unknown> | undefined;
      const answering = call(tool, given(job)).then((told) => answer = told);
      await at.clock.advance(seconds * 1000 - 1);
      assert.equal(answer, undefined);
      await at.clock.advance(1);
      const { state } = await answering;
      assert.equal(state, tool === "sessions" ? "cancelling" : "running");
    });
  }
});

Deno.test("sessions: the result of every action fits the schema, and its suggested calls work", async () => {
  await using at = testEngine();
  const call = await strictClient(at);
  assert.equal((await call("sessions", { action: "list" })).state, "empty");
  assert.equal((await call("sessions", { action: "health" })).state, "idle");

  const { job_id, session_id } = await call("exec", { prompt, async: true });
  await at.started(1);
  assert.equal((await call("sessions", { action: "list" })).sessions[0].session_id, session_id);
  assert.equal((await call("sessions", { action: "health" })).state, "busy");
  await call("sessions", { action: "info", session_id });
  assert.equal((await call("sessions", { action: "cancel", job_id })).status, "cancelled");
  const second = await call("exec", { prompt, session_id, async: true });
  const killed = await call("sessions", { action: "kill", session_id });
  assert.deepEqual(killed.cancelled_jobs, [second.job_id]);
  assert.equal((await call("sessions", { action: "gc" })).collected, 0);
});

Deno.test("long lists lose their end, or their beginning, and say so", async () => {
  await using at = testEngine();
  const call = await strictClient(at);
  const long = "語".repeat(300);
  for (let n = 100; n < 400; n++) {
    at.store.addJob(`job_${n}`, { sessionId: `ses_${n}`, prompt: long });
    at.store.addJob(`job_${n}x`, { sessionId: "ses_100", prompt: long });
  }
  const listed = await call("sessions", { action: "list", limit: 1000 });
  assert.ok(listed.count > 20 && listed.count < 300, `${listed.count} listed`);
  assert.deepEqual([listed.sessions.length, listed.total_sessions], [listed.count, 300]);
  const { jobs, jobs_omitted, transcript_uri } = await call("sessions", {
    action: "info",
    session_id: "ses_100",
  });
  assert.ok(jobs.length > 10);
  assert.equal(jobs.length + jobs_omitted, 301);
  assert.equal(jobs.at(-1).job_id, "job_399x");
  assert.equal(transcript_uri, "aimux://sessions/ses_100/transcript");
});

Deno.test("a refusal does not hand back what was too long in its call", async () => {
  await using at = testEngine();
  const call = await strictClient(at);
  const long = "a b ".repeat(100_000);
  await call("exec", { promt: long });
  await call("exec", { prompt, cli: long });
  await call("exec", { prompt, role: long, model: long, style: long });
  await call("exec", { prompt, [long]: 1 });
  await call("exec", { prompt: long, role: "codereveiw" });
  await call("status", { job_id: long });
  await call("sessions", { action: long });
});

Deno.test("a refusal of each tool fits its schema, and its suggested calls work", async () => {
  await using at = testEngine();
  const call = await strictClient(at);
  for (const { name } of TOOLS) {
    const refused = await call(name, { no_such_parameter: 1 });
    assert.deepEqual([refused.isError, refused.error.code], [true, "invalid_input"]);
  }
  await call("status", { job_id: "nope" });
  await call("exec", { prompt, session_id: "nope" });
  await call("sessions", { action: "kill", session_id: "nope" });
});
