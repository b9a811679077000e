import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import { whileBusy } from "./while_busy.ts";

const busy = () => new Error("database is locked");

Deno.test("a write is done at once where nobody is in its way", async () => {
  const clock = testClock();
  assert.equal(await whileBusy(() => "done", { clock }), "done");
  assert.equal(clock.waiting, 0);
});

Deno.test("a write is tried again as long as another server is in its way, and no longer", async () => {
  const clock = testClock();
  let tries = 0;
  const work = () => {
    if (++tries < 7) throw busy();
    return tries;
  };
  const done = whileBusy(work, { clock });
  assert.equal(tries, 1);
  await clock.advance(10_000);
  assert.equal(await done, 7);

  const failure = new Error("disk I/O error");
  const failing = () => {
    tries++;
    throw failure;
  };
  await assert.rejects(whileBusy(failing, { clock }), failure);
  assert.equal(tries, 8);
});

Deno.test("a write that never gets its turn fails with what was in its way", async () => {
  const clock = testClock();
  let tries = 0;
  const work = () => {
    tries++;
    throw busy();
  };
  const failing = assert.rejects(whileBusy(work, { clock, tries: 4 }), /database is locked/);
  await clock.advance(60_000);
  await failing;
  assert.equal(tries, 4);
});

Deno.test("a write that nobody wants any more is not tried again", async () => {
  const clock = testClock();
  const over = new AbortController();
  let tries = 0;
  const work = () => {
    tries++;
    throw busy();
  };
  const failing = assert.rejects(whileBusy(work, { clock, signal: over.signal }));
  over.abort();
  await failing;
  assert.equal(tries, 2);
  assert.equal(clock.waiting, 0);
});
