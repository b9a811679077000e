/** Shortens a job's texts to what a result may hold. */
import { cutAnswer, endOf, rejoinAnswer } from "../../engine/answer.ts";
import { answerUri } from "../../engine/job_uris.ts";
import { tokensOf } from "../tokens.ts";
import type { JobPayload } from "./job_payload.ts";
import { jobText } from "./job_text.ts";

/**
 * The payload whose text and JSON together take at most so many tokens, as far as that is a matter
 * of the answer or of what was printed: the answer loses its middle, what was printed its beginning.
 */
export function fitJob(job: JobPayload, tokens: number): JobPayload {
  const { content, partial_output: partial, ...rest } = job;
  if (content !== undefined) {
    const shorten = (chars: number) => shortened(job, content, chars);
    return fit(job, tokens - costOf({ ...rest, content: "" }), content, shorten);
  }
  if (partial === undefined) return job;
  const shorten = (chars: number) => ({ ...job, partial_output: endOf(partial, chars) });
  return fit(job, tokens - costOf({ ...rest, partial_output: "" }), partial, shorten);
}

function fit(
  job: JobPayload,
  room: number,
  text: string,
  shorten: (chars: number) => JobPayload,
): JobPayload {
  const cost = tokensOf(text) + tokensOf(JSON.stringify(text));
  if (cost <= room) return job;
  // Characters differ in what they cost; what is left may cost more than the average.
  let chars = text.length;
  let fitted = job;
  for (let now = cost; now > room && chars > 0;) {
    chars = Math.min(chars - 1, Math.floor(chars * Math.max(0, room) / now));
    fitted = shorten(Math.max(0, chars));
    const kept = fitted.content ?? fitted.partial_output ?? "";
    now = tokensOf(kept) + tokensOf(JSON.stringify(kept));
  }
  return fitted;
}

function shortened(job: JobPayload, content: string, chars: number): JobPayload {
  const whole = answerUri(job.job_id);
  const cut = cutAnswer(rejoinAnswer(content, whole), whole, chars);
  return { ...job, content: cut.text, truncated: true, output_uri: whole };
}

/** What a payload costs as text and as JSON. */
function costOf(job: JobPayload): number {
  return tokensOf(jobText(job)) + tokensOf(JSON.stringify(job));
}
