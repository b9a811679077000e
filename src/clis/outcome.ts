/** Judges how a run of a CLI ended. */
import type { ErrorCode } from "../lib/errors.ts";
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

/**
 * Only a run that told no failure, exited with 0 and left an answer is good.
 *
 * @param name The CLI's name for people.
 */
export function judge(decoded: Decoded, exit: Exit, stderr: string, name: string): Verdict {
  const { failure } = decoded;
  if (failure !== undefined) {
    const message = plainText(failure.message);
    const code = failure.code ?? classify(message);
    return { ok: false, code, message: `${name} failed: ${message}` };
  }

  const end = endOf(exit);
  if (end !== undefined) {
    const told = stderrError(outputText(stderr))?.failure;
    const reason = plainText(told?.message ?? exitReason(stderr, decoded));
    const message = reason === "" ? `${name} ${end}` : `${name} ${end}: ${reason}`;
    return { ok: false, code: told?.code ?? classify(reason), message };
  }

  if (decoded.text.trim() === "") {
    return { ok: false, code: "failed", message: `${name} ended without an answer` };
  }
  return { ok: true };
}

function endOf({ code, signal }: Exit): string | undefined {
  if (signal) return `was ended by ${signal}`;
  return code === null || code === 0 ? undefined : `exited with code ${code}`;
}
