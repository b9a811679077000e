import assert from "node:assert/strict";
import { askedPermission } from "./asked_permission.ts";

Deno.test("read_only is short for a permission, and may say the same once more", () => {
  assert.equal(askedPermission({}), undefined);
  assert.equal(askedPermission({ read_only: true }), "read_only");
  assert.equal(askedPermission({ read_only: false }), "write");
  assert.equal(askedPermission({ permission: "full" }), "full");
  assert.equal(askedPermission({ permission: "read_only", read_only: true }), "read_only");
  assert.equal(askedPermission({ permission: "full", read_only: false }), "full");
});

Deno.test("a permission and a read_only that contradict each other are refused, never weighed", () => {
  for (
    const [permission, read_only] of [
      ["write", true],
      ["full", true],
      ["read_only", false],
    ] as const
  ) {
    assert.throws(() => askedPermission({ permission, read_only }), {
      code: "invalid_input",
      message: `permission "${permission}" and read_only ${read_only} contradict each other`,
      details: { permission, read_only },
    });
  }
});
