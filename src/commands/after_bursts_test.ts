import assert from "node:assert/strict";
import { afterBursts } from "./after_bursts.ts";

Deno.test("after a burst the work is done once, when it is quiet again", async () => {
  // How many requests there are at each look.
  const counts = [0, 50, 50, 500, 900, 905, 905, 950, 1000, 1010, 1012];
  const stop = new AbortController();
  const worked: number[] = [];
  let look = -1;
  const clock = {
    now: () => 0,
    delay: () => {
      if (++look >= counts.length) stop.abort();
      return Promise.resolve();
    },
  };
  const requests = () => counts[Math.min(look, counts.length - 1)]!;
  await afterBursts(requests, () => worked.push(requests()), { clock, signal: stop.signal });
  assert.deepEqual(worked, [905, 1012]);
});
