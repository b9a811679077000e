/** Whether a CLI's version is one that its profile is for. */
import type { CliProfile } from "../config/profile.ts";

/**
 * `checked`: the one that the profile was checked with; `untested`: another, which may well work;
 * `too_old`: below the lowest that is known to work; `unknown`: nothing is known of one of them.
 */
export const VERSION_SUPPORT = ["checked", "untested", "too_old", "unknown"] as const;

/** How a version stands to a profile. */
export type VersionSupport = (typeof VERSION_SUPPORT)[number];

/** Compares what the program tells with what the profile says. */
export function versionSupport(
  { versions }: Pick<CliProfile, "versions">,
  version: string | undefined,
): VersionSupport {
  const numbers = version === undefined ? undefined : numbersOf(version);
  if (!versions || !numbers) return "unknown";
  if (versions.minimum !== undefined && compare(numbers, numbersOf(versions.minimum)!) < 0) {
    return "too_old";
  }
  return version === versions.checked ? "checked" : "untested";
}

function numbersOf(version: string): number[] | undefined {
  return /^\d+(?:\.\d+)*/.exec(version)?.[0].split(".").map(Number);
}

function compare(a: number[], b: number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
