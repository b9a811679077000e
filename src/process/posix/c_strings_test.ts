import assert from "node:assert/strict";
import fc from "fast-check";
import { cString, cStrings } from "./c_strings.ts";

const text = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));

Deno.test("a list of texts is read back by its pointers, and ends with a null pointer", () => {
  fc.assert(fc.property(fc.array(text), (texts) => {
    const memory = cStrings(texts);
    const pointers = new BigUint64Array(memory.buffer, 0, texts.length + 1);
    const read = Array.from(
      pointers.subarray(0, -1),
      (pointer) => Deno.UnsafePointerView.getCString(Deno.UnsafePointer.create(pointer)!),
    );
    assert.deepEqual(read, texts);
    assert.equal(pointers.at(-1), 0n);
  }));
});

Deno.test("a text with a NUL is refused, and shown only in part where it is long", () => {
  assert.throws(() => cString("a\0b"), {
    name: "TypeError",
    message: 'Cannot pass "a\\u0000b" to a program: it holds a NUL character',
  });
  assert.throws(
    () => cStrings(["fine", "x".repeat(1000) + "\0"]),
    (error: Error) => error.message.length < 150,
  );
});
