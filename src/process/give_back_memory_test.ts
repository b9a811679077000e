import assert from "node:assert/strict";
import { giveBackMemory } from "./give_back_memory.ts";

Deno.test("what nobody holds any more is collected at once", () => {
  let many: unknown[] | undefined = Array.from({ length: 1_000_000 }, (_, n) => ({ n }));
  const full = Deno.memoryUsage().heapUsed;
  assert.equal(many.length, 1_000_000);
  many = undefined;
  giveBackMemory();
  assert.ok(Deno.memoryUsage().heapUsed < full - 20_000_000);
  giveBackMemory();
});
