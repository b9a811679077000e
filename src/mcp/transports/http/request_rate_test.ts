import assert from "node:assert/strict";
import { createRequestRate } from "./request_rate.ts";

Deno.test("a caller may ask as often as a minute allows, and again when time has passed", () => {
  let now = 0;
  const rate = createRequestRate(6, { now: () => now, delay: () => Promise.resolve() });
  for (let n = 0; n < 6; n++) assert.equal(rate.take("alice"), 0);
  assert.equal(rate.take("alice"), 10);
  assert.equal(rate.take("bob"), 0, "the others have their own");
  now = 4000;
  assert.equal(rate.take("alice"), 6);
  now = 10_000;
  assert.equal(rate.take("alice"), 0);
  assert.equal(rate.take("alice"), 10);
  now = 9000;
  assert.equal(rate.take("alice"), 10, "a clock that was set back gives nothing");
  now = 3_600_000;
  for (let n = 0; n < 6; n++) assert.equal(rate.take("alice"), 0);
  assert.equal(rate.take("alice"), 10, "an hour of silence allows no more than a minute");
});
