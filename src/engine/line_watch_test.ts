import assert from "node:assert/strict";
import fc from "fast-check";
import { outputText } from "../lib/output_text.ts";
import { testClock } from "../lib/testing_clock.ts";
import { untilLine, watchLines } from "./line_watch.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** After which chunk the watch called back, and how often. */
function matches(pattern: RegExp, ...chunks: (string | Uint8Array)[]): number[] {
  const calls: number[] = [];
  let chunk = 0;
  const { signal: over } = new AbortController();
  const watch = watchLines(pattern, () => calls.push(chunk), { clock: testClock(), over });
  for (const each of chunks) {
    chunk++;
    watch(typeof each === "string" ? encode(each) : each);
  }
  return calls;
}

Deno.test("a whole line that matches is seen once, when its end comes", () => {
  assert.deepEqual(matches(/^done/, "begin\ndo", "ne here", "\n", "done\n"), [3]);
  assert.deepEqual(matches(/^done$/, "done\ndone\ndone\n"), [1]);
  assert.deepEqual(matches(/^done/, "done without an end"), []);
  assert.deepEqual(matches(/^done/, "not done\nun", "done\n"), []);
});

Deno.test("a line is tested without its line end, of either kind", () => {
  assert.deepEqual(matches(/^done$/, "done\r\n"), [1]);
  assert.deepEqual(matches(/^done$/, "done\r", "\n"), [2]);
});

Deno.test("a line is tested as a reader sees it", () => {
  assert.deepEqual(matches(/^\{"done":1\}$/, '⠋ Busy\r\x1b[K\x1b[32m{"done":1}\x1b[0m\r\n'), [1]);
  assert.deepEqual(matches(/^done$/, "\x1b]0;title\x1b", "\\done\n"), [2]);
});

Deno.test("however the output is cut, a line is seen, also within a character", () => {
  const bytes = encode("eins\n日本 😀 done\nrest\n");
  fc.assert(fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }), (cuts) => {
    const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
    const chunks = places.slice(1).map((end, index) => bytes.slice(places[index], end));
    assert.equal(matches(/^日本 😀 done$/, ...chunks).length, 1);
  }));
});

Deno.test("of an endless line only the beginning is kept and tested", () => {
  const long = "x".repeat(1024 * 1024);
  const chunks = Array.from({ length: 50 }, () => long);
  assert.deepEqual(matches(/done/, ...chunks, "done\n"), []);
  assert.deepEqual(matches(/^begin/, "begin", ...chunks, "\n"), [52]);
  assert.deepEqual(matches(/^next$/, ...chunks, "\nnext\n"), [51]);
});

Deno.test("a line without an end counts when nothing follows it for a moment", async () => {
  const clock = testClock();
  const over = new AbortController();
  let calls = 0;
  const watch = watchLines(/^done/, () => calls++, { clock, over: over.signal });
  watch(encode("done"));
  await clock.advance(399);
  watch(encode(" so far"));
  await clock.advance(399);
  assert.equal(calls, 0);
  await clock.advance(1);
  assert.equal(calls, 1);
  watch(encode("\ndone\n"));
  await clock.advance(1000);
  assert.equal(calls, 1);

  const other = watchLines(/^done/, () => calls++, { clock, over: over.signal });
  other(encode("done"));
  over.abort();
  await clock.advance(1000);
  assert.deepEqual([calls, clock.waiting], [1, 0], "not once the run is over");
});

Deno.test("an output is cut behind the first line that matches, if any", () => {
  const cut = (text: string) => untilLine(/^done/, outputText(text)).text();
  assert.equal(cut("a\n\x1b[32mdone\x1b[0m\nb\ndone\n"), "a\n\x1b[32mdone\x1b[0m");
  assert.equal(cut("a\nb\n"), "a\nb");
  assert.deepEqual([...untilLine(/^done/, outputText("done\nb")).lines()], ["done"]);
});
