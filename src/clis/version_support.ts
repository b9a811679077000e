/** Whether a CLI's version is one that its profile is for. */
import type { CliProfile } from "../config/profile.ts";
import { compareVersions } from "../lib/version_numbers.ts";

/**
 * `checked`: the one that the profile was checked with; `untested`: another, which may well work;
 * `too_old`: below the lowest that is known to work; `unknown`: nothing is known of one of them.
 */
export const VERSION_SUPPORT = ["checked", "untested", "too_old", "unknown"] as const;

type Versions = NonNullable<CliProfile["versions"]>;

/** How a version stands to a profile. */
export type VersionSupport = (typeof VERSION_SUPPORT)[number];

/** Compares what the program tells with what the profile says. */
export function versionSupport(
  { versions }: { versions?: Pick<Versions, "checked" | "minimum"> | undefined },
  version: string | undefined,
): VersionSupport {
  if (!versions || version === undefined) return "unknown";
  const toMinimum = compareVersions(version, versions.minimum ?? "0");
  if (toMinimum === undefined) return "unknown";
  if (toMinimum < 0) return "too_old";
  return version === versions.checked ? "checked" : "untested";
}
