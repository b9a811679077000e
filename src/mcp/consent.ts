/** Sees to it that the user is asked before something dangerous is done. */
import type { InputRequiredResult } from "@modelcontextprotocol/server";
import { AimuxError } from "../lib/errors.ts";
import type { ToolContext } from "./tools/define_tool.ts";

/** How long a user has to answer while the call is held; many clients give a call up at 60 s. */
export const ANSWER_SECONDS = 50;

/** What the user has to allow. */
export interface Wanted {
  /** What it is called in messages: `permission "full"`. */
  name: string;
  /**
   * The question as the user sees it.
   *
   * @throws AimuxError where the call would be refused anyway: then nobody is asked.
   */
  question(context: ToolContext): Promise<string>;
  /** The setting in `server` that answers once for all. */
  setting: "allow_full";
  /** What a caller can do without it. */
  instead: string;
}

/** What came of a question; `unable`: the client cannot ask its user, `failed`: it could not. */
export type Answer = "accepted" | "declined" | "cancelled" | "unanswered" | "unable" | "failed";

/**
 * Asks.
 *
 * @param key Under which the new era answers; of a call that asks twice, the answer to the first
 * question is not sent again with that to the second.
 * @throws InputNeeded
 */
export type Ask = (question: string, key: string) => Promise<Answer> | Answer;

/** In the new era the client asks, and then makes the call again with the answer. */
export class InputNeeded extends Error {
  /** What the client is told in place of a result. */
  readonly result: InputRequiredResult;

  constructor(result: InputRequiredResult) {
    super("The client has to ask its user first");
    this.result = result;
  }
}

/**
 * Sees to it that the user allows what a call wants.
 *
 * @throws AimuxError `blocked`
 * @throws InputNeeded
 */
export async function consent(
  wanted: Wanted,
  context: ToolContext,
  ask: Ask,
): Promise<void> {
  const allowed = context.config.server[wanted.setting];
  if (allowed === "always") return;
  const answer = allowed === "never"
    ? allowed
    : await ask(await wanted.question(context), "consent");
  if (answer !== "accepted") throw blocked(wanted, answer);
}

function blocked(
  { name, setting, instead }: Wanted,
  answer: Exclude<Answer, "accepted"> | "never",
): AimuxError {
  const key = `server.${setting}`;
  const variable = `AIMUX_SERVER_${setting.toUpperCase()}`;
  const orAlways = `${instead}; or the user sets "${key}" to "always" (${variable}=always)`;
  const told = {
    never: [`${name} is not allowed here: "${key}" is "never"`, instead],
    unable: [`${name} needs the user's consent, and this client cannot ask for it`, orAlways],
    declined: [`The user declined ${name}`, `${instead}, or ask the user what to do`],
    cancelled: [`The user did not decide on ${name}`, `${instead}, or ask the user what to do`],
    unanswered: [
      `The user was asked for ${name} and did not answer within ${ANSWER_SECONDS} seconds`,
      `${instead}, or call again when the user is there`,
    ],
    failed: [`The client failed to ask the user for ${name}`, orAlways],
  }[answer] as [string, string];
  const message = told[0][0]!.toUpperCase() + told[0].slice(1);
  return new AimuxError("blocked", message, { hint: told[1], details: { consent: answer } });
}
