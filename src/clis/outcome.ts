/** Judges how a run of a CLI ended. */
import type { CliProfile } from "../config/profile.ts";
import type { ErrorCode } from "../lib/errors.ts";
import { cut } from "../lib/cut.ts";
import { outputText } from "../lib/output_text.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import { classify } from "./classify.ts";
import type { Decoded } from "./decoder.ts";
import { stderrError } from "./decoders/stderr_error.ts";
import { exitReason } from "./exit_reason.ts";

/** How a process ended; both null when aimux itself ended it after its final event. */
export interface Exit {
  code: number | null;
  signal?: string | null;
}

/** Whether a run has an answer, and if not, why. */
export type Verdict = { ok: true } | { ok: false; code: ErrorCode; message: string };

/** What a profile says about the failures of its CLI. */
export type FailureRules = Pick<CliProfile, "failures" | "exit_codes">;

/**
 * Only a run that told no failure, exited with 0 and left an answer is good.
 *
 * @param name The CLI's name for people.
 */
export function judge(
  decoded: Decoded,
  exit: Exit,
  stderr: string,
  name: string,
  rules: FailureRules = { failures: [], exit_codes: {} },
): Verdict {
  const { failure } = decoded;
  if (failure !== undefined) {
    const message = plainText(failure.message);
    const code = failure.code ?? classOf(message, exit, rules);
    return { ok: false, code, message: `${name} failed: ${message}` };
  }

  const end = endOf(exit) ?? (decoded.text.trim() === "" ? "ended without an answer" : undefined);
  if (end === undefined) return { ok: true };
  const told = stderrError(outputText(stderr))?.failure;
  const reason = plainText(told?.message ?? exitReason(stderr, decoded));
  const message = reason === "" ? `${name} ${end}` : `${name} ${end}: ${reason}`;
  return { ok: false, code: told?.code ?? classOf(reason, exit, rules), message };
}

/**
 * A run that was ended because its CLI went on trying in vain.
 *
 * @param line By which it told so.
 */
export function judgeRetries(
  { failure }: Decoded,
  line: string,
  name: string,
  rules: FailureRules,
): Exclude<Verdict, { ok: true }> {
  const reason = cut(plainText(failure?.message ?? line.trim()), LINE_CHARS);
  const known = failure?.code ?? classOf(reason, { code: null }, rules);
  const code = known === "failed" ? "transient" : known;
  return { ok: false, code, message: `${name} tried again and again: ${reason}` };
}

/** More than a person would read of it. */
const LINE_CHARS = 500;

/** The profile's own rules, the general ones, and last what the exit code means to this CLI. */
function classOf(
  message: string,
  { code }: Exit,
  { failures, exit_codes }: FailureRules,
): ErrorCode {
  const own = failures.find(({ pattern }) => new RegExp(pattern, "i").test(message));
  if (own) return own.code;
  const general = classify(message);
  return general === "failed" && code !== null ? exit_codes[code] ?? general : general;
}

function endOf({ code, signal }: Exit): string | undefined {
  if (signal) return `was ended by ${signal}`;
  return code === null || code === 0 ? undefined : `exited with code ${code}`;
}
