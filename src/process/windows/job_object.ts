/**
 * Windows' job objects, through FFI: what a member starts is a member, and all of them end with the
 * last handle, so also with the program that holds it. Tested with a stand-in for Windows alone: it
 * has not been run there.
 */
import { openLibrary } from "../library.ts";

/** A handle is a number here (`usize`); 0 stands for none. */
const FUNCTIONS = {
  CreateJobObjectW: { parameters: ["pointer", "pointer"], result: "usize" },
  SetInformationJobObject: { parameters: ["usize", "i32", "buffer", "u32"], result: "i32" },
  QueryInformationJobObject: {
    parameters: ["usize", "i32", "buffer", "u32", "pointer"],
    result: "i32",
  },
  AssignProcessToJobObject: { parameters: ["usize", "usize"], result: "i32" },
  TerminateJobObject: { parameters: ["usize", "u32"], result: "i32" },
  OpenProcess: { parameters: ["u32", "i32", "u32"], result: "usize" },
  CloseHandle: { parameters: ["usize"], result: "i32" },
} as const;

/** The functions of kernel32. */
export type JobKernel = Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"];

/** A process with all that it has started since it was taken in. */
export interface JobObject {
  /** Ends every member. */
  terminate(): void;
  /** The pids of members that run. */
  members(): number[];
  /** Lets go of it, which ends what is left; the rest does nothing from then on. */
  close(): void;
}

const BASIC_PROCESS_ID_LIST = 3;
const EXTENDED_LIMIT_INFORMATION = 9;
const EXTENDED_LIMIT_BYTES = 144;
const LIMIT_FLAGS_AT = 16;
const KILL_ON_JOB_CLOSE = 0x2000;
const MAY_SET_QUOTA_AND_TERMINATE = 0x0100 | 0x0001;
/** As many members are listed; whether there are more is not asked. */
const MOST_MEMBERS = 1024;

/**
 * Opens the functions.
 *
 * @throws Error as {@linkcode openLibrary}
 */
export function openJobKernel(): JobKernel {
  return openLibrary(FUNCTIONS);
}

/**
 * Takes in a process that was started a moment ago. What it has started before that is not a
 * member: a program needs longer than that to come to its first line.
 *
 * @returns undefined where the system refuses, as it does for a process that has ended
 */
export function takeIntoJob(kernel: JobKernel, pid: number): JobObject | undefined {
  const process = kernel.OpenProcess(MAY_SET_QUOTA_AND_TERMINATE, 0, pid);
  if (process === 0n) return undefined;
  const job = kernel.CreateJobObjectW(null, null);
  const taken = job !== 0n && endsWithHandle() &&
    kernel.AssignProcessToJobObject(job, process) !== 0;
  kernel.CloseHandle(process);
  if (!taken) {
    if (job !== 0n) kernel.CloseHandle(job);
    return undefined;
  }
  let open = true;
  return {
    terminate: () => void (open && kernel.TerminateJobObject(job, 1)),
    members: () => open ? list() : [],
    close() {
      if (open) kernel.CloseHandle(job);
      open = false;
    },
  };

  function endsWithHandle(): boolean {
    const limits = new Uint8Array(EXTENDED_LIMIT_BYTES);
    new DataView(limits.buffer).setUint32(LIMIT_FLAGS_AT, KILL_ON_JOB_CLOSE, true);
    return kernel.SetInformationJobObject(
      job,
      EXTENDED_LIMIT_INFORMATION,
      limits,
      limits.length,
    ) !== 0;
  }

  /** Two counts, then the pids, each as long as an address. */
  function list(): number[] {
    const memory = new Uint8Array(8 + MOST_MEMBERS * 8);
    kernel.QueryInformationJobObject(job, BASIC_PROCESS_ID_LIST, memory, memory.length, null);
    const view = new DataView(memory.buffer);
    const count = Math.min(view.getUint32(4, true), MOST_MEMBERS);
    return Array.from({ length: count }, (_, n) => Number(view.getBigUint64(8 + n * 8, true)));
  }
}
