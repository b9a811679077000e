import assert from "node:assert/strict";
import { wrap } from "./wrap.ts";

Deno.test("a line breaks at a word and keeps the space before the break", () => {
  assert.equal(wrap("one two three", 8), "one two \nthree");
});

Deno.test("a word longer than a line is cut", () => {
  assert.equal(wrap("a bbbbbbbbbb c", 4), "a \nbbbb\nbbbb\nbb c");
});

Deno.test("lines that fit stay as they are", () => {
  assert.equal(wrap("one\n\n two \n", 80), "one\n\n two \n");
});
