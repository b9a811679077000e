/** The processes of this machine, as `/proc` tells them. */

/** One process. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  group: number;
  session: number;
  /** When it started, in clock ticks since boot. */
  startTicks: number;
}

/**
 * Every process that runs; zombies do not.
 *
 * @returns undefined where there is no `/proc` (macOS, Windows), or it may not be read.
 */
export function processTable(): ProcessEntry[] | undefined {
  try {
    const entries: ProcessEntry[] = [];
    for (const { name } of Deno.readDirSync("/proc")) {
      const entry = /^\d+$/.test(name) ? processEntry(Number(name)) : undefined;
      if (entry) entries.push(entry);
    }
    return entries;
  } catch {
    return undefined;
  }
}

/** One process, if it runs. */
export function processEntry(pid: number): ProcessEntry | undefined {
  let line: string;
  try {
    line = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group, session] = fields;
  const startTicks = fields[19];
  if (startTicks === undefined || state === "Z" || state === "X") return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTicks: Number(startTicks),
  };
}

/** Whether a process was started with this variable; false where that cannot be read. */
export function hasVariable(pid: number, name: string, value: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0").includes(`${name}=${value}`);
  } catch {
    return false;
  }
}
