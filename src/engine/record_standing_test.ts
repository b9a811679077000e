import assert from "node:assert/strict";
import { configSchema } from "../config/schema.ts";
import { ERROR_CODES, type ErrorCode } from "../lib/errors.ts";
import { testStore } from "../store/testing.ts";
import { type EndedAttempt, recordStanding } from "./record_standing.ts";
import { breakerSettings } from "./standing.ts";

const config = configSchema.parse({ server: { model_cooldown_seconds: 60 } });
const NOW = 1_000_000;

/** What one attempt leaves: failures in a row, and for how many seconds its model cools down. */
function after(given: Partial<EndedAttempt>) {
  using store = testStore();
  const { breakers } = store;
  const attempt = { cli: "codex", model: "m1", modelNamed: false, code: "failed" as const };
  recordStanding({ ...attempt, ...given }, { breakers, config, now: NOW });
  const [cooldown] = breakers.cooldowns(NOW);
  return {
    failures: breakers.state("codex", breakerSettings(config), NOW).failures,
    cooldown: cooldown && (cooldown.until - NOW) / 1000,
  };
}

Deno.test("every failure of the CLI counts, and nothing that the caller or aimux brought about", () => {
  const counted = ERROR_CODES.filter((code) => after({ code }).failures === 1);
  const expected: ErrorCode[] = [
    "cli_not_installed",
    "auth",
    "quota",
    "model_unavailable",
    "transient",
    "timed_out",
    "failed",
  ];
  assert.deepEqual(counted, expected);
  assert.equal(after({ code: "model_unavailable", modelNamed: true }).failures, 0);
});

Deno.test("a model cools down at its limit or where there is none such, longer where it is told", () => {
  const cooling = ERROR_CODES.filter((code) => after({ code }).cooldown !== undefined);
  assert.deepEqual(cooling, ["quota", "model_unavailable"]);
  assert.equal(after({ code: "quota" }).cooldown, 60);
  assert.equal(after({ code: "quota", retryAfterMs: 20_000 }).cooldown, 60);
  assert.equal(after({ code: "quota", retryAfterMs: 90_000 }).cooldown, 90);
});

Deno.test("a success closes the breaker", () => {
  using store = testStore();
  const { breakers } = store;
  const attempt = { cli: "codex", model: undefined, modelNamed: false };
  for (const code of ["failed", "failed", "failed", "completed"] as const) {
    recordStanding({ ...attempt, code }, { breakers, config, now: NOW });
  }
  assert.deepEqual(breakers.state("codex", breakerSettings(config), NOW), {
    state: "closed",
    failures: 0,
    probes: 0,
  });
});
