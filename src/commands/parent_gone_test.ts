import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import { ignoresHangup } from "./hangup.ts";
import { parentGone } from "./parent_gone.ts";

/** A program whose parent can change. */
function child(parent: number, { detached = false } = {}) {
  const clock = testClock();
  const over = new AbortController();
  const served = Promise.withResolvers<void>();
  const at = { parent, gone: false };
  const parentPid = () => at.parent;
  void parentGone({ served: served.promise, clock, signal: over.signal, detached, parentPid })
    .then(() => at.gone = true);
  return {
    at,
    served: served.resolve,
    async pass(milliseconds: number) {
      await clock.advance(0);
      await clock.advance(milliseconds);
      return at.gone;
    },
    async end() {
      over.abort();
      await clock.advance(0);
      assert.equal(clock.waiting, 0, "no timer is left");
    },
  };
}

Deno.test("the end of the parent is noticed within a second", async () => {
  const one = child(100);
  one.served();
  assert.equal(await one.pass(60_000), false);
  one.at.parent = 1;
  assert.equal(await one.pass(1000), true);
  await one.end();
});

Deno.test("where the parent's end means nothing it is not told", async () => {
  const cases = {
    "a container, whose first process it is": child(0),
    "init is the parent": child(1),
    "nohup, or no client's pipe": child(100, { detached: true }),
    "a launcher that leaves at once": child(100),
  };
  for (const [name, one] of Object.entries(cases)) {
    await one.pass(0);
    one.at.parent = 7;
    one.served();
    assert.equal(await one.pass(60_000), false, name);
    await one.end();
  }
});

Deno.test("a look-out that is over tells nothing and leaves no timer", async () => {
  const one = child(100);
  one.served();
  await one.pass(0);
  await one.end();
  one.at.parent = 1;
  assert.equal(await one.pass(60_000), false);
});

Deno.test("a hang-up is ignored where the system says so, and nowhere else", () => {
  const status = (mask: string) => () =>
    `Name:\tdeno\nSigBlk:\t0001\nSigIgn:\t${mask}\nSigCgt:\t1\n`;
  assert.equal(ignoresHangup(status("0000000000001001")), true);
  assert.equal(ignoresHangup(status("0000000000001000")), false);
  assert.equal(ignoresHangup(() => ""), false);
  assert.equal(
    ignoresHangup(() => {
      throw new Deno.errors.NotCapable();
    }),
    false,
  );
});
