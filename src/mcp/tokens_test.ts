import assert from "node:assert/strict";
import { tokensOf } from "./tokens.ts";

Deno.test("tokens are estimated by the kind of characters", () => {
  assert.equal(tokensOf(""), 0);
  assert.equal(tokensOf("abc def"), 3);
  assert.equal(tokensOf("語語語"), 4);
  assert.equal(tokensOf("😀"), 3);
});
