/** The configuration: where it was looked for, what it says, and where each value came from. */
import type { Document } from "../../config/document.ts";
import { configPlaces, type ConfigSources } from "../../config/folders.ts";
import { loadConfig, type LoadedConfig } from "../../config/load.ts";
import { isMap, leaves, nested, type Settings, valueAt } from "../../config/merge.ts";
import { ConfigError, formatPlace } from "../../config/problem.ts";
import { loadProfiles } from "../../config/profiles.ts";
import { type AppliedProject, applyProject } from "../../config/project.ts";
import { readProjectFiles } from "../../config/project_files.ts";
import { createTrust } from "../../config/trust.ts";
import type { Config } from "../../config/schema.ts";
import type { Redactor } from "../../lib/redact.ts";
import type { DoctorReport } from "./report.ts";

type Section = DoctorReport["config"];

/** The configuration as a report and, where it is sound, as it holds in the folder. */
export interface Examined {
  section: Section;
  /** Absent where the main configuration is broken. */
  loaded?: LoadedConfig;
  /** With what the project sets, where that is sound. */
  config?: Config;
  /** The CLIs that the project describes as only it does. */
  profiles?: AppliedProject["profiles"];
}

/** Reads everything that a call in the folder would read. */
export function examineConfiguration(
  sources: ConfigSources,
  { cwd, redact }: { cwd: string; redact: Redactor },
): Examined {
  const section: Section = {
    state: "ok",
    problems: [],
    folders: configPlaces(sources).map(({ layer, path }) => ({
      layer,
      // Of the program's own folder only its name in messages means something.
      path: layer === "built-in" ? "config" : path,
      found: isFolder(path),
    })),
    project: {
      path: `${cwd}/.aimux/config.yaml`,
      state: "absent",
      trust: "not_needed",
      problems: [],
      warnings: [],
    },
    values: [],
  };
  const { project } = section;
  const loaded = attempt(() => loadConfig(sources), section.problems);
  const own = attempt(() => readProjectFiles(cwd), project.problems);
  const applied = loaded && attempt(() => {
    const trust = createTrust(sources.home);
    return applyProject(own, { loaded, trust, ...loadProfiles(loaded.folders) });
  }, project.problems);
  project.state = project.problems.length > 0 ? "broken" : own ? "ok" : "absent";
  if (own && !own.config) project.path = `${cwd}/.aimux/cli.d`;
  project.trust = applied?.trust?.state ?? "not_needed";
  project.warnings = applied?.warnings ?? [];
  if (!loaded) return { section: { ...section, state: "broken" } };

  const config = applied?.config ?? loaded.config;
  section.values = valuesOf(config, loaded, applied?.document)
    .map(({ keys, value, origin }) => ({
      key: keys.join("."),
      origin,
      // A key on the way may say that it is a secret: the name of a token's owner says nothing.
      value: valueAt(redact.facts(nested(keys, value)), keys) as typeof value,
    }));
  return { section, loaded, config, profiles: applied?.profiles };
}

function attempt<T>(read: () => T, problems: Section["problems"]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function valuesOf(
  config: Config,
  loaded: LoadedConfig,
  own: Document | undefined,
): { keys: string[]; value: string | number | boolean; origin: string }[] {
  return Array.from(leaves(config as unknown as Settings), ([keys, value]) => ({
    keys,
    value: Array.isArray(value)
      ? value.map((item) => isMap(item) ? item["name"] : item).join(", ")
      : value as string | number | boolean,
    origin: originOf(keys, value, loaded, own),
  }));
}

/** A project's file stands between the other files and the environment. */
function originOf(
  keys: string[],
  value: unknown,
  loaded: LoadedConfig,
  own: Document | undefined,
): string {
  const byVariable = valueAt(loaded.environment, keys) !== undefined;
  // A limit that the project may not raise stays with who has set it.
  if (own && !byVariable && valueAt(own.settings, keys) === value) {
    return formatPlace(own.locate(keys, "value"));
  }
  const place = loaded.originOf(keys);
  // The program's own files are the only ones that are named by a relative path.
  if (!place || place.path.startsWith("config/")) return "built-in default";
  return formatPlace(place);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
