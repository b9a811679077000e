/** Where the program of a hook is. */
import type { Discovery } from "../../clis/discovery.ts";

/** Looks for the program of a command: by its path, or by its name as CLIs are looked for. */
export async function findProgram(
  [program = ""]: readonly string[],
  discovery: Pick<Discovery, "find">,
): Promise<{ path: string } | { problem: string }> {
  const wanted = { name: `hook ${program}`, binary: program, search_paths: [] };
  const found = await discovery.find(wanted);
  if (found.path !== undefined) return { path: found.path };
  const byPath = /[/\\]/.test(program) && !found.denied;
  return { problem: byPath ? `"${program}" is no file that can be executed` : found.reason };
}
