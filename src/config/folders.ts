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

/**
 * The folders, lowest layer first.
 *
 * @throws {ConfigError} where AIMUX_CONFIG_DIR names no folder
 */
export function configFolders({ embedded, env, home, execDir }: ConfigSources): ConfigFolder[] {
  return [
    { path: fileURLToPath(embedded), shown: "config" },
    ...installed(env.AIMUX_CONFIG_DIR?.trim(), home, execDir),
    ...ifThere(join(home, ".config", "aimux")),
  ];
}

/** The folder of whoever installed the program: the one that is named, or the one beside it. */
function installed(named: string | undefined, home: string, execDir?: string): ConfigFolder[] {
  if (!named) return execDir === undefined ? [] : ifThere(join(execDir, "config"));
  const path = expandPath(named, Deno.cwd(), home);
  const folders = ifThere(path);
  if (folders.length > 0) return folders;
  throw new ConfigError([{
    path: "AIMUX_CONFIG_DIR",
    message: `No such folder "${path}". Create it, or unset the variable`,
  }]);
}

function ifThere(path: string): ConfigFolder[] {
  if (!existsSync(path)) return []; // an exception for each absent folder would slow the start
  try {
    return Deno.statSync(path).isDirectory ? [{ path, shown: path }] : [];
  } catch {
    return [];
  }
}
