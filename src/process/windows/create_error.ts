/** What Windows' number for a failed start means. */

const FILE_NOT_FOUND = 2;
const PATH_NOT_FOUND = 3;
const ACCESS_DENIED = 5;
const BAD_EXE_FORMAT = 193;
const FILENAME_EXCED_RANGE = 206;
const DIRECTORY = 267;

/** The error of a program that could not be started, of the kind that Deno throws for it. */
export function createError(
  code: number,
  { command, cwd }: { command: string; cwd: string },
): Error {
  switch (code) {
    case FILE_NOT_FOUND:
    case PATH_NOT_FOUND:
      return new Deno.errors.NotFound(`There is no program "${command}"`);
    case DIRECTORY:
      return new Deno.errors.NotFound(`There is no folder "${cwd}" to run it in`);
    case ACCESS_DENIED:
      return new Deno.errors.PermissionDenied(`"${command}" may not be executed (os error 5)`);
    case BAD_EXE_FORMAT:
      return new Error(`"${command}" is no program`);
    case FILENAME_EXCED_RANGE:
      return new Error("The arguments are too long for the system");
    default:
      return new Error(`The system refused to start "${command}" (os error ${code})`);
  }
}
