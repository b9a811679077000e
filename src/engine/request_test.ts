import assert from "node:assert/strict";
import { EFFORT_LEVELS } from "../config/profile.ts";
import type { Job } from "../store/job.ts";
import {
  asBefore,
  checkRequest,
  isEffort,
  LONGEST_TIMEOUT_SECONDS,
  timeoutSeconds,
} from "./request.ts";

const check = (given: Record<string, unknown>, most = 1000) =>
  checkRequest({ prompt: "say hi", principal: "local", ...given }, most);

Deno.test("a prompt must say something and fit, counted in bytes", () => {
  for (const prompt of ["", " \n\t "]) {
    assert.throws(() => check({ prompt }), { code: "invalid_input", message: "Empty prompt" });
  }
  check({ prompt: "é".repeat(500) });
  assert.throws(() => check({ prompt: "é".repeat(500) + "x" }), {
    code: "invalid_input",
    message: "Prompt too large: 1001 bytes, the most is 1000",
  });
});

Deno.test("models as the CLIs name them pass, and what could be a flag or a shell word does not", () => {
  const good = [
    "gpt-5.3-codex",
    "openai/gpt-5",
    "ollama/qwen3:8b",
    "claude-opus[1m]",
    "vendor/model@2025-01-01",
    "a",
  ];
  const bad = ["", "-m", "--evil", "gpt 5", "a;b", "$(id)", "a\nb", "`x`", "../x", "a\0", "é"];
  for (const model of good) check({ model });
  for (const model of bad) {
    assert.throws(
      () => check({ model }),
      { code: "invalid_input", message: /Invalid model/ },
      model,
    );
  }
});

Deno.test("a timeout lies above 0 and within the longest", () => {
  for (const timeoutSeconds of [0.001, 1, LONGEST_TIMEOUT_SECONDS]) check({ timeoutSeconds });
  for (const timeoutSeconds of [0, -1, NaN, Infinity, LONGEST_TIMEOUT_SECONDS + 1]) {
    assert.throws(() => check({ timeoutSeconds }), { code: "invalid_input" });
  }
});

Deno.test("high effort doubles a timeout that the call did not set, and more triples it", () => {
  const seconds = EFFORT_LEVELS.map((effort) =>
    timeoutSeconds({ call: undefined, configured: 100, effort })
  );
  assert.deepEqual(seconds, [100, 100, 100, 100, 200, 300, 300]);
  assert.equal(timeoutSeconds({ call: undefined, configured: 100, effort: undefined }), 100);
  assert.equal(timeoutSeconds({ call: 7, configured: 100, effort: "xhigh" }), 7);
});

Deno.test("an effort is one of the levels", () => {
  assert.ok(EFFORT_LEVELS.every(isEffort));
  assert.ok(!isEffort("hard") && !isEffort("") && !isEffort("toString"));
});

Deno.test("a call that continues a session goes on as the one before, unless it says otherwise", () => {
  const last = { role: "review", model: "m1", effort: "high", permission: "read_only" } as Job;
  const given = { prompt: "go on", principal: "local" };
  const roles = { review: {}, coding: {} };
  assert.deepEqual(asBefore(given, last, roles), {
    ...given,
    role: "review",
    model: "m1",
    effort: "high",
    permission: "read_only",
  });
  const own = { ...given, model: "m2", effort: "low" as const, permission: "write" as const };
  assert.deepEqual(asBefore(own, last, roles), { ...own, role: "review" });
  const other = { ...given, role: "coding" };
  assert.equal(asBefore(other, last, roles), other);
  assert.equal(asBefore(given, undefined, roles), given);
  const gone = asBefore(given, { ...last, role: "toString" }, roles);
  assert.deepEqual(gone, { ...given, permission: "read_only" }, "what only advised stays so");
  const bare = { role: "coding", effort: "gone", permission: "write" } as Job;
  assert.deepEqual(asBefore(given, bare, roles), { ...given, role: "coding", permission: "write" });
});

Deno.test("the right to do all is not handed on to the next call of a session", () => {
  const last = { role: "coding", permission: "full" } as Job;
  const given = { prompt: "go on", principal: "local" };
  for (const roles of [{ coding: {} }, {}]) {
    assert.equal(asBefore(given, last, roles).permission, "write");
    assert.equal(asBefore({ ...given, permission: "full" }, last, roles).permission, "full");
    assert.equal(
      asBefore({ ...given, permission: "read_only" }, last, roles).permission,
      "read_only",
    );
  }
  assert.equal(asBefore({ ...given, role: "coding" }, last, { coding: {} }).permission, undefined);
});
