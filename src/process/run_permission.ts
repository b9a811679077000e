/** The permission to run a program, for ways to start one that Deno does not see. */

/** Variables that change what a program is made of. */
const LOADER = /^(?:LD_|DYLD_)/;

/**
 * Makes sure that Deno itself would start this program.
 *
 * @throws Deno.errors.NotCapable where it would not
 */
export function assertMayRun(
  { command, env }: { command: string; env: Readonly<Record<string, string>> },
): void {
  if (!granted({ name: "run", command })) {
    throw new Deno.errors.NotCapable(`Requires run access to "${command}" (--allow-run)`);
  }
  const loader = Object.keys(env).find((name) => LOADER.test(name));
  if (loader !== undefined && !granted({ name: "run" })) {
    throw new Deno.errors.NotCapable(
      `Requires run access without a list to set "${loader}" for "${command}" (--allow-run)`,
    );
  }
}

function granted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}
