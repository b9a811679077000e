/** Loads the main configuration: reads and checks each layer, then lays one over the other. */
import { checkDocument, roleEntries, unknownClis, unknownInHooks } from "./check.ts";
import { cliFolders } from "./cli_folders.ts";
import { type Document, readDocument } from "./document.ts";
import { readEnvironment } from "./environment.ts";
import { PARSING } from "./explain.ts";
import { type ConfigFolder, configFolders, type ConfigSources } from "./folders.ts";
import { type Settings, valueAt } from "./merge.ts";
import { overlay } from "./overlay.ts";
import { expandPath } from "./paths.ts";
import { ConfigError, type ConfigProblem, type Place } from "./problem.ts";
import { type Config, configSchema } from "./schema.ts";

/** The files of a folder, the weaker first. */
const FILES = ["default.yaml", "config.yaml"];

/** The main configuration and where it came from. */
export interface LoadedConfig {
  config: Config;
  /** Where a value came from: a place in a file, or a variable; undefined where none sets it. */
  originOf(keys: readonly string[]): Place | undefined;
  /** The CLIs that are described, whether or not their profiles are sound. */
  cliNames: string[];
  /** The folders that were looked in, lowest layer first; `loadProfiles` reads the CLIs there. */
  folders: ConfigFolder[];
  /** What all files set together, and what the environment sets: a project's file goes between. */
  files: Settings;
  environment: Settings;
}

/**
 * Loads the main configuration. The CLIs' profiles are left to `loadProfiles`, which a server needs
 * later than the rest.
 *
 * @throws {ConfigError} with all that is wrong in files and variables
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const folders = configFolders(sources);
  const cliNames = [...cliFolders(folders).keys()];
  const problems: ConfigProblem[] = [];

  const read = folders.flatMap((folder) => readFolder(folder, problems));
  const roles = [
    ...new Set(read.flatMap(({ settings }) => roleEntries(settings).map(([role]) => role))),
  ];
  const variables = readEnvironment(sources.env, roles);
  problems.push(...variables.problems);

  const documents = [...read, variables.document].map((document) => {
    const checked = checkDocument(document);
    problems.push(
      ...checked.problems,
      ...unknownClis(checked.document, cliNames),
      ...unknownInHooks(checked.document, { clis: cliNames, roles }),
    );
    return checked.document;
  });
  if (problems.length > 0) throw new ConfigError(problems);

  const layers = documents.map(({ settings }) => settings);
  const files = layers.slice(0, -1).reduce(overlay, {});
  const environment = layers.at(-1)!;
  const config = configSchema.parse(overlay(files, environment), PARSING);
  return {
    config: withPaths(config, documents, sources.home),
    // A position costs a look through the file, so it is found when it is asked for.
    originOf: (keys) => sourceOf(keys, documents)?.locate(keys, "value"),
    cliNames,
    folders,
    files,
    environment,
  };
}

function readFolder(folder: ConfigFolder, problems: ConfigProblem[]): Document[] {
  return FILES.flatMap((name) => {
    try {
      return readDocument(`${folder.path}/${name}`, `${folder.shown}/${name}`) ?? [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
}

/** A relative path begins at the folder of the file that names it. */
function withPaths(config: Config, documents: Document[], home: string): Config {
  const absolute = (path: string, ...keys: string[]) => {
    const folder = sourceOf(["server", ...keys], documents)?.folder ?? home;
    return path === "" ? "" : expandPath(path, folder, home);
  };
  const { log_file, db_path, transport } = config.server;
  const { before, after } = config.hooks;
  const folderOf = (list: string) => sourceOf(["hooks", list], documents)?.folder ?? home;
  return {
    ...config,
    hooks: {
      before: before.map((hook) => withProgram(hook, folderOf("before"), home)),
      after: after.map(({ path, ...hook }) => ({
        ...withProgram(hook, folderOf("after"), home),
        ...path !== undefined && { path: expandPath(path, folderOf("after"), home) },
      })),
    },
    server: {
      ...config.server,
      log_file: absolute(log_file, "log_file"),
      db_path: absolute(db_path, "db_path"),
      transport: {
        ...transport,
        tls_cert: absolute(transport.tls_cert, "transport", "tls_cert"),
        tls_key: absolute(transport.tls_key, "transport", "tls_key"),
      },
    },
  };
}

/** A name without a folder is looked for on PATH. */
function withProgram<Hook extends { command?: string[] | undefined }>(
  hook: Hook,
  folder: string,
  home: string,
): Hook {
  const [program = "", ...args] = hook.command ?? [];
  if (!/[/\\]/.test(program)) return hook;
  return { ...hook, command: [expandPath(program, folder, home), ...args] };
}

/** The highest layer that holds the key. */
function sourceOf(keys: readonly string[], documents: Document[]): Document | undefined {
  return documents.findLast(({ settings }) => valueAt(settings, keys) !== undefined);
}
