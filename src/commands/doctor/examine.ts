/** Finds out how everything is, also where parts of it are broken. */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { lookAround, type Surroundings } from "../../app.ts";
import { cliFolders } from "../../config/cli_folders.ts";
import { configFolders, type ConfigSources } from "../../config/folders.ts";
import { loadConfig, type LoadedConfig } from "../../config/load.ts";
import { ConfigError } from "../../config/problem.ts";
import type { Health } from "../../engine/health_shape.ts";
import { createRedactor } from "../../lib/redact.ts";
import { terminalProblem } from "../../process/check_terminal.ts";
import type { Program } from "../command.ts";
import { describeClis } from "./clis.ts";
import { examineConfiguration } from "./configuration.ts";
import { describeEnvironment } from "./environment.ts";
import { healthOf } from "./health.ts";
import { describePermissions, type PermissionNeeds } from "./permissions.ts";
import type { DoctorReport } from "./report.ts";
import { describeRoles } from "./roles.ts";
import { verdictOn } from "./verdict.ts";

/**
 * Examines everything for calls in a folder. Starts the CLIs for their versions, and writes only to
 * a database that is there already.
 *
 * @param signal Ends those CLIs early; then their versions are missing.
 */
export async function examine(
  { machine, version, embedded }: Pick<Program, "machine" | "version" | "embedded">,
  folder: string,
  signal: AbortSignal,
): Promise<DoctorReport> {
  const cwd = resolve(machine.cwd, folder);
  const redact = createRedactor(machine.env);
  const sources = { ...machine, embedded };
  const { section, loaded, config, profiles } = examineConfiguration(sources, { cwd, redact });
  const everywhere = lookAround({ ...machine, cwd, loaded: loaded ?? onlyProfiles(sources) });
  const around = { ...everywhere, ...profiles && { profiles } };
  for (const { env } of around.profiles.values()) redact.learn(env);

  const health = await healthOf(around, { version, signal, configured: loaded !== undefined });
  const roles = config ? await describeRoles(config, around) : [];
  const clis = await describeClis(health.clis, around, {
    configured: config !== undefined,
    signal,
  });
  const terminal = await terminalProblem();
  const { deno, v8 } = Deno.version;
  const { os, arch, standalone: binary } = Deno.build;
  return redact.facts({
    ...verdictOn({ section, roles, health, clis, config: around.config }),
    version,
    runtime: { deno, v8, os, arch, binary },
    cwd,
    clis,
    roles,
    ...loaded && storedBy(health),
    hooks: health.hooks.map(({ failing: _, failures: __, last_failure: ___, ...hook }) => hook),
    config: section,
    permissions: describePermissions(needsOf(around, health)),
    process_control: health.process_control,
    pseudo_terminal: terminal === undefined
      ? { available: true }
      : { available: false, problem: terminal },
    environment: describeEnvironment(machine.env, redact),
  });
}

/** Where the configuration is broken, the CLIs are looked at all the same. */
function onlyProfiles(sources: ConfigSources): LoadedConfig {
  const nowhere = join(fileURLToPath(sources.embedded), "nowhere");
  const builtIn = loadConfig({ embedded: sources.embedded, env: {}, home: nowhere });
  const loaded = { ...builtIn, config: { ...builtIn.config, roles: {} } };
  try {
    const folders = configFolders(sources);
    cliFolders(folders);
    return { ...loaded, folders };
  } catch (error) {
    if (error instanceof ConfigError) return loaded;
    throw error;
  }
}

function storedBy(
  { database, storage, servers, sessions, jobs, log }: Health,
): Pick<DoctorReport, "database" | "storage" | "servers" | "sessions" | "jobs" | "log"> {
  const { active: _, active_omitted: __, ...counts } = jobs;
  return {
    database,
    storage,
    log,
    jobs: counts,
    ...servers && { servers },
    ...sessions && { sessions },
  };
}

function needsOf(
  { config, profiles, cwd }: Surroundings,
  { clis, hooks }: Health,
): PermissionNeeds {
  const { db_path, log_file } = config.server;
  const files = [dirname(db_path), ...log_file === "" ? [] : [log_file]];
  return {
    read: [cwd, ...files],
    write: files,
    run: [
      ...clis.flatMap(({ name, path }) => path ?? profiles.get(name)?.binary ?? []),
      ...hooks.flatMap(({ command, path }) => command ? path ?? command[0]! : []),
    ],
    env: ["HOME", "PATH", "AIMUX_DEPTH"],
  };
}
