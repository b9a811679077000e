import { holds, withDifferences } from "./differences.ts";
import { type CliProfile, profileSchema } from "./profile.ts";

/**
 * The profile as a version of its CLI wants it.
 *
 * @param version as the program tells it; one without numbers has no differences
 */
export function profileFor(profile: CliProfile, version: string): CliProfile {
  const { versions } = profile;
  if (!versions?.differences.some((difference) => holds(difference, version))) return profile;
  const settings = withDifferences(profile, versions.differences, version);
  return profileSchema.parse({ ...settings, versions: { ...versions, differences: [] } });
}
