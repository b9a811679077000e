/** What stands before the user's prompt: the prompt of the role, and the style of the answer. */
import type { Job } from "../store/job.ts";

/** What a preamble may depend on. */
export interface PreambleRequest {
  role: string;
  style: string | undefined;
  cli: string;
  model: string | undefined;
  effort: string | undefined;
  /** The folder that the run works in, and whose own prompts count. */
  cwd: string;
  readOnly: boolean;
}

/**
 * Writes the preamble of a run; empty where there is nothing to say.
 *
 * @throws AimuxError `invalid_input` where a prompt of the role or the style cannot be taken.
 */
export type WritePreamble = (request: PreambleRequest) => Promise<string>;

/** Puts it before a prompt, which stays as it is and stands last. */
export function withPreamble(preamble: string | undefined, prompt: string): string {
  return preamble ? `${preamble}\n\n# Task\n\n${prompt}` : prompt;
}

/**
 * Whether a conversation that its CLI remembers knows a preamble already. A run that did not
 * complete may never have reached it.
 *
 * @param last the job before in the session
 */
export function isKnown(preamble: string | undefined, last: Job | undefined): boolean {
  return last?.status === "completed" && last.preamble === preamble;
}
