/** Whether files can be written that may not be there yet. */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../lib/errors.ts";

/** Why a file cannot be written, or made; undefined where it can. Makes and changes nothing. */
export function writeProblem(path: string): string | undefined {
  try {
    if (existsSync(path)) {
      Deno.openSync(path, { append: true }).close();
      return undefined;
    }
    let folder = dirname(path);
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
    if (!Deno.statSync(folder).isDirectory) return `"${folder}" is not a folder`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    // Without --allow-sys it cannot be asked; then the first write tells.
    return error instanceof Deno.errors.NotCapable ? undefined : messageOf(error);
  }
}
