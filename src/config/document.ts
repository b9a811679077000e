/** One configuration file, read but not yet checked. */
import { dirname } from "node:path";
import type { Locate } from "./explain.ts";
import { shown } from "./explain.ts";
import { isMap, type Settings } from "./merge.ts";
import { ConfigError } from "./problem.ts";
import { readTextFile } from "./text_file.ts";
import { parseYaml, type Yaml, YamlError } from "./yaml.ts";

/** No configuration is longer; what is was not meant as one. */
export const MAX_BYTES = 256 * 1024;

/** What a configuration file holds, and where in it. */
export interface Document {
  /** The file as messages name it. */
  path: string;
  /** The folder that its relative paths begin at. */
  folder: string;
  settings: Settings;
  locate: Locate;
}

/**
 * Reads a configuration file.
 *
 * @param file the file to read
 * @param path its name in messages
 * @returns nothing where there is no such file
 * @throws {ConfigError} where it cannot be read or is not a YAML map
 */
export function readDocument(file: string, path: string): Document | undefined {
  const source = readTextFile(file, path, MAX_BYTES);
  return source === undefined ? undefined : toDocument(source, { file, path });
}

/**
 * Parses what was read from a configuration file.
 *
 * @param of.file the file it was read from
 * @param of.path its name in messages
 * @throws {ConfigError} where it is not a YAML map
 */
export function toDocument(
  source: string,
  { file, path }: { file: string; path: string },
): Document {
  const yaml = parse(source, path);
  const settings = yaml.value ?? {};
  if (!isMap(settings)) {
    const message = `Expected a map at the top, found ${shown(settings)}`;
    throw new ConfigError([{ path, ...yaml.position([], "value"), message }]);
  }
  return {
    path,
    folder: dirname(file),
    settings,
    locate: (keys, at) => ({ path, ...yaml.position(keys, at) }),
  };
}

function parse(source: string, path: string): Yaml {
  try {
    return parseYaml(source);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ConfigError([{ path, ...error.position, message: error.message }]);
  }
}
