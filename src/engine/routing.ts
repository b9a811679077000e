/** From a request to the CLI, model and effort that will serve it. */
import type { CliProfile, Effort } from "../config/profile.ts";
import type { Config } from "../config/schema.ts";
import type { Discovery } from "../clis/discovery.ts";
import { inOrder } from "../clis/order.ts";
import { notReadOnly } from "../clis/plan.ts";
import { AimuxError } from "../lib/errors.ts";
import { nearest } from "../lib/nearest.ts";
import type { Attempt } from "../store/job.ts";
import type { Session } from "../store/sessions.ts";
import { isEffort, type RunRequest } from "./request.ts";

/** Where a request goes. */
export interface Route {
  profile: CliProfile;
  /** Absolute path of the program. */
  path: string;
  role: string;
  /** How the answer is to be written. */
  style: string | undefined;
  model: string | undefined;
  effort: Effort | undefined;
  readOnly: boolean;
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
}

/**
 * Chooses the CLI: the session's, else the named one, else the role's, else, where that is absent
 * or not capable, the next capable one in the fixed order.
 *
 * @throws AimuxError `invalid_input`, `unknown_cli`, `cli_not_installed` or `unsupported`
 */
export async function route(
  request: RunRequest,
  session: Session | undefined,
  parts: RoutingParts,
): Promise<Route> {
  const roleName = request.role ?? "default";
  const role = roleNamed(roleName, parts.roles);
  const readOnly = request.readOnly === true || role.advisory === true;
  const warnings: string[] = [];
  if (request.readOnly === false && role.advisory) {
    warnings.push(`Role "${roleName}" only advises; it ran read-only`);
  }

  const named = session?.cli ?? request.cli;
  const { profile, path, attempts } = named !== undefined
    ? await takeNamed(named, { readOnly, session }, parts)
    : await takeCapable(role.cli ?? parts.roles["default"]?.cli, readOnly, parts);

  const roleModel = role.cli === undefined || role.cli === profile.name ? role.model : undefined;
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
    model: request.model ?? roleModel,
    effort: request.effort ?? effortOf(role.reasoning_effort),
    readOnly,
    attempts,
    warnings,
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

type Taken = Pick<Route, "profile" | "path" | "attempts">;

async function takeNamed(
  name: string,
  { readOnly, session }: { readOnly: boolean; session: Session | undefined },
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
  if (!profile) throw unknownCli(name, parts);
  const instead = async () => ({
    alternatives: await alternatives(parts, { readOnly, except: [name] }),
    ...session && { cwd: session.cwd },
  });
  if (readOnly && !profile.read_only_flags) {
    throw notReadOnly(name, { cli: name, ...await instead() });
  }
  const { path, reason, denied } = await presenceOf(profile, parts);
  if (path !== undefined) return { profile, path, attempts: [] };
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

async function takeCapable(
  preferred: string | undefined,
  readOnly: boolean,
  parts: RoutingParts,
): Promise<Taken> {
  const attempts: Attempt[] = [];
  const names = inOrder(parts.profiles.keys());
  for (const name of new Set([...preferred === undefined ? [] : [preferred], ...names])) {
    const profile = parts.profiles.get(name);
    if (!profile) {
      const problem = parts.broken.get(name) ?? "no such profile";
      attempts.push({ cli: name, code: "unknown_cli", message: problem });
      continue;
    }
    const { path, reason } = await presenceOf(profile, parts);
    if (path === undefined) {
      attempts.push({ cli: name, code: "cli_not_installed", message: reason });
    } else if (readOnly && !profile.read_only_flags) {
      const message = "It has no mode that forbids changes";
      attempts.push({ cli: name, code: "unsupported", message });
    } else {
      return { profile, path, attempts };
    }
  }
  throw noneCapable(attempts, readOnly, parts);
}

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
  { readOnly, except }: { readOnly: boolean; except: readonly string[] },
): Promise<string[]> {
  const names = await installed(parts);
  return names.filter((name) =>
    !except.includes(name) && (!readOnly || parts.profiles.get(name)?.read_only_flags)
  );
}

function unknownCli(name: string, { profiles }: RoutingParts): AimuxError {
  const valid = inOrder(profiles.keys());
  const close = nearest(name, valid);
  return new AimuxError("unknown_cli", `Unknown CLI "${name}"`, {
    hint: `${close ? `Did you mean "${close}"? ` : ""}CLIs: ${valid.join(", ")}`,
    details: { cli: name, ...close && { did_you_mean: close }, valid },
  });
}

function noneCapable(attempts: Attempt[], readOnly: boolean, parts: RoutingParts): AimuxError {
  if (attempts.some(({ code }) => code === "unsupported")) {
    return new AimuxError("unsupported", "No installed CLI can promise to change nothing", {
      hint: "Install one that can, such as codex, claude or gemini",
      details: { attempts, read_only: readOnly },
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
