/** What the system's number for a failed start means. */

const EPERM = 1;
const ENOENT = 2;
const E2BIG = 7;
const ENOEXEC = 8;
const EACCES = 13;
const ENOTDIR = 20;

/**
 * The error of a program that could not be started, of the kind that Deno throws for it.
 *
 * @param code The number that `posix_spawn` returned.
 */
export function spawnError(
  code: number,
  { command, cwd }: { command: string; cwd: string },
): Error {
  switch (code) {
    case ENOENT:
      return new Deno.errors.NotFound(missing(command, cwd));
    case ENOTDIR:
      return isFolder(cwd)
        ? new Deno.errors.NotFound(missing(command, cwd))
        : new Deno.errors.NotADirectory(`The folder "${cwd}" is none`);
    case EACCES:
    case EPERM:
      return new Deno.errors.PermissionDenied(
        isFolder(cwd)
          ? `"${command}" may not be executed (os error ${code})`
          : `The folder "${cwd}" may not be entered (os error ${code})`,
      );
    case ENOEXEC:
      return new Error(`"${command}" is no program and names none in its first line`);
    case E2BIG:
      return new Error("The arguments and the environment are too long for the system");
    default:
      return new Error(`The system refused to start "${command}" (os error ${code})`);
  }
}

function missing(command: string, cwd: string): string {
  if (!isFolder(cwd)) return `There is no folder "${cwd}" to run it in`;
  return exists(command)
    ? `The program that the first line of "${command}" names is not there`
    : `There is no program "${command}"`;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
