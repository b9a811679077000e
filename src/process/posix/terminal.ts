/** A pseudo-terminal for a program that reads nothing from it. */
import { TERMINAL_SIZE } from "../../lib/terminal/size.ts";
import { keepPrivate } from "./descriptors.ts";
import type { Libc } from "./libc.ts";

/** An open pseudo-terminal. */
export interface Terminal {
  /** Gives what is printed on it. */
  master: number;
  /** The terminal itself, to be closed when the program has it. */
  slave: number;
  /** Its name, such as `/dev/pts/3`. */
  path: string;
}

/** Where the settings stand in a `struct termios`, which differs by system. */
interface Layout {
  outputFlags: number;
  localFlags: number;
  /** Of the settings for input that is not taken by lines: least bytes, longest time. */
  least: number;
  time: number;
  /** Local flags: echo, echo of line ends, input by lines. */
  echo: number;
}

const OPOST = 1;
const LINUX: Layout = {
  outputFlags: 4,
  localFlags: 12,
  least: 17 + 6,
  time: 17 + 5,
  echo: 0o10 | 0o100 | 0o2,
};
const MACOS: Layout = {
  outputFlags: 8,
  localFlags: 24,
  least: 32 + 16,
  time: 32 + 17,
  echo: 0x8 | 0x10 | 0x100,
};

/**
 * Opens a pseudo-terminal of {@linkcode TERMINAL_SIZE} that passes on what is printed byte for
 * byte, echoes nothing, and is always at its end for who reads from it: a program that asks on it,
 * for a password for example, gets no answer at once instead of waiting for one.
 *
 * @throws Error where the system has none to give
 */
export function openTerminal(libc: Libc): Terminal {
  const ends = [new Int32Array(1), new Int32Array(1)] as const;
  const name = new Uint8Array(1024);
  const { rows, columns } = TERMINAL_SIZE;
  const size = new Uint16Array([rows, columns, 0, 0]);
  const [first, second, window] = [ends[0], ends[1], size].map(({ buffer }) =>
    new Uint8Array(buffer)
  );
  if (libc.openpty(first!, second!, name, null, window!) !== 0) {
    throw new Error("the system has none to give");
  }
  const [master, slave] = [ends[0][0]!, ends[1][0]!];
  keepPrivate(libc, master);
  keepPrivate(libc, slave);
  quiet(libc, slave);
  return { master, slave, path: new TextDecoder().decode(name.subarray(0, name.indexOf(0))) };
}

function quiet(libc: Libc, slave: number): void {
  const layout = Deno.build.os === "darwin" ? MACOS : LINUX;
  const settings = new Uint8Array(256);
  const view = new DataView(settings.buffer);
  if (libc.tcgetattr(slave, settings) !== 0) return;
  clear(layout.outputFlags, OPOST);
  clear(layout.localFlags, layout.echo);
  settings[layout.least] = 0;
  settings[layout.time] = 0;
  libc.tcsetattr(slave, 0, settings);

  /** All flags are in the low 32 bits, which come first. */
  function clear(at: number, flags: number): void {
    view.setUint32(at, view.getUint32(at, true) & ~flags, true);
  }
}
