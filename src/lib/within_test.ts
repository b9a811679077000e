import assert from "node:assert/strict";
import { testClock } from "./testing_clock.ts";
import { within } from "./within.ts";

const never = new Promise<void>(() => {});

Deno.test("what is settled in time counts, and no timer is left", async () => {
  const clock = testClock();
  assert.equal(await within(10, Promise.resolve("x"), { clock }), true);
  await assert.rejects(within(10, Promise.reject(new Error("told")), { clock }), /told/);
  assert.equal(clock.waiting, 0);
});

Deno.test("the wait ends when the time is over, or when the signal aborts", async () => {
  const clock = testClock();
  const waiting = within(10, never, { clock });
  await clock.advance(10);
  assert.equal(await waiting, false);

  const stop = new AbortController();
  const stopped = within(10, never, { clock, signal: stop.signal });
  stop.abort();
  assert.equal(await stopped, false);
  assert.equal(await within(10, never, { clock, signal: stop.signal }), false);
  assert.equal(clock.waiting, 0);
});

Deno.test("what is rejected too late harms nobody", async () => {
  const clock = testClock();
  const late = Promise.withResolvers<void>();
  const waiting = within(10, late.promise, { clock });
  await clock.advance(10);
  assert.equal(await waiting, false);
  late.reject(new Error("too late"));
  await clock.advance(0);
});
