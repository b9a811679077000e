/** Paths as people write them in a configuration. */
import { join, resolve } from "node:path";

/** Makes a path absolute: `~` stands for the home folder, a relative path begins at `base`. */
export function expandPath(path: string, base: string, home: string): string {
  if (path === "~") return home;
  if (/^~[/\\]/.test(path)) return join(home, path.slice(2));
  return resolve(base, path);
}
