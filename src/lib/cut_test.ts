import assert from "node:assert/strict";
import fc from "fast-check";
import { cut } from "./cut.ts";

Deno.test("a short text stays, a long one loses its end or its middle", () => {
  assert.equal(cut("seven77", 7), "seven77");
  assert.equal(cut("eight888", 7), "eight88…");
  assert.equal(cut("eight888", 7, { end: 2 }), "eight…88");
});

Deno.test("no character is cut in half", () => {
  assert.equal(cut("ab🎉cd", 3), "ab…");
  assert.equal(cut("ab🎉cd", 5, { end: 3 }), "ab…cd");
  fc.assert(fc.property(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.nat(20),
    fc.nat(20),
    (text, most, end) => {
      const shown = cut(text, most, { end: Math.min(end, most) });
      assert.ok(shown.isWellFormed());
      assert.ok(shown === text || shown.length <= most + 1);
    },
  ));
});
