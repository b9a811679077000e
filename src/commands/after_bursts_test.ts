import assert from "node:assert/strict";
import { afterBursts } from "./after_bursts.ts";

Deno.test("after a burst the work is done three times when it is quiet, and then no more", async () => {
  // How many requests there are at each look.
  const counts = [0, 50, 50, 500, 900, 905, 905, 950, 951, 951, 952, 953, 1100, 1101];
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
  assert.deepEqual(worked, [905, 905, 951, 1101]);
});
