/** Why a path is no folder that commands can be about; nothing where it is one. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  const found = await Deno.stat(folder).catch(() => undefined);
  if (found?.isDirectory) return undefined;
  return found ? `cwd "${folder}" is not a folder` : `cwd "${folder}" does not exist`;
}
