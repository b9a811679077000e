import assert from "node:assert/strict";
import { inOrder } from "./order.ts";
import { shippedProfiles } from "./testing.ts";

Deno.test("the twelve CLIs stand in their fixed order, others behind them by name", () => {
  assert.deepEqual(inOrder(["zed", "qwen", "abc", "codex", "droid", "gemini"]), [
    "codex",
    "gemini",
    "qwen",
    "droid",
    "abc",
    "zed",
  ]);
});

Deno.test("each shipped CLI has its place in the order", () => {
  const names = [...shippedProfiles().keys()];
  assert.equal(inOrder([...names, "aaa"]).at(-1), "aaa");
});
