/** The one text that Windows passes to a program in place of a list of arguments. */

/**
 * Writes arguments so that `CommandLineToArgvW` and the C library of almost every program read them
 * back exactly. Programs that read their command line in another way, such as `cmd.exe`, must not
 * be called with it.
 *
 * @param program Stands first; a path, which cannot hold a quote.
 */
export function commandLine(program: string, args: readonly string[]): string {
  return [`"${program}"`, ...args.map(quoted)].join(" ");
}

function quoted(arg: string): string {
  if (arg !== "" && !/[\s"]/.test(arg)) return arg;
  // Backslashes count as such, unless a quote follows them: then each of them takes two.
  const escaped = arg.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, "$&$&");
  return `"${escaped}"`;
}

/**
 * Whether a path is one of a batch file: Windows runs those by `cmd.exe`, which reads arguments as
 * commands in ways that cannot be quoted reliably.
 */
export function isBatchFile(path: string): boolean {
  // Windows leaves out dots and spaces at the end of a name.
  return /\.(?:bat|cmd)[. ]*$/i.test(path);
}
