/** Notices that the program that started this one is gone, although the input is still open. */
import { fstatSync } from "node:fs";
import type { Clock } from "../lib/clock.ts";

/** How often the parent is looked for: no event tells of its end. */
const LOOK_MS = 1000;

/** The parent of a process that belongs to nobody, and of one whose parent is out of sight. */
const NOBODY = [0, 1];

/** What is looked at, and when. */
export interface ParentGoneOptions {
  /** Resolves when the client has shown that it is there. */
  served: Promise<void>;
  clock: Clock;
  /** The look-out is over. */
  signal: AbortSignal;
  /** Whether the program was started to outlive its parent. */
  detached?: boolean;
  /** Tells the parent's pid; the system's by default. */
  parentPid?: () => number;
}

/**
 * Resolves when the parent has ended. A client's pipe can stay open after its end where another
 * process has inherited it; then nothing else tells that the client is gone.
 *
 * Never resolves where a parent's end means nothing: where it is init, as in a container, or a
 * launcher that has left before the client was served, and on Windows, which gives an orphan no
 * other parent.
 */
export async function parentGone(
  { served, clock, signal, detached = isDetached(), parentPid = () => Deno.ppid }:
    ParentGoneOptions,
): Promise<void> {
  const parent = parentPid();
  if (detached || NOBODY.includes(parent)) return await never();
  await served;
  if (parentPid() !== parent) return await never();
  while (parentPid() === parent) {
    await clock.delay(LOOK_MS, signal);
    if (signal.aborted) return await never();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** Clients connect by a pipe or a socket without a name; with a file, a terminal or a named pipe a person does. */
function isDetached(): boolean {
  if (Deno.build.os === "windows") return true;
  try {
    return !/^(?:pipe|socket):/.test(Deno.readLinkSync("/proc/self/fd/0"));
  } catch {
    return !isPipe();
  }
}

function isPipe(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket();
  } catch {
    return false;
  }
}
