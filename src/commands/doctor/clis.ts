/** What doctor adds to what health tells of the CLIs. */
import type { Surroundings } from "../../app.ts";
import { loginOf } from "../../clis/logins.ts";
import { versionSupport } from "../../clis/version_support.ts";
import { dryRun } from "../../engine/dry_run.ts";
import type { Health } from "../../engine/health_shape.ts";
import { unblemished } from "../../engine/standing.ts";
import { createIds } from "../../lib/ids.ts";
import { messageOf } from "../../lib/errors.ts";
import { placeOf } from "../../store/space.ts";
import type { DoctorReport } from "./report.ts";

type Cli = DoctorReport["clis"][number];

/** Stands in the arguments where a prompt would. */
const PROMPT = "PROMPT";

/**
 * Adds whether each version is supported, whether it is logged in, and how it would be called.
 *
 * @param how.configured Whether the configuration, on which a call depends, is sound.
 * @param how.signal Ends what is asked for its login.
 */
export function describeClis(
  clis: Health["clis"],
  around: Surroundings,
  { configured, signal }: { configured: boolean; signal: AbortSignal },
): Promise<Cli[]> {
  return Promise.all(clis.map(async (cli): Promise<Cli> => {
    const profile = around.profiles.get(cli.name);
    const usable = cli.state === "ready";
    if (!profile) return { ...cli, usable };
    const { login, install, versions } = profile;
    const known = {
      ...cli,
      usable,
      ...install !== undefined && { install },
      ...login !== undefined && { login },
      ...versions && { checked_version: versions.checked },
      ...versions?.minimum !== undefined && { minimum_version: versions.minimum },
    };
    if (cli.path === undefined) return known;
    const path = cli.path;
    // An older version may take what a newer one is asked for its login for a prompt.
    const { profile: fitted } = await around.fitVersion(profile, path);
    const [answer, call] = await Promise.all([
      loginOf({ profile: fitted, path, signal }, { ...around.asking, home: around.home }),
      configured ? callOf(cli.name, around) : {},
    ]);
    return { ...known, version_support: versionSupport(profile, cli.version), ...answer, ...call };
  }));
}

/** The program call of a prompt without role, model or effort, or why there would be none. */
async function callOf(
  cli: string,
  around: Surroundings,
): Promise<Pick<Cli, "argv" | "argv_problem">> {
  try {
    const { plan } = await dryRun({ prompt: PROMPT, principal: "local", cli }, {
      ...around,
      // Doctor may itself be run by a CLI that aimux runs.
      env: { ...around.env, AIMUX_DEPTH: "0" },
      standing: unblemished,
      store: {
        jobs: { newest: () => undefined, bySession: () => [] },
        sessions: { find: () => undefined },
        stateDir: placeOf(around.config.server.db_path).stateDir,
      },
      ids: createIds(),
    });
    return { argv: [plan.command, ...plan.args] };
  } catch (error) {
    return { argv_problem: messageOf(error) };
  }
}

/** What is not as it should be with a CLI that is there, and what to do. */
export function cliWarnings(clis: Cli[]): string[] {
  return clis.flatMap(({ name, version, version_support, minimum_version, install, ...cli }) => [
    ...version_support !== "too_old" ? [] : [
      `${name} ${version} is older than ${minimum_version}, the lowest that is known to work. ` +
      (install === undefined ? "Update it" : `Update it: ${install}`),
    ],
    ...cli.logged_in !== "no" ? [] : [
      `${name} is not logged in: ${cli.login_by}. ` +
      (cli.login === undefined ? "Log in" : `Log in: ${cli.login}`),
    ],
  ]);
}
