/** What is wrong in the configuration, and where. */
import { AimuxError } from "../lib/errors.ts";

/** The place of a value: a file, as it is shown to people, or the name of a variable. */
export interface Place {
  path: string;
  /** From 1, where the path is a file. */
  line?: number;
  /** From 1, where the path is a file. */
  column?: number;
}

/** One mistake in the configuration. */
export interface ConfigProblem extends Place {
  message: string;
}

/** A place as editors and terminals make it a link: `path:line:column`. */
export function formatPlace({ path, line, column }: Place): string {
  return [path, line, column].filter((part) => part !== undefined).join(":");
}

/** A problem in one line: `path:line:column Message`. */
export function formatProblem(problem: ConfigProblem): string {
  return `${formatPlace(problem)} ${problem.message}`;
}

/** How many mistakes are told at once: nobody mends more in one go. */
const TOLD = 50;

/** All that is wrong in the configuration at once: a person mends it in one go. */
export class ConfigError extends AimuxError {
  readonly problems: readonly ConfigProblem[];

  /**
   * @param given of many the first are told
   * @param hint what can be done besides mending the mistakes
   */
  constructor(given: readonly ConfigProblem[], hint?: string) {
    const problems = given.slice(0, TOLD);
    const lines = problems.map(formatProblem);
    if (given.length > TOLD) lines.push(`And ${given.length - TOLD} more mistakes`);
    super("invalid_input", lines.join("\n"), {
      details: { problems },
      ...hint !== undefined && { hint },
    });
    this.problems = problems;
  }
}
