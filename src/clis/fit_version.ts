/** Fits a profile to the version of its CLI that is installed. */
import { rangesOf } from "../config/differences.ts";
import { canRun } from "../config/permission.ts";
import { profileFor } from "../config/profile_for.ts";
import type { CliProfile } from "../config/profile.ts";
import type { Clock } from "../lib/clock.ts";
import { compareVersions } from "../lib/version_numbers.ts";
import { within } from "../lib/within.ts";
import type { VersionAnswer, Versions } from "./versions.ts";

/** How long a run waits to learn the version: the real ones take from 0.05 to 3.4 s to tell it. */
const WAIT_MS = 8000;

/** A profile whose keys hold for the installed version. */
export interface Fitted {
  profile: CliProfile;
  /** The version, where it had to be asked for and was told. */
  version?: string;
  /** Why it had to be asked for and is not known. */
  unknown?: string;
  warnings: string[];
}

/**
 * Fits a profile to the program at `path`, which is asked for its version only where the profile
 * says that versions differ. Never throws: where the version cannot be found out, the program is
 * called as the newest one, and a warning says so; that it changes nothing is promised then only
 * where every version can be told to.
 */
export type FitVersion = (profile: CliProfile, path: string) => Promise<Fitted>;

/** Makes it. */
export function createFitVersion(
  { versions, clock }: { versions: Pick<Versions, "of">; clock: Clock },
): FitVersion {
  return async function fitVersion(profile, path) {
    if (!profile.versions?.differences.length) return { profile, warnings: [] };
    const { version, problem } = await told(versions.of(profile, path));
    if (version !== undefined && compareVersions(version, "0") !== undefined) {
      return { profile: profileFor(profile, version), version, warnings: [] };
    }
    const unknown = problem ??
      (version === undefined ? "it is never asked" : `it says "${version}"`);
    const warning = `The version of ${profile.name} is not known (${unknown}); ` +
      `it was called as ${profile.versions.checked} has to be`;
    return { profile: promising(profile), unknown, warnings: [warning] };
  };

  async function told(answer: Promise<VersionAnswer>): Promise<VersionAnswer> {
    if (await within(WAIT_MS, answer, { clock })) return await answer;
    return { problem: `it did not tell it within ${WAIT_MS / 1000} seconds` };
  }
}

/** The profile with the promise to change nothing only where that holds for all its versions. */
function promising(profile: CliProfile): CliProfile {
  const ranges = [...rangesOf(profile.versions?.differences ?? [])];
  const holds = ranges.every((version) => canRun(profileFor(profile, version), "read_only"));
  return holds ? profile : { ...profile, read_only_flags: undefined };
}
