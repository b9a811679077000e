/** Pipes of Windows. */
import type { Kernel32 } from "./kernel32.ts";

/**
 * Opens a pipe that no program inherits.
 *
 * @returns The ends to read from and to write to.
 * @throws Error where the system refuses
 */
export function openPipe(kernel: Kernel32): [reader: bigint, writer: bigint] {
  const reader = new BigUint64Array(1);
  const writer = new BigUint64Array(1);
  const ends = [reader, writer].map(({ buffer }) => new Uint8Array(buffer));
  if (kernel.CreatePipe(ends[0]!, ends[1]!, null, 0) === 0) {
    throw new Error(`cannot open a pipe (os error ${kernel.GetLastError()})`);
  }
  return [reader[0]!, writer[0]!];
}

/** Reads until the other end is closed, then closes this one. The chunk's memory is used again. */
export async function readPipe(
  kernel: Kernel32,
  reader: bigint,
  onChunk: (chunk: Uint8Array) => void,
): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  const count = new Uint32Array(1);
  const told = new Uint8Array(count.buffer);
  while (await kernel.readAside(reader, buffer, buffer.length, told, null) !== 0) {
    onChunk(buffer.subarray(0, count[0]));
  }
  kernel.CloseHandle(reader);
}

/** Writes a text, as much of it as is read, and closes the pipe. */
export async function writePipe(kernel: Kernel32, writer: bigint, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const count = new Uint32Array(1);
  const told = new Uint8Array(count.buffer);
  for (let at = 0; at < bytes.length; at += count[0]!) {
    const rest = bytes.subarray(at);
    if (await kernel.writeAside(writer, rest, rest.length, told, null) === 0) break;
  }
  kernel.CloseHandle(writer);
}
