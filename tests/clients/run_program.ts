import type { Stage } from "./cases.ts";

/** How long a client may take in all. */
const LONGEST_MS = 240_000;

/** How a client is run. */
export interface RunOptions {
  /** Variables besides those of the stage. */
  env?: Record<string, string>;
  /** The exit codes that are no failure; the default is 0 alone. */
  codes?: readonly number[];
}

/**
 * Runs a client to its end.
 *
 * @throws where it ends with another code, or not in time; with the end of what it printed
 */
export async function runProgram(
  { program, folder, env }: Stage,
  args: string[],
  { env: more = {}, codes = [0] }: RunOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const child = new Deno.Command(program, {
    args,
    cwd: folder,
    clearEnv: true,
    env: { ...env, ...more, PATH: [env["PATH"], more["PATH"]].filter(Boolean).join(":") },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const told = {
    stdout: new TextDecoder().decode(stdout),
    stderr: new TextDecoder().decode(stderr),
  };
  if (codes.includes(code)) return told;
  const end = (text: string) => text.trim().slice(-1500);
  throw new Error(`It ended with ${code}\n${end(told.stdout)}\n${end(told.stderr)}`.trim());
}
