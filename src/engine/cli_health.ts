/** Looks at each CLI: is it there, may it be run, and what version is it? */
import type { Discovery } from "../clis/discovery.ts";
import { inOrder } from "../clis/order.ts";
import type { VersionAnswer, Versions } from "../clis/versions.ts";
import { canRun, permissionsOf } from "../config/permission.ts";
import { profileFor } from "../config/profile_for.ts";
import type { CliProfile } from "../config/profile.ts";
import type { Clock } from "../lib/clock.ts";
import type { CliHealth } from "./health_shape.ts";

/** What a look at the CLIs needs. */
export interface CliHealthParts {
  profiles: ReadonlyMap<string, CliProfile>;
  /** CLIs whose profile is broken, each with what is wrong. */
  broken: ReadonlyMap<string, string>;
  discovery: Pick<Discovery, "find">;
  /** Without it no program is started. */
  versions?: Pick<Versions, "of">;
  clock: Clock;
  /** How long to wait for programs to tell their versions. */
  versionWaitMs: number;
}

/** The state of every CLI with a profile, in the fixed order. */
export async function cliHealth(parts: CliHealthParts): Promise<CliHealth[]> {
  const { profiles, broken, discovery, versions, clock } = parts;
  const over = new AbortController();
  const later = clock.delay(parts.versionWaitMs, over.signal)
    .then((): VersionAnswer => ({ problem: "Its version is still being asked for" }));
  const names = inOrder([...profiles.keys(), ...broken.keys()]);
  const found = await Promise.all(names.map((name) => look(name, profiles.get(name))));
  over.abort();
  return found;

  async function look(name: string, profile: CliProfile | undefined): Promise<CliHealth> {
    if (!profile) {
      return {
        name,
        display_name: name,
        state: "broken_profile",
        read_only: false,
        permissions: [],
        problem: broken.get(name) ?? "",
        fix: "Mend the profile and start aimux again",
      };
    }
    const named = { name, display_name: profile.display_name ?? name };
    const presence = await discovery.find(profile);
    if (presence.path !== undefined) {
      const { path } = presence;
      const told = versions &&
        await Promise.race([versions.of(profile, path).then(withFix), later]);
      const installed = told?.version === undefined ? profile : profileFor(profile, told.version);
      return { ...named, state: "ready", path, ...howOf(installed), ...told };
    }
    const { reason, denied } = presence;
    const fix = denied ? `Add "${profile.binary}" to --allow-run` : installing(profile);
    return {
      ...named,
      state: denied ? "no_permission" : "not_installed",
      ...howOf(profile),
      problem: reason,
      ...fix !== undefined && { fix },
    };
  }
}

/** How it can be run. */
function howOf(profile: CliProfile): Pick<CliHealth, "read_only" | "permissions" | "executor"> {
  return {
    read_only: canRun(profile, "read_only"),
    permissions: permissionsOf(profile),
    executor: profile.executor,
  };
}

function withFix(answer: VersionAnswer): VersionAnswer & { fix?: string } {
  if (answer.problem === undefined) return answer;
  return { ...answer, fix: "Run it by hand to see what is wrong with it" };
}

function installing({ install }: CliProfile): string | undefined {
  return install && `Install it with: ${install}`;
}
