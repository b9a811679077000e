import assert from "node:assert/strict";
import { captureInMemory } from "./memory_capture.ts";

Deno.test("the beginning is kept, the rest is only counted", () => {
  const capture = captureInMemory(8);
  const chunk = new TextEncoder().encode("hallo");
  capture.write(chunk);
  chunk.fill(0);
  capture.write(new TextEncoder().encode(" world"));
  capture.write(new TextEncoder().encode("!".repeat(1_000_000)));
  assert.equal(capture.text().text(), "hallo wo");
  assert.equal(capture.tail(), "hallo wo");
  assert.equal(capture.bytes, 1_000_011);
});

Deno.test("a character whose bytes come in two chunks is one, and one that is cut is left out", () => {
  const capture = captureInMemory(7);
  const bytes = new TextEncoder().encode("😀😀");
  capture.write(bytes.subarray(0, 2));
  capture.write(bytes.subarray(2));
  assert.equal(capture.text().text(), "😀");
});
