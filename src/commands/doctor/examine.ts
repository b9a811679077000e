/** Finds out how everything is, also where parts of it are broken. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { lookAround, type Surroundings } from "../../app.ts";
import { cliFolders } from "../../config/cli_folders.ts";
import { configFolders, type ConfigSources } from "../../config/folders.ts";
import { loadConfig, type LoadedConfig } from "../../config/load.ts";
import { ConfigError, formatProblem } from "../../config/problem.ts";
import type { Config } from "../../config/schema.ts";
import { describeHealth, type HealthParts } from "../../engine/health.ts";
import type { Health, LogHealth } from "../../engine/health_shape.ts";
import { healthProblems, healthWarnings } from "../../engine/health_warnings.ts";
import { systemClock } from "../../lib/clock.ts";
import { AimuxError, messageOf } from "../../lib/errors.ts";
import { createRedactor } from "../../lib/redact.ts";
import { sentences } from "../../lib/sentences.ts";
import { terminalProblem } from "../../process/check_terminal.ts";
import { openStore, type Store } from "../../store/store.ts";
import type { Program } from "../command.ts";
import { examineConfiguration } from "./configuration.ts";
import { describeEnvironment } from "./environment.ts";
import { writeProblem } from "./files.ts";
import { describePermissions } from "./permissions.ts";
import type { DoctorReport } from "./report.ts";
import { describeRoles } from "./roles.ts";

/** Programs may take their time to tell their versions: somebody waits for this one answer. */
const VERSION_WAIT_MS = 11_000;

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
  const { section, loaded, config } = examineConfiguration(sources, { cwd, redact });
  const around = lookAround({ ...machine, cwd, loaded: loaded ?? onlyProfiles(sources) });
  for (const { env } of around.profiles.values()) redact.learn(env);

  const health = await healthOf(around, { version, signal, configured: loaded !== undefined });
  const roles = config ? await describeRoles(config.roles, around) : [];
  const terminal = await terminalProblem();
  const { deno, v8 } = Deno.version;
  const { os, arch, standalone: binary } = Deno.build;
  return redact.facts({
    ...verdictOn({ section, roles, health, config: around.config }),
    version,
    runtime: { deno, v8, os, arch, binary },
    cwd,
    clis: health.clis.map((cli) => {
      const login = around.profiles.get(cli.name)?.login;
      return { ...cli, usable: cli.state === "ready", ...login !== undefined && { login } };
    }),
    roles,
    ...loaded && storedBy(health),
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

/** Why there is no store. */
type Unopened = Extract<HealthParts["store"], { problem: string } | { absent: true }>;

/** @param configured Whether it is known where database and log should be. */
async function healthOf(
  { signals, ...around }: Surroundings,
  { version, signal, configured }: { version: string; signal: AbortSignal; configured: boolean },
): Promise<Health> {
  const clock = systemClock;
  signal.addEventListener("abort", () => void around.versions.close(), { once: true });
  const store: Store | Unopened = configured ? open(around.config) : { absent: true };
  try {
    return await describeHealth({
      ...around,
      version,
      clock,
      startedAt: clock.now(),
      store,
      log: logOf(around.config, configured),
      reach: signals.reach,
      principal: "local",
      versionWaitMs: VERSION_WAIT_MS,
    });
  } finally {
    if ("close" in store) store.close();
    await around.versions.close();
  }
}

/** Does not make a database: that is for who needs one. */
function open({ server: { db_path: path } }: Config): Store | Unopened {
  if (!existsSync(path)) {
    const reason = writeProblem(path);
    if (reason === undefined) return { absent: true };
    const problem = `Cannot make the database "${path}": ${reason}`;
    return { problem: sentences(problem, 'Check its folder, or set another "server.db_path"') };
  }
  try {
    return openStore(path);
  } catch (error) {
    const hint = error instanceof AimuxError ? error.hint : undefined;
    return { problem: sentences(messageOf(error), hint) };
  }
}

function logOf(
  { server: { log_file: path, log_level: level } }: Config,
  wanted: boolean,
): LogHealth {
  if (path === "" || !wanted) return { path: "", level, state: "off" };
  const reason = writeProblem(path);
  if (reason !== undefined) {
    return { path, level, state: "failing", problem: `Cannot write the log "${path}": ${reason}` };
  }
  const bytes = existsSync(path) ? Deno.statSync(path).size : undefined;
  return { path, level, state: "ok", ...bytes !== undefined && { bytes } };
}

function storedBy(
  { database, servers, sessions, jobs, log }: Health,
): Pick<DoctorReport, "database" | "servers" | "sessions" | "jobs" | "log"> {
  const { active: _, active_omitted: __, ...counts } = jobs;
  return { database, log, jobs: counts, ...servers && { servers }, ...sessions && { sessions } };
}

function verdictOn(
  { section, roles, health, config }: {
    section: DoctorReport["config"];
    roles: DoctorReport["roles"];
    health: Health;
    config: Config;
  },
): Pick<DoctorReport, "status" | "problems" | "warnings"> {
  const { project } = section;
  const problems = [
    ...[...section.problems, ...project.problems].map(formatProblem),
    ...healthProblems(health),
  ];
  const warnings = [
    ...healthWarnings(health, config.roles),
    ...unusable(health.clis.some(({ state }) => state === "ready") ? roles : []),
    ...project.warnings,
  ];
  const status = problems.length > 0 ? "unusable" : warnings.length > 0 ? "degraded" : "ok";
  return { status, problems, warnings };
}

/** Roles that cannot be used; several have the same reason. */
function unusable(roles: DoctorReport["roles"]): string[] {
  const byProblem = Map.groupBy(roles.filter(({ problem }) => problem), ({ problem }) => problem!);
  return Array.from(byProblem, ([problem, group]) => {
    const names = group.map(({ name }) => name).join(", ");
    return `${group.length === 1 ? "Role" : "Roles"} ${names} cannot be used: ${problem}`;
  });
}

function needsOf({ config, profiles, cwd }: Surroundings, { clis }: Health) {
  const { db_path, log_file } = config.server;
  const files = [dirname(db_path), ...log_file === "" ? [] : [log_file]];
  return {
    read: [cwd, ...files],
    write: files,
    run: clis.flatMap(({ name, path }) => path ?? profiles.get(name)?.binary ?? []),
    env: ["HOME", "PATH", "AIMUX_DEPTH"],
  };
}
