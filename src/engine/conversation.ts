/** How a run continues what its session has said before. */
import type { CliRequest } from "../clis/plan.ts";
import type { CliProfile } from "../config/profile.ts";
import type { Job } from "../store/job.ts";
import type { Session } from "../store/sessions.ts";
import { isKnown, withPreamble } from "./preamble.ts";

/** The most characters of earlier turns that are put before a prompt. */
const TRANSCRIPT_CHARS = 40_000;

/** The session's jobs before this one; asked for only where they are needed. */
export interface Earlier {
  /** Oldest first. */
  all(): readonly Job[];
  last(): Job | undefined;
}

/** What is asked now. */
export type Asked = Pick<Job, "prompt" | "preamble">;

/** What continues a conversation: the CLI's own memory, or a transcript in the prompt. */
export interface Continuation {
  conversation?: NonNullable<CliRequest["conversation"]>;
  /** All that the CLI is given; the user's prompt stands last. */
  prompt: string;
  /** Whether the CLI itself remembers what was said. */
  resumed: boolean;
}

/**
 * Continues a session. A CLI that can resume does so by its own id; another one is given the
 * stored transcript, its oldest turns left out where it grows too long. What stands before a
 * prompt is told again only where it has changed.
 *
 * @param name What a conversation is called that aimux names anew.
 */
export function continuation(
  profile: CliProfile,
  session: Session,
  earlier: Earlier,
  asked: Asked,
  name: string,
): Continuation {
  const told = session.cliSessionId;
  if (profile.session?.id === "reported" && told !== undefined) {
    const prompt = resumedPrompt(earlier, asked);
    return { conversation: { id: told, exists: true }, prompt, resumed: true };
  }
  if (profile.session?.id === "chosen" && session.turns > 0) {
    const prompt = resumedPrompt(earlier, asked);
    return { conversation: { id: told ?? session.id, exists: true }, prompt, resumed: true };
  }
  const before = earlier.all();
  // Whether a run that did not complete has made the conversation nobody knows: a new one is begun.
  const fresh = before.length === 0 ? session.id : name;
  return restart(profile, { ...earlier, all: () => before }, asked, fresh);
}

/**
 * Continues a session that its CLI does not know any more: a new conversation of the CLI, which is
 * given the transcript.
 *
 * @param name What a conversation is called that aimux names.
 */
export function restart(
  profile: CliProfile,
  earlier: Earlier,
  asked: Asked,
  name: string,
): Continuation {
  return {
    prompt: retold(earlier, asked),
    resumed: false,
    ...profile.session?.id === "chosen" && { conversation: { id: name, exists: false } },
  };
}

function resumedPrompt(earlier: Earlier, { prompt, preamble }: Asked): string {
  const known = preamble === undefined || isKnown(preamble, earlier.last());
  return known ? prompt : withPreamble(preamble, prompt);
}

function retold(earlier: Earlier, { prompt, preamble }: Asked): string {
  return withPreamble(preamble, withTranscript(earlier.all(), prompt));
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
