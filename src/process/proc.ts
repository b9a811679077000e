/** What `/proc` tells of a process. Empty answers where there is none or it may not be read. */

/** One process's line in `/proc/<pid>/stat`, the fields that matter here. */
interface Stat {
  pid: number;
  state: string;
  group: number;
  startTicks: string;
}

/**
 * Tells one process from a later one with the same pid: boot id and start time since boot.
 *
 * @returns undefined where the process does not exist or the system does not tell.
 */
export function startTimeOf(pid: number): string | undefined {
  const stat = readStat(pid);
  if (stat === undefined || stat.state === "Z") return undefined;
  return `${bootId()}:${stat.startTicks}`;
}

/** Whether {@linkcode startTimeOf} can tell anything here, so that "undefined" means "gone". */
export function canTellStartTimes(): boolean {
  return readStat(Deno.pid) !== undefined;
}

/** The pids of a group that still run (zombies do not), or undefined where it cannot be told. */
export function runningMembers(group: number): number[] | undefined {
  try {
    const members: number[] = [];
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const stat = readStat(Number(name));
      if (stat?.group === group && stat.state !== "Z" && stat.state !== "X") members.push(stat.pid);
    }
    return members;
  } catch {
    return undefined; // no /proc (macOS), or not all permissions
  }
}

function readStat(pid: number): Stat | undefined {
  let line: string;
  try {
    line = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  const startTicks = fields[19];
  if (state === undefined || group === undefined || startTicks === undefined) return undefined;
  return { pid, state, group: Number(group), startTicks };
}

function bootId(): string {
  try {
    return Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").slice(0, 8);
  } catch {
    return "";
  }
}
