/** Why a CLI could not be started, and what to do. */
import type { CliProfile } from "../config/profile.ts";
import { AimuxError, messageOf } from "../lib/errors.ts";

/** What was to be started. */
export interface Start {
  profile: Pick<CliProfile, "name" | "install">;
  /** The program, and the folder to run it in. */
  path: string;
  cwd: string;
}

/** The error for the caller, made of what the launcher has thrown. */
export function cannotStart({ profile, path, cwd }: Start, error: unknown): AimuxError {
  const { name, install } = profile;
  const missing = error instanceof Deno.errors.NotFound;
  if (missing && !exists(cwd)) {
    return new AimuxError("invalid_input", `Cannot start "${name}": the folder "${cwd}" is gone`, {
      hint: "Make it again, or pass another cwd",
      cause: error,
    });
  }
  if (missing && !exists(path)) {
    return new AimuxError("cli_not_installed", `Cannot start "${name}": "${path}" is gone`, {
      hint: install ? `Install it with: ${install}` : "Install it again",
      cause: error,
    });
  }
  return new AimuxError("failed", `Cannot start "${name}" (${path}): ${messageOf(error)}`, {
    hint: "Run the program by hand to see what is wrong with it",
    cause: error,
  });
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
