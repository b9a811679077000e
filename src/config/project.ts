/** The configuration that a project carries: it may set little, and more where the user trusts it. */
import { cut } from "../lib/cut.ts";
import { shellWords } from "../lib/shell_words.ts";
import { visibleJson } from "../lib/terminal/visible_json.ts";
import { unknownClis } from "./check.ts";
import type { Document } from "./document.ts";
import { PARSING } from "./explain.ts";
import type { LoadedConfig } from "./load.ts";
import { put, valueAt } from "./merge.ts";
import { overlay } from "./overlay.ts";
import { ConfigError, formatPlace } from "./problem.ts";
import type { CliProfile } from "./profile.ts";
import { layProfile, type LoadedProfiles } from "./profiles.ts";
import type { ProjectFiles } from "./project_files.ts";
import {
  LOWERED,
  profileSettings,
  type ProjectSetting,
  projectSettings,
} from "./project_settings.ts";
import { type Config, configSchema } from "./schema.ts";
import type { Trust } from "./trust.ts";

const APPLIED = ["default_timeout_seconds", ...LOWERED] as const;

/** How a project stands that sets what needs the user's trust. */
export interface ProjectTrust {
  /** The project's folder, without symbolic links. */
  folder: string;
  /** Of the content that is, or is to be, trusted. */
  fingerprint: string;
  /** What holds only with trust. */
  settings: ProjectSetting[];
  state: "trusted" | "untrusted";
  /** Why it cannot be trusted as it is. */
  exposed?: string;
  /** What is ignored, and how to allow it; absent where it is trusted. */
  warning?: string;
}

/** The configuration for calls in one project. */
export interface AppliedProject {
  config: Config;
  /** What its files set in vain. */
  warnings: string[];
  /** What of its main file holds, where it has one. */
  document?: Document;
  /** The project's `server.default_timeout_seconds`, which counts before a profile's timeout. */
  projectTimeout?: number;
  /** The CLIs that are described there; absent where they are as everywhere. */
  profiles?: ReadonlyMap<string, CliProfile>;
  /** Absent where it sets nothing that needs trust. */
  trust?: ProjectTrust;
}

/** What a project's configuration is laid over, and who is asked whether it is trusted. */
export interface ProjectParts extends LoadedProfiles {
  loaded: LoadedConfig;
  trust: Pick<Trust, "holds">;
}

/**
 * Lays a project's configuration between the files and the environment.
 *
 * @throws {ConfigError} where a role goes to a CLI that is not described, or a trusted profile is
 * wrong
 */
export function applyProject(
  files: ProjectFiles | undefined,
  { loaded, trust, ...known }: ProjectParts,
): AppliedProject {
  if (files === undefined) return { config: loaded.config, warnings: [] };
  const document = files.config?.document;
  const clis = [...loaded.cliNames, ...files.profiles.keys()];
  const problems = document ? unknownClis(document, clis) : [];
  if (problems.length > 0) throw new ConfigError(problems);

  const { free, trusting, refused } = projectSettings(files, loaded);
  const warnings = refused.slice(0, NAMED).map(({ place, keys, why }) =>
    `${formatPlace(place())} Ignored ${visibleName(keys)}: ${why}`
  );
  if (refused.length > NAMED) {
    warnings.push(`${document!.path} Ignored ${refused.length - NAMED} more that it may not set`);
  }
  const standing = trusting.length > 0 ? standingOf(files, trusting, trust) : undefined;
  const trusted = standing?.state === "trusted";
  if (standing?.warning !== undefined) warnings.push(standing.warning);

  const settings = free;
  for (const { file, keys, value } of trusted ? trusting : []) {
    if (file === files.config?.name) put(settings, keys, value);
  }
  const layered = overlay(overlay(loaded.files, settings), loaded.environment);
  const { roles, server } = configSchema.parse(layered, PARSING);
  const limits = Object.fromEntries(APPLIED.map((key) => [key, server[key]]));
  const timeout = ["server", "default_timeout_seconds"];
  const setsTimeout = valueAt(settings, timeout) !== undefined &&
    valueAt(loaded.environment, timeout) === undefined;
  return {
    config: { ...loaded.config, roles, server: { ...loaded.config.server, ...limits } },
    warnings,
    ...document && { document: { ...document, settings } },
    ...setsTimeout && { projectTimeout: server.default_timeout_seconds },
    ...trusted && files.profiles.size > 0 && { profiles: layProfiles(files, known) },
    ...standing && { trust: standing },
  };
}

function standingOf(
  { folder, fingerprint, exposed }: ProjectFiles,
  settings: ProjectSetting[],
  trust: Pick<Trust, "holds">,
): ProjectTrust {
  const known = { folder, fingerprint, settings, ...exposed !== undefined && { exposed } };
  if (exposed === undefined && trust.holds(folder, fingerprint)) {
    return { ...known, state: "trusted" };
  }
  return { ...known, state: "untrusted", warning: untrusted(known) };
}

/** A broken profile of the layers below stays out of use, whatever a project lays over it. */
function layProfiles(
  files: ProjectFiles,
  { profiles, brokenProfiles }: LoadedProfiles,
): ReadonlyMap<string, CliProfile> {
  const all = new Map(profiles);
  for (const [cli, file] of files.profiles) {
    if (brokenProfiles.has(cli)) continue;
    const document = { ...file.document, settings: profileSettings(file) };
    all.set(cli, layProfile(cli, profiles.get(cli), document));
  }
  return all;
}

/** How many settings warnings name. */
const NAMED = 8;

function untrusted(
  { folder, settings, exposed }: Pick<ProjectTrust, "folder" | "settings" | "exposed">,
): string {
  const named = settings.slice(0, NAMED).map(({ file, place, keys }) =>
    `${visibleName(keys)} (${formatPlace({ ...place(), path: file })})`
  );
  const more = settings.length > NAMED ? ` and ${settings.length - NAMED} more` : "";
  const what = `${folder}/.aimux Ignored what needs the user's trust: ${named.join(", ")}${more}`;
  return exposed === undefined
    ? `${what}. To allow it: ${trustCommand(folder)}`
    : `${what}. It cannot be trusted: ${exposed}`;
}

/** What a person types to trust a folder. */
export function trustCommand(folder: string): string {
  return `aimux config trust ${shellWords([folder])}`;
}

/** The most characters of a name in a message. */
const NAME_CHARS = 100;

/** A key as messages name it, whatever somebody called it. */
export function visibleName(keys: readonly string[]): string {
  return visibleJson(cut(keys.join("."), NAME_CHARS));
}
