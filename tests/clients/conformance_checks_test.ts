import assert from "node:assert/strict";
import { type Check, judge } from "./conformance_checks.ts";

const check = (id: string, status: Check["status"]): Check => ({ id, status });

const FOUND = new Map([
  ["ping", [check("answers", "SUCCESS"), check("note", "INFO")]],
  ["lists", [check("tools", "SUCCESS"), check("prompts", "FAILURE")]],
  ["tasks", [check("told", "SKIPPED")]],
]);

Deno.test("what did not pass is a problem, a skipped check too, unless it has a reason", () => {
  const { problems } = judge(["ping", "lists", "tasks"], FOUND, {});
  assert.deepEqual(problems, ["lists:prompts: FAILURE", "tasks:told: SKIPPED"]);

  assert.deepEqual(
    judge(["ping", "lists", "tasks"], FOUND, { "lists:prompts": "none", tasks: "skipped" }),
    {
      problems: [],
      passed: 2,
      applied: ["ping", "lists"],
      reasons: { none: ["lists:prompts"], skipped: ["tasks"] },
    },
  );
});

Deno.test("a reason for what passes is a problem, and so is a scenario without a check", () => {
  const { problems } = judge(["ping", "gone"], FOUND, { "ping:answers": "old", lists: "not run" });
  assert.deepEqual(problems, [
    "ping:answers passes, and is said not to apply",
    "gone: nothing was checked",
  ]);
});
