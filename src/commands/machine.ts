/** What the program learns about where it runs. */
import { homedir } from "node:os";
import { dirname } from "node:path";

/** The machine as the program sees it. */
export interface Machine {
  env: Record<string, string>;
  home: string;
  cwd: string;
  /** The folder of the binary, where the program is one. */
  execDir?: string;
}

/** Reads it once. */
export function thisMachine(): Machine {
  const env = Deno.env.toObject();
  return {
    env,
    home: env["HOME"] ?? env["USERPROFILE"] ?? homedir(),
    cwd: Deno.cwd(),
    ...Deno.build.standalone && { execDir: dirname(Deno.execPath()) },
  };
}
