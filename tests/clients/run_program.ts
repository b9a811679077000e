import type { Stage } from "./cases.ts";

/** How long a client may take in all. */
const LONGEST_MS = 240_000;

/**
 * Runs a client to its end.
 *
 * @throws where it ends with another code than 0, or not in time; with the end of what it printed
 */
export async function runProgram(
  { program, folder, env }: Stage,
  args: string[],
  more: Record<string, string> = {},
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
  if (code === 0) return told;
  const end = (text: string) => text.trim().slice(-1500);
  throw new Error(`It ended with ${code}\n${end(told.stdout)}\n${end(told.stderr)}`.trim());
}
