/** What of a job's result is kept and shown without secrets. */
import type { Redactor } from "../lib/redact.ts";
import type { JobResult } from "../store/job.ts";

/**
 * Takes secrets out of all that tells how a run went: its error, attempts, warnings, and the output
 * of a run that did not complete, which often is nothing but an error. The answer is left as it is:
 * it is what was asked for, and code in it must be right to the letter.
 */
export function redactResult(result: JobResult, redact: Redactor): JobResult {
  const { error, attempts, warnings, partial_output: partial } = result;
  return {
    ...result,
    ...error && { error: redact.facts(error) },
    ...partial !== undefined && { partial_output: redact(partial) },
    attempts: redact.facts(attempts),
    warnings: warnings.map(redact),
  };
}
