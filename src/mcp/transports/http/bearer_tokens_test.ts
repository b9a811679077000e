import assert from "node:assert/strict";
import { createPrincipals } from "./bearer_tokens.ts";

Deno.test("a token names its principal, and nothing else does", () => {
  const principalOf = createPrincipals({ alice: "correct-horse", bob: "battery+staple/=" });
  assert.equal(principalOf("Bearer correct-horse"), "alice");
  assert.equal(principalOf("bearer  battery+staple/="), "bob");
  for (
    const header of [
      ...[null, "", "Bearer", "Bearer ", "correct-horse", "Basic correct-horse"],
      ...["Bearer correct-hors", "Bearer correct-horsee", "Bearer CORRECT-HORSE", "Bearer alice"],
      ...["Bearer correct-horse battery", "Bearer correct-horse,correct-horse"],
    ]
  ) {
    assert.equal(principalOf(header), undefined, String(header));
  }
});

Deno.test("without tokens everybody is local, whatever they send", () => {
  const principalOf = createPrincipals({});
  assert.equal(principalOf(null), "local");
  assert.equal(principalOf("Bearer whatever"), "local");
});
