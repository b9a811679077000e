/** A pseudo console: what Windows has for a pseudo-terminal. */
import { TERMINAL_SIZE } from "../../lib/terminal/size.ts";
import type { Kernel32 } from "./kernel32.ts";
import { openPipe } from "./pipe.ts";
import { coord } from "./structs.ts";

/** An open pseudo console. */
export interface PseudoConsole {
  handle: bigint;
  /** Gives what is shown on it. */
  output: bigint;
  /** Takes what is typed. Nothing is, but to close it would close the console. */
  keys: bigint;
}

/**
 * Opens a pseudo console of {@linkcode TERMINAL_SIZE}.
 *
 * @throws Error where the system refuses
 */
export function openPseudoConsole(kernel: Kernel32): PseudoConsole {
  const [typed, keys] = openPipe(kernel);
  const [output, shown] = openPipe(kernel);
  const handle = new BigUint64Array(1);
  const told = new Uint8Array(handle.buffer);
  const result = kernel.CreatePseudoConsole(coord(TERMINAL_SIZE), typed, shown, 0, told);
  // The console has handles of its own for its ends.
  for (const end of [typed, shown]) kernel.CloseHandle(end);
  if (result === 0) return { handle: handle[0]!, output, keys };
  for (const end of [keys, output]) kernel.CloseHandle(end);
  throw new Error(`the system has none to give (0x${(result >>> 0).toString(16)})`);
}
