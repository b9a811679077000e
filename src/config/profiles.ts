/** Loads the profiles of the CLIs. */
import { cliFolders } from "./cli_folders.ts";
import { type Document, readDocument } from "./document.ts";
import { explain, type Locate, PARSING, shown } from "./explain.ts";
import type { ConfigFolder } from "./folders.ts";
import { isMap, merge, type Settings, valueAt } from "./merge.ts";
import { partial } from "./partial.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { type CliProfile, profileSchema } from "./profile.ts";

/** The profiles that are sound, and what is wrong with the others. */
export interface LoadedProfiles {
  /** By the CLI's name, in alphabetical order. */
  profiles: Map<string, CliProfile>;
  /** A CLI with a broken profile is out of use; the others are not touched by it. */
  brokenProfiles: Map<string, ConfigProblem[]>;
}

/**
 * Loads each CLI's profile; that of a higher layer is laid over the one below, key by key.
 *
 * @param folders as `loadConfig` found them
 */
export function loadProfiles(folders: ConfigFolder[]): LoadedProfiles {
  const loaded: LoadedProfiles = { profiles: new Map(), brokenProfiles: new Map() };
  for (const [name, layers] of cliFolders(folders)) {
    try {
      loaded.profiles.set(name, loadProfile(name, layers));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      loaded.brokenProfiles.set(name, [...error.problems]);
    }
  }
  return loaded;
}

function loadProfile(name: string, layers: ConfigFolder[]): CliProfile {
  const documents = layers.map(readLayer);
  const settings = documents.map((document) => document.settings).reduce(lay, {} as Settings);
  const result = profileSchema.safeParse(settings, PARSING);
  // A layer's own mistakes come first, also where the layer above hides them.
  if (!result.success || documents.length > 1) throwAny(documents.flatMap(check));

  return sound(name, result, locateIn(documents));
}

/**
 * Lays one more layer over a profile.
 *
 * @param below the sound profile of the layers below; undefined where they do not describe the CLI
 * @throws {ConfigError} with all that is wrong in the document, or in what it comes to
 */
export function layProfile(
  name: string,
  below: CliProfile | undefined,
  document: Document,
): CliProfile {
  throwAny(check(document));
  const settings = lay(below ?? {}, document.settings);
  return sound(name, profileSchema.safeParse(settings, PARSING), locateIn([document]));
}

/** What the layer above sets, it sets for every version: the layers below say no other of it. */
function lay(below: Settings, above: Settings): Settings {
  const { versions } = below;
  if (!isMap(versions) || !Array.isArray(versions["differences"])) return merge(below, above);
  const set = new Set(Object.keys(above).filter((key) => above[key] !== null));
  // Where something stands in the output is told for one format.
  if (set.has("output_format")) set.add("output");
  const differences = versions["differences"].map((difference) =>
    isMap(difference) ? omit(difference, set) : difference
  );
  return merge({ ...below, versions: { ...versions, differences } }, above);
}

function omit(settings: Settings, keys: ReadonlySet<string>): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.has(key)));
}

function sound(
  name: string,
  result: ReturnType<typeof profileSchema.safeParse>,
  locate: Locate,
): CliProfile {
  if (!result.success) throw new ConfigError(explain(result.error.issues, profileSchema, locate));
  if (result.data.name !== name) {
    const found = shown(result.data.name);
    const message = `Expected "${name}" for "name", as the folder is called, found ${found}`;
    throw new ConfigError([{ ...locate(["name"], "value"), message }]);
  }
  return result.data;
}

function readLayer({ path, shown }: ConfigFolder): Document {
  const file = `${shown}/profile.yaml`;
  const document = readDocument(`${path}/profile.yaml`, file);
  if (document !== undefined) return document;
  throw new ConfigError([{
    path: file,
    message: "No such file. Write the profile, or remove its folder",
  }]);
}

function check({ settings, locate }: Document): ConfigProblem[] {
  const schema = partial(profileSchema);
  return explain(schema.safeParse(settings, PARSING).error?.issues ?? [], schema, locate);
}

/** Points into the highest layer that holds the value, or else the map around it. */
function locateIn(documents: Document[]): Locate {
  return (keys, at) => {
    for (let depth = keys.length; depth > 0; depth--) {
      const known = keys.slice(0, depth);
      const document = documents.findLast(({ settings }) => valueAt(settings, known) !== undefined);
      if (document !== undefined) return document.locate(keys, at);
    }
    return documents.at(-1)!.locate([], "value");
  };
}

function throwAny(problems: ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}
