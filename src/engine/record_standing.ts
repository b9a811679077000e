/** What an attempt's end means to the standing of its CLI. */
import type { Config } from "../config/schema.ts";
import type { ErrorCode } from "../lib/errors.ts";
import type { BreakerTable } from "../store/breakers.ts";
import { breakerSettings } from "./standing.ts";

/** Failures of the CLI: not those that the task or the caller brought about. */
const COUNTED: readonly ErrorCode[] = [
  "cli_not_installed",
  "auth",
  "quota",
  "model_unavailable",
  "transient",
  "timed_out",
  "failed",
];

/** Failures after which roles leave the model alone for a while. */
const COOLING: readonly ErrorCode[] = ["quota", "model_unavailable"];

/** One attempt that has ended. */
export interface EndedAttempt {
  cli: string;
  model: string | undefined;
  /** Whether the caller named the model: that there is none such is then no fault of the CLI. */
  modelNamed: boolean;
  code: ErrorCode | "completed";
  /** How long the provider wants to be left alone, where it has said so. */
  retryAfterMs?: number | undefined;
}

/** Counts it; to be called in a transaction. */
export function recordStanding(
  { cli, model, modelNamed, code, retryAfterMs = 0 }: EndedAttempt,
  { breakers, config, now }: { breakers: BreakerTable; config: Config; now: number },
): void {
  if (code === "completed") return breakers.succeeded(cli);
  const badInput = code === "model_unavailable" && modelNamed;
  if (badInput || !COUNTED.includes(code)) return;
  breakers.failed(cli, code, breakerSettings(config), now);
  if (!COOLING.includes(code)) return;
  const until = now + Math.max(config.server.model_cooldown_seconds * 1000, retryAfterMs);
  breakers.coolDown({ cli, ...model !== undefined && { model }, until, code });
}
