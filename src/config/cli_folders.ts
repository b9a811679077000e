import { existsSync } from "node:fs";
import { messageOf } from "../lib/errors.ts";
import type { ConfigFolder } from "./folders.ts";
import { ConfigError } from "./problem.ts";

/**
 * The folders of each CLI, lowest layer first; the CLIs by name.
 *
 * Says only which CLIs are described, not whether their profiles are sound: that needs each profile
 * to be read.
 */
export function cliFolders(folders: ConfigFolder[]): Map<string, ConfigFolder[]> {
  const found = folders.map((folder) => within(folder, "cli.d")).flatMap((folder) =>
    namesIn(folder).map((name) => ({ name, folder: within(folder, name) }))
  );
  const names = [...new Set(found.map(({ name }) => name))].sort();
  return new Map(names.map((name) => [
    name,
    found.filter((entry) => entry.name === name).map(({ folder }) => folder),
  ]));
}

function within({ path, shown }: ConfigFolder, name: string): ConfigFolder {
  return { path: `${path}/${name}`, shown: `${shown}/${name}` };
}

function namesIn(folder: ConfigFolder): string[] {
  if (!existsSync(folder.path)) return [];
  try {
    return [...Deno.readDirSync(folder.path)]
      .filter(({ name, isDirectory, isSymlink }) =>
        (isDirectory || isSymlink) && !name.startsWith(".")
      )
      .map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    const message = `Cannot read the folder: ${messageOf(error)}`;
    throw new ConfigError([{ path: folder.shown, message }]);
  }
}
