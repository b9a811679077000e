/** The configuration that a project carries: untrusted, so it may set little. */
import { checkDocument, roleEntries, unknownClis } from "./check.ts";
import { type Document, readDocument } from "./document.ts";
import { PARSING } from "./explain.ts";
import type { LoadedConfig } from "./load.ts";
import { leaves, merge, nested, type Settings, valueAt } from "./merge.ts";
import { overlay } from "./overlay.ts";
import { ConfigError, formatPlace } from "./problem.ts";
import { type Config, configSchema } from "./schema.ts";

/** The limits that a project may lower. */
const LOWERED = ["sync_wait_seconds", "max_prompt_bytes", "max_concurrent_jobs"] as const;

const ALLOWED = ["default_timeout_seconds", ...LOWERED] as const;

/** What a project's file sets of what it may set. */
export interface ProjectConfig {
  /** Nothing where the project has no file. */
  document?: Document;
  /** What the file sets in vain. */
  warnings: string[];
}

/** The configuration for calls in one project. */
export interface AppliedProject {
  config: Config;
  warnings: string[];
  /** The project's `server.default_timeout_seconds`, which counts before a profile's timeout. */
  projectTimeout?: number;
}

/**
 * Reads `.aimux/config.yaml` of a folder. Where there is none it costs one look.
 *
 * @throws {ConfigError} with all that is wrong in the file
 */
export function loadProject(cwd: string): ProjectConfig {
  const path = `${cwd}/.aimux/config.yaml`;
  const file = readDocument(path, path);
  if (file === undefined) return { warnings: [] };
  const { document, problems } = checkDocument(file);
  if (problems.length > 0) throw new ConfigError(problems);

  const warnings: string[] = [];
  let settings: Settings = {};
  for (const [keys, value] of leaves(document.settings)) {
    if (value === null) continue;
    if (isAllowed(keys)) settings = merge(settings, nested(keys, value));
    else warnings.push(warning(document, keys, "Ignored", "a project file may not set it"));
  }
  return { document: { ...document, settings }, warnings };
}

/**
 * Lays a project's configuration between the files and the environment.
 *
 * @throws {ConfigError} where a role goes to a CLI that is not described
 */
export function applyProject(loaded: LoadedConfig, project: ProjectConfig): AppliedProject {
  const { document } = project;
  const warnings = [...project.warnings];
  if (document === undefined) return { config: loaded.config, warnings };
  const problems = unknownClis(document, loaded.cliNames);
  if (problems.length > 0) throw new ConfigError(problems);

  const settings = merge({}, document.settings);
  lowerOnly(settings, loaded.config, document, warnings);
  keepAdvisory(settings, loaded.config, document, warnings);

  const layered = overlay(overlay(loaded.files, settings), loaded.environment);
  const { roles, server } = configSchema.parse(layered, PARSING);
  const limits = Object.fromEntries(ALLOWED.map((key) => [key, server[key]]));
  const timeout = ["server", "default_timeout_seconds"];
  const setsTimeout = valueAt(settings, timeout) !== undefined &&
    valueAt(loaded.environment, timeout) === undefined;
  return {
    config: { ...loaded.config, roles, server: { ...loaded.config.server, ...limits } },
    warnings,
    ...(setsTimeout ? { projectTimeout: server.default_timeout_seconds } : {}),
  };
}

function lowerOnly(settings: Settings, config: Config, document: Document, warnings: string[]) {
  const server = settings.server as Record<string, number> | undefined;
  for (const key of LOWERED) {
    const [wanted, most] = [server?.[key], config.server[key]];
    if (wanted === undefined || wanted <= most) continue;
    server![key] = most;
    const why = `a project file may only lower it, and it is ${most}`;
    warnings.push(warning(document, ["server", key], `Ignored ${wanted} for`, why));
  }
}

/** What is advice for the user stays without the right to change files. */
function keepAdvisory(settings: Settings, config: Config, document: Document, warnings: string[]) {
  for (const [name, role] of roleEntries(settings)) {
    const loaded = Object.hasOwn(config.roles, name) ? config.roles[name] : undefined;
    if (role.advisory !== false || loaded?.advisory !== true) continue;
    delete role.advisory;
    const why = "a project file may not let an advisory role change files";
    warnings.push(warning(document, ["roles", name, "advisory"], "Ignored false for", why));
  }
}

function isAllowed([section, key]: string[]): boolean {
  return section === "roles" ||
    (section === "server" && (ALLOWED as readonly unknown[]).includes(key));
}

function warning(document: Document, keys: string[], what: string, why: string): string {
  return `${formatPlace(document.locate(keys, "value"))} ${what} "${keys.join(".")}": ${why}`;
}
