/** Asks the user, once for each content, whether a project's configuration may be trusted. */
import type { ProjectTrust } from "../config/project.ts";
import { shownSetting } from "../config/show_settings.ts";
import type { Trust } from "../config/trust.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import { visibleJson } from "../lib/terminal/visible_json.ts";
import type { Answer, Ask } from "./consent.ts";

/** What is asked of projects, and what was answered. */
export interface TrustQuestions {
  /**
   * Asks, unless that was answered, whether a project may be trusted, and keeps a yes. Without one
   * the call goes on as in any project that is not trusted.
   *
   * @param call.principal Whose user is asked.
   * @param call.signal Aborts when the caller takes the call back, whose question is then open.
   * @throws AimuxError `storage`
   * @throws InputNeeded
   */
  ask(
    project: ProjectTrust,
    call: { principal: string; signal: AbortSignal },
    ask: Ask,
  ): Promise<void>;
}

/** What asking needs. */
export interface TrustQuestionParts {
  trust: Pick<Trust, "holds" | "give">;
  clock: Pick<Clock, "now">;
  log: Pick<Log, "info">;
  redact: Redactor;
}

/** The longest question, in characters; who sees only a part of it cannot answer it. */
const LONGEST_QUESTION = 4000;

/** A server's memory of what was asked. */
export function createTrustQuestions(
  { trust, clock, log, redact }: TrustQuestionParts,
): TrustQuestions {
  /** What was asked and not answered with yes. */
  const settled = new Set<string>();
  /** Questions that wait for their answers. */
  const open = new Map<string, Promise<unknown>>();

  return {
    async ask(project, { principal, signal }, ask) {
      const { folder, fingerprint } = project;
      if (project.state === "trusted" || project.exposed !== undefined) return;
      const question = questionOf(project, redact);
      if (question === undefined) return;

      const name = JSON.stringify([principal, folder, fingerprint]);
      // Calls that come meanwhile wait for that answer.
      while (open.has(name)) await open.get(name);
      if (settled.has(name) || trust.holds(folder, fingerprint)) return;
      const asking = (async () => await ask(question, `trust-${fingerprint}`))();
      open.set(name, asking.catch(() => {}));
      try {
        const answer = await asking;
        if (!signal.aborted) keep(answer, project, name);
      } finally {
        open.delete(name);
      }
    },
  };

  function keep(answer: Answer, { folder, fingerprint }: ProjectTrust, name: string): void {
    // Who cannot ask may be followed by a client that can.
    if (answer === "unable" || answer === "failed") return;
    log.info("Asked to trust a project", { folder, answer });
    if (answer === "accepted") trust.give({ folder, fingerprint, since: clock.now() });
    else settled.add(name);
  }
}

/** Nothing where it would be too long. */
function questionOf({ folder, settings }: ProjectTrust, redact: Redactor): string | undefined {
  let question = `Trust the configuration of the project in ${visibleJson(folder)}? ` +
    "Its files in .aimux set what can start other programs, or let them do more, and would then " +
    "hold for calls in that folder, until they are changed:";
  for (const setting of settings) {
    question += `\n${shownSetting(setting, redact)}`;
    if (question.length > LONGEST_QUESTION) return undefined;
  }
  return question;
}
