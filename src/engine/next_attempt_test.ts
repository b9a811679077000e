import assert from "node:assert/strict";
import { ERROR_CODES } from "../lib/errors.ts";
import { type Failed, FALLBACKS, nextAttempt } from "./next_attempt.ts";

const failed: Failed = {
  code: "quota",
  changedFiles: false,
  permission: "write",
  fallback: "cli",
  tries: 1,
  models: [],
};
const next = (given: Partial<Failed>) => nextAttempt({ ...failed, ...given });

Deno.test("what passes by itself is tried once more, whatever the fallback, then elsewhere", () => {
  for (const fallback of FALLBACKS) assert.equal(next({ code: "transient", fallback }), "same");
  assert.equal(next({ code: "transient", tries: 2 }), "cli");
  assert.equal(next({ code: "transient", tries: 2, fallback: "model", models: ["m"] }), "none");
});

Deno.test("a limit and a missing model lead to the next model, then to the next CLI", () => {
  for (const code of ["quota", "model_unavailable"] as const) {
    assert.deepEqual(next({ code, models: ["m2", "m3"] }), { model: "m2" });
    assert.deepEqual(next({ code, models: ["m2"], fallback: "model" }), { model: "m2" });
    assert.equal(next({ code, models: ["m2"], fallback: "none" }), "none");
    assert.equal(next({ code }), "cli");
    assert.equal(next({ code, fallback: "model" }), "none");
  }
  assert.equal(next({ code: "auth", models: ["m2"] }), "cli", "a login is not of a model");
});

Deno.test("what is due to the task, or was asked for, is not tried elsewhere", () => {
  const elsewhere = [
    "quota",
    "model_unavailable",
    "transient",
    "auth",
    "cli_not_installed",
    "circuit_open",
  ];
  for (const code of ERROR_CODES) {
    assert.equal(next({ code, tries: 2 }), elsewhere.includes(code) ? "cli" : "none", code);
  }
});

Deno.test("after a change of files nothing is tried again, unless it was read-only", () => {
  assert.equal(next({ code: "transient", changedFiles: true }), "none");
  assert.equal(next({ changedFiles: true, models: ["m"] }), "none");
  assert.equal(next({ code: "transient", changedFiles: true, permission: "read_only" }), "same");
});
