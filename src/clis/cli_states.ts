/** Whether a CLI can take prompts, and if not, why. */
export const CLI_STATES = ["ready", "not_installed", "no_permission", "broken_profile"] as const;
