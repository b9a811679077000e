/** Finds processes by the home they were started with; `setsid` and renaming do not hide them. */

/** Command lines of running processes (zombies do not run) whose HOME is this folder. */
export function processesWithHome(home: string): string[] {
  const found: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const environment = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0");
      if (!environment.includes(`HOME=${home}`)) continue;
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const state = stat.slice(stat.lastIndexOf(")") + 2)[0];
      if (state === "Z" || state === "X") continue;
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      found.push(`${name} ${command.trim()}`);
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
    }
  }
  return found;
}
