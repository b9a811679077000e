/** One configuration file, read but not yet checked. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../lib/errors.ts";
import type { Locate } from "./explain.ts";
import { shown } from "./explain.ts";
import { isMap, type Settings } from "./merge.ts";
import { ConfigError } from "./problem.ts";
import { parseYaml, type Yaml, YamlError } from "./yaml.ts";

/** No configuration is longer; what is was not meant as one. */
const MAX_BYTES = 256 * 1024;

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
  const source = readSource(file, path);
  if (source === undefined) return undefined;
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

function readSource(file: string, path: string): string | undefined {
  // Asked first because most files are absent, and in the binary the first exception of a run costs
  // more than all of the configuration.
  if (!existsSync(file)) return undefined;
  try {
    // A pipe or a device would be read for ever.
    const { isFile, size } = Deno.statSync(file);
    if (!isFile) throw new ConfigError([{ path, message: "Not a regular file" }]);
    if (size > MAX_BYTES) {
      const message = `Expected at most ${MAX_BYTES} bytes, found ${size}`;
      throw new ConfigError([{ path, message }]);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(file));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    const reason = error instanceof TypeError ? "it is not UTF-8 text" : messageOf(error);
    throw new ConfigError([{ path, message: `Cannot read the file: ${reason}` }]);
  }
}

function parse(source: string, path: string): Yaml {
  try {
    return parseYaml(source);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ConfigError([{ path, ...error.position, message: error.message }]);
  }
}
