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

/** A table that was just read serves whoever looks in the same moment: many families end at once. */
const SAME_MOMENT_MS = 0.5;
let newest: { at: number; entries: readonly ProcessEntry[] } | undefined;

/**
 * The processes that run, in no order; zombies do not run. Whoever has signalled one of them waits
 * a millisecond before it looks.
 *
 * @param among Only those with such a pid: reading an entry takes most of the time.
 * @returns undefined where there is no `/proc` (macOS, Windows), or it may not be read.
 */
export function processTable(
  among?: (pid: number) => boolean,
): readonly ProcessEntry[] | undefined {
  if (among) return readTable(among);
  if (newest && performance.now() - newest.at < SAME_MOMENT_MS) return newest.entries;
  const entries = readTable(() => true);
  newest = entries && { at: performance.now(), entries };
  return entries;
}

function readTable(among: (pid: number) => boolean): ProcessEntry[] | undefined {
  try {
    const entries: ProcessEntry[] = [];
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name) || !among(Number(name))) continue;
      const entry = processEntry(Number(name));
      if (entry) entries.push(entry);
    }
    return entries;
  } catch {
    return undefined;
  }
}

/**
 * One process.
 *
 * @param zombies Whether one that has ended, and was not waited for yet, is told too.
 * @returns undefined where there is no such process, or the system does not tell.
 */
export function processEntry(pid: number, zombies = false): ProcessEntry | undefined {
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
  if (startTicks === undefined) return undefined;
  if (!zombies && (state === "Z" || state === "X")) return undefined;
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

/** The pid that was given last, or undefined where the system does not tell. */
export function lastPid(): number | undefined {
  try {
    return Number(Deno.readTextFileSync("/proc/loadavg").trim().split(" ").at(-1)) || undefined;
  } catch {
    return undefined;
  }
}
