import assert from "node:assert/strict";
import { versionSupport } from "./version_support.ts";

Deno.test("a version is the checked one, another, too old, or unknown", () => {
  const versions = { checked: "3.0.65", minimum: "3.0" };
  const of = (version?: string) => versionSupport({ versions }, version);
  assert.equal(of("3.0.65"), "checked");
  for (const version of ["3.0", "3.0.0", "3.0.9", "3.0.65-beta.1", "3.1", "10.0"]) {
    assert.equal(of(version), "untested", version);
  }
  for (const version of ["2.99.1", "2", "0.1"]) assert.equal(of(version), "too_old", version);
  for (const version of [undefined, "nightly", ""]) assert.equal(of(version), "unknown");
  assert.equal(versionSupport({ versions: undefined }, "1.0"), "unknown");
  assert.equal(versionSupport({ versions: { checked: "2.0" } }, "1.0"), "untested");
});
