import assert from "node:assert/strict";
import { nearest } from "./nearest.ts";

const roles = ["coding", "codereview", "debug", "default"];

Deno.test("nearest finds the word that was meant", () => {
  assert.equal(nearest("codereveiw", roles), "codereview");
  assert.equal(nearest("codin", roles), "coding");
  assert.equal(nearest("codiing", roles), "coding");
  assert.equal(nearest("DEBUG", roles), "debug");
  assert.equal(nearest("debgu", roles), "debug");
});

Deno.test("nearest stays silent where no word is close", () => {
  assert.equal(nearest("zebra", roles), undefined);
  assert.equal(nearest("x", roles), undefined);
  assert.equal(nearest("", roles), undefined);
  assert.equal(nearest("coding", []), undefined);
  assert.equal(nearest("coding".repeat(1000), roles), undefined);
});

Deno.test("nearest prefers the closer of two close words", () => {
  assert.equal(nearest("planing", ["planner", "planning"]), "planning");
});
