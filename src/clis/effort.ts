/** Effort levels, mapped to those that a CLI knows. */
import { type CliProfile, type Effort, EFFORT_LEVELS } from "../config/profile.ts";

/**
 * The level to ask a CLI for: the wanted one, else the nearest below it, else the lowest it has.
 *
 * @returns undefined where the CLI has no levels at all.
 */
export function effortFor(profile: CliProfile, wanted: Effort): Effort | undefined {
  const known = profile.reasoning?.levels;
  if (known === undefined) return undefined;
  const sorted = EFFORT_LEVELS.filter((level) => known.includes(level));
  const limit = EFFORT_LEVELS.indexOf(wanted);
  return sorted.findLast((level) => EFFORT_LEVELS.indexOf(level) <= limit) ?? sorted[0];
}
