/** Learns how processes ended that were started past Deno. */
import { constants } from "node:os";
import type { ProcessEnd } from "../launcher.ts";
import type { Libc } from "./libc.ts";

/** Tells how children end. */
export interface Reaper {
  /** Resolves when the child has ended; it is no zombie then. Ask once for each child. */
  ended(pid: number): Promise<ProcessEnd>;
}

const WNOHANG = 1;

/** Makes a reaper; it listens for SIGCHLD as long as a child is left, and holds no thread. */
export function createReaper(libc: Libc): Reaper {
  const children = new Map<number, (end: ProcessEnd) => void>();
  return {
    ended(pid) {
      return new Promise((resolve) => {
        if (children.size === 0) Deno.addSignalListener("SIGCHLD", look);
        children.set(pid, resolve);
        // It may have ended before anybody listened.
        look();
      });
    },
  };

  function look(): void {
    const status = new Int32Array(1);
    for (const [pid, resolve] of [...children]) {
      const found = libc.waitpid(pid, new Uint8Array(status.buffer), WNOHANG);
      if (found === 0) continue;
      children.delete(pid);
      // A child that nobody can wait for has been waited for by somebody else.
      resolve(found === pid ? endOf(status[0]!) : { code: -1, signal: null });
    }
    if (children.size === 0) Deno.removeSignalListener("SIGCHLD", look);
  }
}

/**
 * Reads what `waitpid` tells: the signal in the low 7 bits, else the exit code in the next byte.
 *
 * @param status Of a process that has ended, not of one that was stopped.
 */
export function endOf(status: number): ProcessEnd {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null };
  return { code: 128 + signal, signal: nameOf(signal) };
}

function nameOf(number: number): string {
  const named = Object.entries(constants.signals).find(([, value]) => value === number);
  return named?.[0] ?? `signal ${number}`;
}
