/** Descriptors of this process that no program it starts gets to see. */
import type { Libc } from "./libc.ts";

/** The request that sets close-on-exec; it takes no further argument. */
const FIOCLEX = Deno.build.os === "darwin" ? 0x20006601n : 0x5451n;

/**
 * Keeps a descriptor from every program that is started from now on, whoever starts it. Nothing is
 * started between its opening and this, as both happen without a pause on the one thread that
 * starts programs.
 */
export function keepPrivate(libc: Libc, descriptor: number): void {
  libc.ioctl(descriptor, FIOCLEX);
}

/**
 * Opens a pipe.
 *
 * @returns The ends to read from and to write to.
 * @throws Error where no descriptors are left
 */
export function openPipe(libc: Libc): [reader: number, writer: number] {
  const ends = new Int32Array(2);
  if (libc.pipe(new Uint8Array(ends.buffer)) !== 0) {
    throw new Error("Cannot open a pipe: the system has no descriptors left");
  }
  const [reader = -1, writer = -1] = ends;
  keepPrivate(libc, reader);
  keepPrivate(libc, writer);
  return [reader, writer];
}
