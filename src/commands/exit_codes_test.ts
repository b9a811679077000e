import assert from "node:assert/strict";
import { EXIT, EXIT_MEANINGS, exitCodeOf } from "./exit_codes.ts";

Deno.test("a script can tell the ends of a run apart", () => {
  assert.equal(exitCodeOf({ status: "completed" }), 0);
  assert.equal(exitCodeOf({ status: "failed", code: "failed" }), 1);
  assert.equal(exitCodeOf({ status: "failed" }), 1);
  assert.equal(exitCodeOf({ status: "cancelled", code: "cancelled" }), 1);
  assert.equal(exitCodeOf({ status: "interrupted", code: "interrupted" }), 1);
  assert.equal(exitCodeOf({ status: "failed", code: "auth" }), 4);
  assert.equal(exitCodeOf({ status: "failed", code: "quota" }), 5);
  assert.equal(exitCodeOf({ status: "timed_out", code: "timed_out" }), 124);
  assert.equal(exitCodeOf({ code: "invalid_input" }), 2);
  assert.equal(exitCodeOf({ code: "cli_not_installed" }), 3);
  assert.equal(exitCodeOf({ code: "storage" }), 1);
});

Deno.test("every exit code has a meaning", () => {
  const told = EXIT_MEANINGS.map(([code]) => code);
  for (const code of Object.values(EXIT)) assert.ok(told.includes(String(code)), String(code));
});
