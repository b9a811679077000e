/** Profiles for tests. */
import { type CliProfile, profileSchema } from "../config/profile.ts";
import { loadProfiles } from "../config/profiles.ts";
import { fileURLToPath } from "node:url";
import type { FitVersion } from "./fit_version.ts";

/** A profile of a program `prog` that has only what must be there, and what a test gives. */
export function testProfile(given: Record<string, unknown> = {}): CliProfile {
  return profileSchema.parse({
    name: "prog",
    binary: "prog",
    command: { base: "prog" },
    output_format: "text",
    ...given,
  });
}

/** Takes every program for the newest version, and asks none. */
export const asNewest: FitVersion = (profile) => Promise.resolve({ profile, warnings: [] });

/** The profiles that aimux ships, by name. */
export function shippedProfiles(): Map<string, CliProfile> {
  const path = fileURLToPath(new URL("../../config", import.meta.url));
  return loadProfiles([{ path, shown: "config" }]).profiles;
}
