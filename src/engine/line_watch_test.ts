import assert from "node:assert/strict";
import fc from "fast-check";
import { watchLines } from "./line_watch.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** After which chunk the watch called back, and how often. */
function matches(pattern: RegExp, ...chunks: (string | Uint8Array)[]): number[] {
  const calls: number[] = [];
  let chunk = 0;
  const watch = watchLines(pattern, () => calls.push(chunk));
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
