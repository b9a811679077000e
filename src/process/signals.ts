/** Signals to whole process groups, by the best means that the granted permissions leave. */
import { openLibrary } from "./library.ts";
import { type JobObject, openJobKernel, takeIntoJob } from "./windows/job_object.ts";

/** The signals that end a process. */
export type EndSignal = "SIGTERM" | "SIGKILL";
/** Those that are sent: also what stops a process, and makes it go on. */
export type Signal = EndSignal | "SIGSTOP" | "SIGCONT";

/** How far a signal reaches. */
export interface Signals {
  /** `group`: a child and what it started; `child`: only the child itself. */
  readonly reach: "group" | "child";
  /** Signals every member of a group; false when there is none left. */
  group(leader: number, signal: Signal): boolean;
  /** Signals one process; false when there is none. */
  process(pid: number, signal: Signal): boolean;
  /** Whether the group has a member, zombies included where the system cannot tell. */
  groupExists(leader: number): boolean;
  /**
   * On Windows, which has no groups: keeps a process that was started a moment ago together with
   * all that it starts.
   */
  hold?(pid: number): JobObject | undefined;
}

/** The numbers of the signals. */
export const SIGNAL_NUMBERS: Record<Signal, number> = {
  SIGTERM: 15,
  SIGKILL: 9,
  SIGSTOP: Deno.build.os === "darwin" ? 17 : 19,
  SIGCONT: Deno.build.os === "darwin" ? 19 : 18,
};

/**
 * Chooses the means. `Deno.kill` needs the run permission without a list; with a list the C
 * library's `kill`, through FFI, does the same; without either only direct children can be ended.
 * Windows' job objects need FFI.
 */
export function chooseSignals(): Signals {
  if (Deno.build.os === "windows") return jobObjects();
  if (granted({ name: "run" })) return denoSignals;
  return granted({ name: "ffi" }) ? libcSignals() : childOnly;
}

function granted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

const childOnly: Signals = {
  reach: "child",
  group: () => false,
  process: () => false,
  groupExists: () => false,
};

function jobObjects(): Signals {
  try {
    const kernel = openJobKernel();
    return { ...childOnly, reach: "group", hold: (pid) => takeIntoJob(kernel, pid) };
  } catch {
    return childOnly; // no permission for FFI
  }
}

const denoSignals: Signals = {
  reach: "group",
  group: (leader, signal) => tolerant(() => Deno.kill(-leader, signal)),
  process: (pid, signal) => tolerant(() => Deno.kill(pid, signal)),
  // Signal 0 only asks; Deno passes numbers through though its type names none but real signals.
  groupExists: (leader) => tolerant(() => Deno.kill(-leader, 0 as unknown as Deno.Signal)),
};

/** False where the group is gone; an error of permission means that it exists all the same. */
function tolerant(signal: () => void): boolean {
  try {
    signal();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return true;
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Error && /ESRCH|No such process/i.test(error.message)) return false;
    throw error;
  }
}

function libcSignals(): Signals {
  let kill: (pid: number, signal: number) => number;
  try {
    kill = openLibrary({ kill: { parameters: ["i32", "i32"], result: "i32" } }).kill;
  } catch {
    return childOnly; // a system with another C library
  }
  return {
    reach: "group",
    group: (leader, signal) => kill(-leader, SIGNAL_NUMBERS[signal]) === 0,
    process: (pid, signal) => kill(pid, SIGNAL_NUMBERS[signal]) === 0,
    groupExists: (leader) => kill(-leader, 0) === 0,
  };
}
