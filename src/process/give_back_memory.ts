/** Memory that a burst of work took, for the system to have again. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openLibrary } from "./library.ts";

/** Of glibc alone. */
const FUNCTIONS = { malloc_trim: { parameters: ["usize"], result: "i32" } } as const;

let collect: (() => void) | undefined;
let trim: (() => void) | undefined;

/**
 * Collects garbage, and gives what is free then to the system, as far as either can be asked for
 * here. It holds the program up for as long as a collection takes, so it is for quiet moments: left
 * to themselves V8 and the C library keep what they have, since they do not know that it was a burst.
 */
export function giveBackMemory(): void {
  (collect ??= collector())();
  (trim ??= trimmer())();
}

/** The older ones of the runtimes that aimux runs on have no way to it. */
function collector(): () => void {
  try {
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    return () => gc();
  } catch {
    return () => {};
  }
}

function trimmer(): () => void {
  try {
    const { malloc_trim } = openLibrary(FUNCTIONS);
    return () => void malloc_trim(0n);
  } catch {
    return () => {};
  }
}
