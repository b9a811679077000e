/** What a project's files set: what any project may, what needs the user's trust, and what none may. */
import { isAbsolute, join } from "node:path";
import type { LoadedConfig } from "./load.ts";
import { leaves, put, type Settings, valueAt } from "./merge.ts";
import type { Place } from "./problem.ts";
import type { ProjectFile, ProjectFiles } from "./project_files.ts";

/** The limits that any project may lower; those of them that a trusted one may raise. */
export const LOWERED = ["sync_wait_seconds", "max_prompt_bytes", "max_concurrent_jobs"] as const;
const RAISED: readonly string[] = ["max_prompt_bytes", "max_concurrent_jobs"];

/** One value that a project sets. */
export interface ProjectSetting {
  /** The file's path below `.aimux`. */
  file: string;
  keys: string[];
  value: unknown;
  place(): Place;
}

/** All that a project sets. */
export interface ProjectSettings {
  /** Settings of the main configuration that hold for any project. */
  free: Settings;
  /** What holds only where the user trusts the project, in `config.yaml` and in profiles. */
  trusting: ProjectSetting[];
  /** What holds for no project. */
  refused: (ProjectSetting & { why: string })[];
}

/** Sorts what a project sets. */
export function projectSettings(
  { config, profiles }: ProjectFiles,
  loaded: Pick<LoadedConfig, "config" | "cliNames">,
): ProjectSettings {
  const sorted: ProjectSettings = { free: {}, trusting: [], refused: [] };
  const own = [...profiles.keys()].filter((cli) => !loaded.cliNames.includes(cli));
  for (const setting of config ? settingsOf(config) : []) {
    const { keys, value } = setting;
    const rule = ruleOf(setting, config!.document.settings, { own, config: loaded.config });
    if (rule === "free") put(sorted.free, keys, value);
    else if (rule === "trusting") sorted.trusting.push(setting);
    else sorted.refused.push({ ...setting, why: rule.why });
  }
  sorted.trusting.push(...[...profiles.values()].flatMap(settingsOf));
  return sorted;
}

/** The values of a profile, its relative paths made to begin at the folder of its file. */
export function profileSettings({ document: { settings, folder } }: ProjectFile): Settings {
  const { binary, search_paths: paths } = settings;
  return {
    ...settings,
    ...typeof binary === "string" && /[/\\]/.test(binary) && { binary: placed(binary, folder) },
    ...Array.isArray(paths) && {
      search_paths: paths.map((path) => typeof path === "string" ? placed(path, folder) : path),
    },
  };
}

/** What begins with `~` or a variable has a beginning of its own. */
function placed(path: string, folder: string): string {
  return isAbsolute(path) || /^[~$]/.test(path) ? path : join(folder, path);
}

function settingsOf({ name, document }: ProjectFile): ProjectSetting[] {
  return Array.from(leaves(document.settings))
    .filter(([, value]) => value !== null)
    .map(([keys, value]) => ({
      file: name,
      keys,
      value,
      place: () => document.locate(keys, "value"),
    }));
}

type Rule = "free" | "trusting" | { why: string };

const OF_THE_SERVER: Rule = { why: "it is a matter of the whole server, which no project may set" };

function ruleOf(
  { keys, value }: ProjectSetting,
  settings: Settings,
  { own, config }: { own: readonly string[]; config: LoadedConfig["config"] },
): Rule {
  const [section, key = ""] = keys;
  if (section === "roles") return roleRule(keys, value, settings, { own, config });
  if (section !== "server") return OF_THE_SERVER;
  if (key === "default_timeout_seconds") return "free";
  const limit = LOWERED.find((each) => each === key);
  if (limit === undefined) return OF_THE_SERVER;
  const most = config.server[limit];
  if (value as number <= most) return "free";
  if (RAISED.includes(limit)) return "trusting";
  return { why: `a project may only lower it, and it is ${most}` };
}

function roleRule(
  [, name = "", key]: string[],
  value: unknown,
  settings: Settings,
  { own, config: { roles } }: { own: readonly string[]; config: LoadedConfig["config"] },
): Rule {
  const cli = valueAt(settings, ["roles", name, "cli"]);
  // Where only the project describes the CLI, model and effort are that CLI's, too.
  if (typeof cli === "string" && own.includes(cli)) return "trusting";
  // What is advice for the user stays without the right to change files.
  const advises = Object.hasOwn(roles, name) && roles[name]?.advisory === true;
  return key === "advisory" && value === false && advises ? "trusting" : "free";
}
