import { messageOf } from "../lib/errors.ts";

/** Finds out, by opening one, why programs cannot be given a pseudo-terminal; undefined: they can. */
export async function terminalProblem(): Promise<string | undefined> {
  try {
    if (Deno.build.os === "windows") {
      (await import("./windows/kernel32.ts")).openKernel32();
      return undefined;
    }
    const libc = (await import("./posix/libc.ts")).openLibc();
    const { master, slave } = (await import("./posix/terminal.ts")).openTerminal(libc);
    libc.close(slave);
    libc.close(master);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
