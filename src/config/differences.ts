/** The part of a profile that says what is other in some versions of its CLI. */
import { z } from "zod";
import { compareVersions } from "../lib/version_numbers.ts";
import { mergeOrRemove, type Settings } from "./merge.ts";
import { partial } from "./partial.ts";

/** A version as configuration files name it. */
export const version = z.string()
  .regex(/^\d+(\.\d+)*$/, 'Use numbers with dots, such as "1.20"');

/** What is other from one version on, before another one, or between the two. */
export type Difference = Settings & { before?: string | undefined; since?: string | undefined };

/**
 * The shape of a list of differences.
 *
 * @param keys those that may differ; an empty value takes a key away
 */
export function differencesOf(keys: Record<string, z.ZodType>): z.ZodType<Difference[]> {
  const values = Object.entries(keys).map(([key, schema]) => [key, partial(schema).nullish()]);
  const difference = z.strictObject({
    before: version.optional(),
    since: version.optional(),
    ...Object.fromEntries(values) as Record<string, z.ZodType>,
  }).check(({ value: { before, since }, issues }) => {
    if (before === undefined && since === undefined) {
      const message = 'Missing key "before" or "since": one of them tells which versions differ';
      issues.push({ code: "custom", path: [], message, input: undefined });
    } else if (
      before !== undefined && since !== undefined && compareVersions(since, before)! >= 0
    ) {
      const message =
        `Unusable key "since": no version is both at least ${since} and below ${before}`;
      issues.push({ code: "custom", path: ["since"], message, input: since });
    }
  });
  return z.array(difference) as unknown as z.ZodType<Difference[]>;
}

/** The settings with each difference that holds for a version laid over them, in order. */
export function withDifferences(
  settings: Settings,
  differences: readonly Difference[],
  version: string,
): Settings {
  return differences.filter((difference) => holds(difference, version))
    .reduce((below, { before: _, since: __, ...keys }) => mergeOrRemove(below, keys), settings);
}

/** Whether a version is one of those that differ; one without numbers is none of them. */
export function holds({ before, since }: Difference, version: string): boolean {
  const isBefore = before === undefined || compareVersions(version, before)! < 0;
  const isSince = since === undefined || compareVersions(version, since)! >= 0;
  return isBefore && isSince;
}

/** A version of each range in which the same differences hold. */
export function rangesOf(differences: readonly Difference[]): Set<string> {
  return new Set(["0", ...differences.flatMap(({ before, since }) => [before, since])]
    .filter((version) => version !== undefined));
}
