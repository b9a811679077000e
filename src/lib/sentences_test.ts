import assert from "node:assert/strict";
import { sentences } from "./sentences.ts";

Deno.test("messages become sentences, with one full stop between them", () => {
  assert.equal(sentences("It failed", "Try again"), "It failed. Try again");
  assert.equal(
    sentences("It failed.", "Did you try?", "Do!", "So"),
    "It failed. Did you try? Do! So",
  );
});

Deno.test("what is missing leaves no trace", () => {
  assert.equal(sentences(undefined, "Alone", "", undefined), "Alone");
  assert.equal(sentences(), "");
});
