/** The folders that configuration comes from. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expandPath } from "./paths.ts";
import { ConfigError } from "./problem.ts";

/** Where a program looks for its configuration. */
export interface ConfigSources {
  /** The folder of the defaults that the program carries. */
  embedded: URL;
  /** The environment variables. */
  env: Record<string, string>;
  /** The user's home folder. */
  home: string;
  /** The folder of the binary, where there is one. */
  execDir?: string;
}

/** A folder that may hold `default.yaml`, `config.yaml` and `cli.d/`. */
export interface ConfigFolder {
  path: string;
  /** The folder as messages name it. */
  shown: string;
}

/** A place where such a folder is looked for. */
export interface ConfigPlace {
  path: string;
  /** Whose it is. */
  layer: "built-in" | "AIMUX_CONFIG_DIR" | "beside the program" | "user";
}

/** The places that are looked at, lowest layer first; that of the program or the one it is told. */
export function configPlaces({ embedded, env, home, execDir }: ConfigSources): ConfigPlace[] {
  const named = env.AIMUX_CONFIG_DIR?.trim();
  const places: ConfigPlace[] = [{ layer: "built-in", path: fileURLToPath(embedded) }];
  if (named) {
    places.push({ layer: "AIMUX_CONFIG_DIR", path: expandPath(named, Deno.cwd(), home) });
  } else if (execDir !== undefined) {
    places.push({ layer: "beside the program", path: join(execDir, "config") });
  }
  return [...places, { layer: "user", path: join(home, ".config", "aimux") }];
}

/**
 * The folders, lowest layer first.
 *
 * @throws {ConfigError} where AIMUX_CONFIG_DIR names no folder
 */
export function configFolders(sources: ConfigSources): ConfigFolder[] {
  return configPlaces(sources).flatMap(({ layer, path }) => {
    if (layer === "built-in") return [{ path, shown: "config" }];
    const folders = ifThere(path);
    if (folders.length > 0 || layer !== "AIMUX_CONFIG_DIR") return folders;
    throw new ConfigError([{
      path: layer,
      message: `No such folder "${path}". Create it, or unset the variable`,
    }]);
  });
}

function ifThere(path: string): ConfigFolder[] {
  if (!existsSync(path)) return []; // an exception for each absent folder would slow the start
  try {
    return Deno.statSync(path).isDirectory ? [{ path, shown: path }] : [];
  } catch {
    return [];
  }
}
