import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";
import { testClock } from "./testing_clock.ts";

Deno.test("a turned clock ends the waits that fall due, in their order", async () => {
  const clock = testClock(1000);
  const ended: string[] = [];
  void clock.delay(30).then(() => ended.push(`late at ${clock.now()}`));
  void (async () => {
    await clock.delay(10);
    ended.push(`first at ${clock.now()}`);
    await clock.delay(10);
    ended.push(`again at ${clock.now()}`);
  })();

  await clock.advance(5);
  assert.deepEqual(ended, []);
  await clock.advance(15);
  assert.deepEqual(ended, ["first at 1010", "again at 1020"]);
  assert.equal(clock.waiting, 1);
  await clock.advance(100);
  assert.equal(ended.at(-1), "late at 1030");
  assert.equal(clock.now(), 1120);
});

for (const [name, clock] of [["turned", testClock()], ["system", systemClock]] as const) {
  Deno.test(`a wait of the ${name} clock ends at once when its signal aborts`, async () => {
    const over = new AbortController();
    const waited = clock.delay(1e12, over.signal);
    over.abort();
    await waited;
    await clock.delay(1e12, over.signal);
  });
}
