/** How a run continues what its session has said before. */
import type { CliRequest } from "../clis/plan.ts";
import type { CliProfile } from "../config/profile.ts";
import type { Job } from "../store/job.ts";
import type { Session } from "../store/sessions.ts";

/** The most characters of earlier turns that are put before a prompt. */
const TRANSCRIPT_CHARS = 40_000;

/** What continues a conversation: the CLI's own memory, or a transcript in the prompt. */
export interface Continuation {
  conversation?: NonNullable<CliRequest["conversation"]>;
  prompt: string;
  /** Whether the CLI itself remembers what was said. */
  resumed: boolean;
}

/**
 * Continues a session. A CLI that can resume does so by its own id; another one is given the
 * stored transcript, its oldest turns left out where it grows too long.
 *
 * @param earlier The session's jobs before this one, oldest first; asked for only where needed.
 * @param name What a conversation is called that aimux names anew.
 */
export function continuation(
  profile: CliProfile,
  session: Session,
  earlier: () => readonly Job[],
  prompt: string,
  name: string,
): Continuation {
  const told = session.cliSessionId;
  if (profile.session?.id === "reported" && told !== undefined) {
    return { conversation: { id: told, exists: true }, prompt, resumed: true };
  }
  if (profile.session?.id === "chosen" && session.turns > 0) {
    return { conversation: { id: told ?? session.id, exists: true }, prompt, resumed: true };
  }
  const before = earlier();
  // Whether a run that did not complete has made the conversation nobody knows: a new one is begun.
  const fresh = before.length === 0 ? session.id : name;
  return restart(profile, () => before, prompt, fresh);
}

/**
 * Continues a session that its CLI does not know any more: a new conversation of the CLI, which is
 * given the transcript.
 *
 * @param name What a conversation is called that aimux names.
 */
export function restart(
  profile: CliProfile,
  earlier: () => readonly Job[],
  prompt: string,
  name: string,
): Continuation {
  return {
    prompt: withTranscript(earlier(), prompt),
    resumed: false,
    ...profile.session?.id === "chosen" && { conversation: { id: name, exists: false } },
  };
}

function withTranscript(earlier: readonly Job[], prompt: string): string {
  const turns: string[] = [];
  let room = TRANSCRIPT_CHARS;
  for (const job of earlier.toReversed()) {
    const turn = turnOf(job);
    room -= turn.length;
    if (room < 0) {
      if (turns.length === 0) turns.push(turn.slice(-TRANSCRIPT_CHARS));
      turns.push("[Earlier turns are left out]");
      break;
    }
    turns.push(turn);
  }
  if (turns.length === 0) return prompt;
  return [
    "This continues a conversation. What was said so far, oldest first:",
    ...turns.toReversed(),
    `[User]\n${prompt}`,
  ].join("\n\n");
}

/** A turn without an answer is told too: its prompt is what a later "go on" speaks of. */
function turnOf({ prompt, status, result }: Job): string {
  const answer = status === "completed"
    ? `[Assistant]\n${result?.content ?? ""}`
    : `[Assistant, ${status}]\n${result?.partial_output ?? ""}`;
  return `[User]\n${prompt}\n\n${answer}`.trimEnd();
}
