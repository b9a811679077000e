/** Files and folders that are for the user alone. */
import { basename, dirname } from "node:path";
import { messageOf } from "./errors.ts";

/** What a folder of aimux's own is called. */
const OWN = "aimux";

/**
 * Makes the folder of a file, mode 0700, with its parents. One that is there already is narrowed
 * to that where it is called `aimux`; any other, such as a home folder, stays as its owner wants it.
 *
 * @returns What went wrong with narrowing it.
 */
export function makePrivateFolderOf(path: string): string | undefined {
  const folder = dirname(path);
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return basename(folder) === OWN ? narrow(folder, 0o700) : undefined;
}

/**
 * Takes from a file or folder what others may do with it. Where it does not exist, and on systems
 * without such modes, nothing happens.
 *
 * @param mode What is left, at most.
 * @returns What went wrong.
 */
export function narrow(path: string, mode: 0o600 | 0o700): string | undefined {
  try {
    const { mode: found } = Deno.statSync(path);
    if (Deno.build.os !== "windows" && found !== null && (found & 0o777 & ~mode) !== 0) {
      Deno.chmodSync(path, found & mode);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return `Others may read "${path}", and that cannot be changed: ${messageOf(error)}`;
  }
}
