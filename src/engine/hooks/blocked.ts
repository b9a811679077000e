/** The error of a run that a hook forbids. */
import { cut } from "../../lib/cut.ts";
import { AimuxError } from "../../lib/errors.ts";
import type { HookEvent } from "./failures.ts";

/** Longer reasons are cut. */
const REASON_CHARS = 2000;

/** What a hook says for a reason, whatever it is. */
export function reasonOf(answer: Record<string, unknown>): string | undefined {
  const { reason } = answer;
  if (typeof reason !== "string" || reason.trim() === "") return undefined;
  return cut(reason.trim(), REASON_CHARS);
}

/** A hook has said no. */
export function forbidden(
  event: HookEvent,
  hook: string,
  reason: string | undefined,
): AimuxError {
  const what = event === "before" ? "blocked the call" : "rejected the answer";
  const why = reason === undefined ? " and gave no reason" : `: ${reason}`;
  return new AimuxError("blocked", `Hook "${hook}" ${what}${why}`, {
    hint: event === "before"
      ? "Change the call so that the hook lets it pass; do not try to get around it"
      : "Ask for an answer that the hook accepts; what was answered stands in partial_output",
    details: { hook, event, ...reason !== undefined && { reason } },
  });
}

/** A hook that must not be passed over has failed. */
export function failedClosed(event: HookEvent, hook: string, failure: string): AimuxError {
  const what = event === "before" ? "the call is blocked" : "the answer is not accepted";
  return new AimuxError("blocked", `Hook "${hook}" failed, so ${what}: ${failure}`, {
    hint: 'Mend the hook, or set its "on_failure" to open in the configuration of aimux',
    details: { hook, event, failure },
  });
}
