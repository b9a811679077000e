import assert from "node:assert/strict";
import { createLanes } from "./lanes.ts";

Deno.test("no more is done at once than there are lanes, also after a failure", async () => {
  const inTurn = createLanes(2);
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 7 }, (_, n) =>
      inTurn(async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        if (n % 3 === 0) throw new Error(`${n}`);
        return n;
      })),
  );
  assert.equal(most, 2);
  assert.deepEqual(
    results.map((result) => result.status === "fulfilled" ? result.value : "failed"),
    ["failed", 1, 2, "failed", 4, 5, "failed"],
  );
});
