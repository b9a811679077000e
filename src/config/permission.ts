/** What a run may do on the machine. */
import type { CliProfile } from "./profile.ts";

/** From least to most. */
export const PERMISSIONS = ["read_only", "write", "full"] as const;

/**
 * What a CLI may do: change nothing, change the files of its folder, or all that the user may. Each
 * is as narrow as the CLI can be told to be.
 */
export type Permission = (typeof PERMISSIONS)[number];

/** The modes that a CLI has; it always has `write`. */
export function permissionsOf(
  profile: Pick<CliProfile, "read_only_flags" | "full_flags">,
): Permission[] {
  return PERMISSIONS.filter((permission) => canRun(profile, permission));
}

/** Whether a CLI has a mode. A missing key means that it has none, an empty list that it is its own. */
export function canRun(
  profile: Pick<CliProfile, "read_only_flags" | "full_flags">,
  permission: Permission,
): boolean {
  switch (permission) {
    case "read_only":
      return profile.read_only_flags !== undefined;
    case "write":
      return true;
    case "full":
      return profile.full_flags !== undefined;
  }
}
