import type { ConfigFolder } from "./folders.ts";

/**
 * The folders of each CLI, lowest layer first; the CLIs by name.
 *
 * Says only which CLIs are described, not whether their profiles are sound: that needs each profile
 * to be read.
 */
export function cliFolders(folders: ConfigFolder[]): Map<string, ConfigFolder[]> {
  const found = folders.flatMap(({ path, shown }) =>
    namesIn(`${path}/cli.d`).map((name) => ({
      name,
      folder: { path: `${path}/cli.d/${name}`, shown: `${shown}/cli.d/${name}` },
    }))
  );
  const names = [...new Set(found.map(({ name }) => name))].sort();
  return new Map(names.map((name) => [
    name,
    found.filter((entry) => entry.name === name).map(({ folder }) => folder),
  ]));
}

function namesIn(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)]
      .filter(({ name, isDirectory, isSymlink }) =>
        (isDirectory || isSymlink) && !name.startsWith(".")
      )
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
