import assert from "node:assert/strict";
import { z } from "zod";
import { configSchema } from "../config/schema.ts";
import { testClock } from "../lib/testing_clock.ts";
import { callTool } from "./call_tool.ts";
import { LONGEST_HOLD_SECONDS } from "./hold.ts";
import { defineTool, type Started, type Tool, type ToolContext } from "./tools/define_tool.ts";
import { PROBE, UNHEARD } from "./testing.ts";

const never = new Promise<never>(() => {});

const FACE = { ...PROBE, input: z.strictObject({}) };

type Payload = { done: boolean };

/** Work that has not ended until a test ends it. */
function endless(waitSeconds = 1000) {
  const end = Promise.withResolvers<void>();
  let done = false;
  const work = {
    cancelled: 0,
    end() {
      done = true;
      end.resolve();
    },
  };
  const started: Started<Payload> = {
    waitSeconds,
    ended: end.promise,
    payload: () => ({ done }),
    cancel: () => Promise.resolve(work.cancelled++),
  };
  return { ...work, started, cancels: () => work.cancelled };
}

function starts(start: () => Promise<Started<Payload>>): Tool {
  return defineTool({ ...FACE, classification: "async_mandatory", start });
}

/** A call whose answer a test looks for as time passes. */
function calling(tool: Tool, options: { ready?: Promise<unknown>; signal?: AbortSignal } = {}) {
  const clock = testClock();
  const { ready, signal = new AbortController().signal } = options;
  const context = async () => {
    await ready;
    return { config: configSchema.parse({}), clock, signal } as unknown as ToolContext;
  };
  const call = { clock, told: undefined as Record<string, unknown> | undefined };
  void callTool(tool, {}, { context, clock, request: 1, ...UNHEARD }).then(
    ({ structuredContent }) => {
      call.told = structuredContent as Record<string, unknown>;
    },
  );
  return call;
}

function codeOf({ told }: ReturnType<typeof calling>): unknown {
  return (told?.["error"] as { code?: string } | undefined)?.code;
}

Deno.test("a call of endless work is answered with how far it is after server.sync_wait_seconds", async () => {
  const call = calling(starts(() => Promise.resolve(endless().started)));
  await call.clock.advance(44_999);
  assert.equal(call.told, undefined);
  await call.clock.advance(1);
  assert.equal(call.told?.["done"], false);
  assert.equal(call.clock.waiting, 0);
});

Deno.test("work that ends in time is answered with its result at once", async () => {
  const work = endless();
  const call = calling(starts(() => Promise.resolve(work.started)));
  await call.clock.advance(10_000);
  work.end();
  await call.clock.advance(0);
  assert.equal(call.told?.["done"], true);
});

Deno.test("the work may ask for a shorter wait, and for none", async () => {
  const short = calling(starts(() => Promise.resolve(endless(2).started)));
  await short.clock.advance(2000);
  assert.equal(short.told?.["done"], false);
  const none = calling(starts(() => Promise.resolve(endless(0).started)));
  await none.clock.advance(0);
  assert.equal(none.told?.["done"], false);
});

Deno.test("the wait counts from the arrival of the call: a slow start takes its part of it", async () => {
  const work = endless();
  const start = Promise.withResolvers<Started<Payload>>();
  const ready = Promise.withResolvers<void>();
  const call = calling(starts(() => start.promise), { ready: ready.promise });
  await call.clock.advance(15_000);
  ready.resolve();
  await call.clock.advance(15_000);
  start.resolve(work.started);
  await call.clock.advance(14_999);
  assert.equal(call.told, undefined);
  await call.clock.advance(1);
  assert.equal(call.told?.["done"], false);
});

Deno.test("a start later than the wait is answered at once with the handle", async () => {
  const start = Promise.withResolvers<Started<Payload>>();
  const call = calling(starts(() => start.promise));
  await call.clock.advance(50_000);
  assert.equal(call.told, undefined);
  start.resolve(endless().started);
  await call.clock.advance(0);
  assert.equal(call.told?.["done"], false);
});

Deno.test("a start that hangs is told, and what starts after all is ended", async () => {
  const work = endless();
  const start = Promise.withResolvers<Started<Payload>>();
  const call = calling(starts(() => start.promise));
  await call.clock.advance(LONGEST_HOLD_SECONDS * 1000);
  assert.equal(codeOf(call), "timed_out");
  start.resolve(work.started);
  await call.clock.advance(0);
  assert.equal(work.cancels(), 1);
});

Deno.test("parts that cannot be built in time hold no call", async () => {
  for (const tool of [starts(() => never), answers(() => ({ done: true }))]) {
    const call = calling(tool, { ready: never });
    await call.clock.advance(LONGEST_HOLD_SECONDS * 1000);
    assert.equal(codeOf(call), "timed_out");
  }
});

Deno.test("a sync_ok tool that hangs is told, and what it throws later harms nobody", async () => {
  const work = Promise.withResolvers<Payload>();
  const call = calling(answers(() => work.promise));
  await call.clock.advance(LONGEST_HOLD_SECONDS * 1000 - 1);
  assert.equal(call.told, undefined);
  await call.clock.advance(1);
  assert.equal(codeOf(call), "timed_out");
  work.reject(new Error("late"));
  await call.clock.advance(0);
});

Deno.test("while a call waits its caller is told how the work goes on, and not after", async () => {
  const work = endless();
  const told: string[] = [];
  const follow = async (over: AbortSignal) => {
    told.push("followed");
    await new Promise((resolve) => over.addEventListener("abort", resolve, { once: true }));
    told.push("over");
  };
  const call = calling(starts(() => Promise.resolve({ ...work.started, follow })));
  await call.clock.advance(44_999);
  assert.deepEqual(told, ["followed"]);
  await call.clock.advance(1);
  assert.deepEqual(told, ["followed", "over"]);
  assert.equal(call.told?.["done"], false);
});

Deno.test("a call that is taken back takes its work with it, unless it had asked not to wait", async () => {
  for (const [waitSeconds, cancels] of [[1000, 1], [0, 0]] as const) {
    const taken = new AbortController();
    const work = endless(waitSeconds);
    const call = calling(starts(() => Promise.resolve(work.started)), { signal: taken.signal });
    await call.clock.advance(0);
    taken.abort();
    await call.clock.advance(0);
    assert.equal(work.cancels(), cancels);
  }
});

function answers(handle: () => Payload | Promise<Payload>): Tool {
  return defineTool({ ...FACE, classification: "sync_ok", handle });
}
