/** A file that grows with the output of a process, up to a bound: then its middle is left out. */
import { basename, dirname } from "node:path";

/** A file that is being written. */
export interface OutputFile {
  /** Appends as much as the disk takes. */
  append(chunk: Uint8Array): Appended;
  /**
   * Makes one file of what was written.
   *
   * @returns How many bytes were left out of it.
   */
  close(): number;
}

/** What became of a chunk. */
export interface Appended {
  /** How many of its bytes are on disk. */
  written: number;
  /** Why the others are not. */
  failure?: unknown;
}

/**
 * Makes a file, with mode 0600, when the first byte comes. Its first half is the beginning of the
 * output. What follows goes into parts of a quarter each, of which the last two are kept, and
 * joined to the file when it is closed.
 *
 * @param maxBytes How much of the disk it takes at most.
 */
export function createOutputFile(path: string, maxBytes: number): OutputFile {
  const [headBytes, partBytes] = [Math.ceil(maxBytes / 2), Math.ceil(maxBytes / 4)];
  const parts: string[] = [];
  let file: Deno.FsFile | undefined;
  let room = 0;
  let offset = 0;

  return {
    append(chunk) {
      let written = 0;
      try {
        while (written < chunk.length) {
          if (file === undefined || room === 0) next();
          const count = file!.writeSync(chunk.subarray(written, written + room));
          written += count;
          room -= count;
          offset += count;
        }
        return { written };
      } catch (failure) {
        return { written, failure };
      }
    },
    close() {
      file?.close();
      file = undefined;
      return parts.length > 0 ? joinParts(path) : 0;
    },
  };

  function next(): void {
    const first = offset === 0;
    const name = first ? path : partName(path, offset);
    const opened = Deno.openSync(name, { write: true, create: true, truncate: true, mode: 0o600 });
    file?.close();
    file = opened;
    room = first ? headBytes : partBytes;
    if (first) return;
    parts.push(name);
    if (parts.length > 2) Deno.removeSync(parts.shift()!);
  }
}

/** Parts are told by where in the output they begin. */
function partName(path: string, offset: number): string {
  return `${path}.from-${offset}`;
}

/**
 * Joins the parts of a file to it, with a marker in place of what is missing; also of one that its
 * writer could not close any more.
 *
 * @returns How many bytes are missing.
 */
export function joinParts(path: string): number {
  const parts = partsOf(path);
  if (parts.length === 0) return 0;
  let missing = 0;
  const whole = Deno.openSync(path, { append: true });
  try {
    let end = whole.statSync().size;
    for (const { name, offset } of parts) {
      if (offset > end) {
        missing += offset - end;
        writeAll(whole, new TextEncoder().encode(omission(offset - end)));
      }
      end = offset + copyTo(whole, name);
      Deno.removeSync(name);
    }
    return missing;
  } finally {
    whole.close();
  }
}

function partsOf(path: string): { name: string; offset: number }[] {
  const [folder, prefix] = [dirname(path), `${basename(path)}.from-`];
  return Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name: `${folder}/${name}`, offset: Number(name.slice(prefix.length)) }))
    .sort((one, other) => one.offset - other.offset);
}

/** What stands in place of so many bytes. */
export function omission(bytes: number): string {
  return `\n[… ${bytes} bytes left out …]\n`;
}

const COPIED_BYTES = 256 * 1024;

/** @returns How many bytes that were. */
function copyTo(whole: Deno.FsFile, name: string): number {
  const part = Deno.openSync(name);
  try {
    const buffer = new Uint8Array(COPIED_BYTES);
    let copied = 0;
    for (let read = part.readSync(buffer); read !== null; read = part.readSync(buffer)) {
      writeAll(whole, buffer.subarray(0, read));
      copied += read;
    }
    return copied;
  } finally {
    part.close();
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
