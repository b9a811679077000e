import assert from "node:assert/strict";
import { wellFormed } from "./well_formed.ts";

Deno.test("half a surrogate pair is replaced wherever it stands, and the rest stays", () => {
  const message = { a: ["x\ud83d", "😀"], "k\ude00": { n: 1, t: true, z: null } };
  assert.deepEqual(wellFormed(message), {
    a: ["x\ufffd", "😀"],
    "k\ufffd": { n: 1, t: true, z: null },
  });
  assert.equal(message.a[0], "x\ud83d");
});
