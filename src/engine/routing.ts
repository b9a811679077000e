/** From a request to the CLI, model and effort that will serve it. */
import { isoTime } from "../lib/clock.ts";
import type { CliProfile, Effort } from "../config/profile.ts";
import type { Config } from "../config/schema.ts";
import type { Discovery } from "../clis/discovery.ts";
import type { Fitted, FitVersion } from "../clis/fit_version.ts";
import { inOrder } from "../clis/order.ts";
import { notPermitted } from "../clis/plan.ts";
import { canRun, type Permission } from "../config/permission.ts";
import { AimuxError, type ErrorCode } from "../lib/errors.ts";
import { nearest } from "../lib/nearest.ts";
import { sentences } from "../lib/sentences.ts";
import type { Attempt } from "../store/job.ts";
import type { Session } from "../store/sessions.ts";
import { isEffort, type RunRequest } from "./request.ts";
import type { Obstacle, Standing } from "./standing.ts";

/** Where a request goes. */
export interface Route {
  /** As the installed version wants it. */
  profile: CliProfile;
  /** Absolute path of the program. */
  path: string;
  role: string;
  /** How the answer is to be written. */
  style: string | undefined;
  /** Undefined where the CLI chooses. */
  model: string | undefined;
  effort: Effort | undefined;
  permission: Permission;
  /** What stands before the prompt, where it is not what the job began with. */
  preamble?: string;
  /** CLIs that were passed over, and why. */
  attempts: Attempt[];
  warnings: string[];
}

/** What routing looks at. */
export interface RoutingParts {
  roles: Config["roles"];
  profiles: ReadonlyMap<string, CliProfile>;
  /** CLIs whose profile is broken, each with what is wrong. */
  broken: ReadonlyMap<string, string>;
  discovery: Discovery;
  fitVersion: FitVersion;
  standing: Standing;
}

/**
 * Chooses the CLI: the session's, else the named one, else the role's, else, where that is absent
 * or not capable, the next capable one in the fixed order. Capable is what is installed, has no open
 * breaker, does not cool down and can run as it has to.
 *
 * @throws AimuxError `invalid_input`, `unknown_cli`, `cli_not_installed`, `circuit_open`, `quota` or
 * `unsupported`
 */
export async function route(
  request: RunRequest,
  session: Session | undefined,
  parts: RoutingParts,
): Promise<Route> {
  const roleName = request.role ?? "default";
  const role = roleNamed(roleName, parts.roles);
  const permission = role.advisory ? "read_only" : request.permission ?? "write";
  const warnings: string[] = [];
  if (permission !== (request.permission ?? permission)) {
    warnings.push(`Role "${roleName}" only advises; it ran read-only`);
  }

  const named = session?.cli ?? request.cli;
  const { profile, path, attempts, warnings: found, model: instead } = named !== undefined
    ? await takeNamed(named, { permission, session }, parts)
    : await takeCapable({
      preferred: role.cli ?? parts.roles["default"]?.cli,
      permission,
      modelOf: (cli) => request.model ?? modelOfRole(role, cli),
    }, parts);

  const roleModel = modelOfRole(role, profile.name);
  if (request.model === undefined && role.model !== undefined && roleModel === undefined) {
    warnings.push(
      `The model "${role.model}" of role "${roleName}" is one of ${role.cli}; ` +
        `${profile.name} ran with its own default`,
    );
  }
  return {
    profile,
    path,
    role: roleName,
    style: request.style ?? role.style,
    model: instead ?? request.model ?? roleModel ?? profile.default_model,
    effort: request.effort ?? effortOf(role.reasoning_effort),
    permission,
    attempts,
    warnings: [...warnings, ...found],
  };
}

function effortOf(word: string | undefined): Effort | undefined {
  return word !== undefined && isEffort(word) ? word : undefined;
}

function roleNamed(name: string, roles: Config["roles"]): Config["roles"][string] {
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role) return role;
  const valid = Object.keys(roles).sort();
  const close = nearest(name, valid);
  throw new AimuxError("invalid_input", `Cannot run role "${name}": no such role`, {
    hint: `${close ? `Did you mean "${close}"? ` : ""}Roles: ${valid.join(", ")}`,
    details: { role: name, ...close && { did_you_mean: close }, valid },
  });
}

/** A model belongs to the CLI that its role names. */
function modelOfRole(role: Config["roles"][string], cli: string): string | undefined {
  return role.cli === undefined || role.cli === cli ? role.model : undefined;
}

/** A CLI that was chosen, and the model to take instead of one that cools down. */
type Taken = Pick<Route, "profile" | "path" | "attempts" | "warnings"> & { model?: string };

async function takeNamed(
  name: string,
  { permission, session }: { permission: Permission; session: Session | undefined },
  parts: RoutingParts,
): Promise<Taken> {
  const problem = parts.broken.get(name);
  if (problem !== undefined) {
    throw new AimuxError("unknown_cli", `Cannot use "${name}": its profile is broken`, {
      hint: problem,
      details: { cli: name },
    });
  }
  const profile = parts.profiles.get(name);
  if (!profile) throw unknownCli(name, inOrder(parts.profiles.keys()));
  const instead = async () => ({
    alternatives: await alternatives(parts, { permission, except: [name] }),
    ...session && { cwd: session.cwd },
  });
  if (!canRun(profile, permission)) {
    throw notPermitted(name, permission, { cli: name, ...await instead() });
  }
  const { path, reason, denied } = await presenceOf(profile, parts);
  if (path !== undefined) {
    const open = parts.standing.breaker(name);
    if (open) throw circuitOpen(name, open, await instead());
    const fitted = await parts.fitVersion(profile, path);
    if (!canRun(fitted.profile, permission)) {
      throw notInVersion(permission, fitted, { cli: name, ...await instead() });
    }
    return { profile: fitted.profile, path, attempts: [], warnings: fitted.warnings };
  }
  const install = profile.install && `Install it with: ${profile.install}`;
  const present = await installed(parts);
  throw new AimuxError("cli_not_installed", `Cannot start "${name}": ${reason}`, {
    hint: [
      denied ? `Add "${profile.binary}" to --allow-run` : install,
      present.length > 0 && `Or choose one of: ${present.join(", ")}`,
    ].filter(Boolean).join(". "),
    details: { cli: name, installed: present, ...await instead() },
  });
}

/** What the next CLI has to be able to do. */
export interface Wanted {
  /** Asked first. */
  preferred?: string | undefined;
  permission: Permission;
  /** The model that is asked of a CLI; undefined for its usual one. */
  modelOf(cli: string): string | undefined;
  /** CLIs that were tried already. */
  except?: readonly string[];
}

/**
 * The first CLI that is capable.
 *
 * @throws AimuxError where there is none
 */
export async function takeCapable(
  { preferred, permission, modelOf, except = [] }: Wanted,
  parts: RoutingParts,
): Promise<Taken> {
  const attempts: Attempt[] = [];
  const names = inOrder(parts.profiles.keys());
  for (const name of new Set([...preferred === undefined ? [] : [preferred], ...names])) {
    if (except.includes(name)) continue;
    const passOver = ({ code, message }: Pick<Obstacle, "code" | "message">, model?: string) =>
      attempts.push({ cli: name, ...model !== undefined && { model }, code, message });
    const profile = parts.profiles.get(name);
    if (!profile) {
      passOver({ code: "unknown_cli", message: parts.broken.get(name) ?? "no such profile" });
      continue;
    }
    const { path, reason } = await presenceOf(profile, parts);
    if (path === undefined) {
      passOver({ code: "cli_not_installed", message: reason });
      continue;
    }
    if (!canRun(profile, permission)) {
      passOver({ code: "unsupported", message: LACKING[permission] });
      continue;
    }
    const open = parts.standing.breaker(name);
    if (open) {
      passOver(open);
      continue;
    }
    const usual = modelOf(name) ?? profile.default_model;
    const cooling = parts.standing.cooldown(name, usual);
    if (cooling) passOver(cooling, usual);
    const model = cooling && modelsLeft(profile, [usual], parts)[0];
    if (cooling && model === undefined) continue;
    const fitted = await parts.fitVersion(profile, path);
    if (canRun(fitted.profile, permission)) {
      const { profile, warnings } = fitted;
      return { profile, path, attempts, warnings, ...model !== undefined && { model } };
    }
    passOver({ code: "unsupported", message: `${LACKING[permission]} ${inVersion(fitted)}` });
  }
  throw noneCapable(attempts, permission, parts);
}

/** Why a CLI is passed over that has no mode for a permission; each can be let write. */
const LACKING: Record<Permission, string> = {
  read_only: "It has no mode that forbids changes",
  write: "",
  full: "It has no mode without limits",
};

/** The refusal of a CLI that has a mode for a permission, but may not have it as it is installed. */
function notInVersion(
  permission: Permission,
  fitted: Fitted,
  details: Record<string, unknown>,
): AimuxError {
  const { name, install } = fitted.profile;
  const { message, hint } = notPermitted(name, permission, details);
  const update = install && `Install a newer one: ${install}`;
  return new AimuxError("unsupported", `${message} ${inVersion(fitted)}`, {
    hint: sentences(update, hint),
    details: { ...details, permission },
  });
}

function inVersion({ version, unknown }: Fitted): string {
  return unknown === undefined
    ? `in version ${version}`
    : `in some of its versions, and which one is installed is not known (${unknown})`;
}

/** The models of a CLI to fall back to: neither tried already nor cooling down. */
export function modelsLeft(
  profile: CliProfile,
  tried: readonly (string | undefined)[],
  { standing }: Pick<RoutingParts, "standing">,
): string[] {
  return profile.model_fallback.filter((model) =>
    !tried.includes(model) && !standing.cooldown(profile.name, model)
  );
}

/** Codes of CLIs that are there and would do, later. */
const RESTING: readonly string[] = [
  "circuit_open",
  "quota",
  "model_unavailable",
  "transient",
  "auth",
];

/** The union of presence, with both fields readable. */
async function presenceOf(
  profile: CliProfile,
  { discovery }: RoutingParts,
): Promise<{ path?: string; reason: string; denied?: true }> {
  const presence = await discovery.find(profile);
  return presence.path === undefined ? presence : { path: presence.path, reason: "" };
}

/** The CLIs that could be started now, in the fixed order. */
export async function installed(
  { profiles, discovery }: Pick<RoutingParts, "profiles" | "discovery">,
): Promise<string[]> {
  const present = await Promise.all(
    Array.from(profiles.values(), async (profile) => ({
      name: profile.name,
      path: (await discovery.find(profile)).path,
    })),
  );
  return inOrder(present.filter(({ path }) => path !== undefined).map(({ name }) => name));
}

/** The installed CLIs that could take a request instead of others, in the fixed order. */
export async function alternatives(
  parts: Pick<RoutingParts, "profiles" | "discovery">,
  { permission, except }: { permission: Permission; except: readonly string[] },
): Promise<string[]> {
  const names = await installed(parts);
  return names.filter((name) =>
    !except.includes(name) && canRun(parts.profiles.get(name)!, permission)
  );
}

/** The refusal of a CLI that has no profile. */
export function unknownCli(name: string, valid: readonly string[]): AimuxError {
  const close = nearest(name, valid);
  return new AimuxError("unknown_cli", `Unknown CLI "${name}"`, {
    hint: sentences(close && `Did you mean "${close}"?`, `CLIs: ${valid.join(", ")}`),
    details: { cli: name, ...close && { did_you_mean: close }, valid },
  });
}

/** The refusal of a CLI that has failed too often. */
export function circuitOpen(
  name: string,
  { message, retryAt }: Pick<Obstacle, "message" | "retryAt"> = { message: "It has failed again" },
  more: Record<string, unknown> = {},
): AimuxError {
  return new AimuxError("circuit_open", `"${name}" is not used for now. ${message}`, {
    hint: "Try again later, or choose another CLI",
    details: { cli: name, ...retryAt !== undefined && { retry_at: isoTime(retryAt) }, ...more },
  });
}

function noneCapable(
  attempts: Attempt[],
  permission: Permission,
  parts: RoutingParts,
): AimuxError {
  const resting = attempts.find(({ code }) => RESTING.includes(code));
  if (resting) {
    const all = attempts.filter(({ code }) => RESTING.includes(code));
    const reasons = all.map(({ cli, message }) => `${cli}: ${message}`).join(". ");
    const code = resting.code as ErrorCode;
    return new AimuxError(code, `No installed CLI may be used for now. ${reasons}`, {
      hint: "Try again later, or install another CLI",
      details: { attempts },
    });
  }
  if (attempts.some(({ code }) => code === "unsupported")) {
    const what = permission === "full" ? "be run without limits" : "promise to change nothing";
    return new AimuxError("unsupported", `No installed CLI can ${what}`, {
      hint: "Install one that can, such as codex, claude or gemini",
      details: { attempts, permission },
    });
  }
  const howTo = inOrder(parts.profiles.keys())
    .map((name) => parts.profiles.get(name)!)
    .map(({ name, install }) => install ? `${name}: ${install}` : name);
  return new AimuxError("cli_not_installed", "No AI CLI can be started on this machine", {
    hint: `Install at least one of them. ${howTo.join("; ")}`,
    details: { attempts },
  });
}
