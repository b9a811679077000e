/** A file that several processes append lines to, and that each of them may rotate. */
import { fstatSync } from "node:fs";
import { messageOf } from "./errors.ts";
import { makePrivateFolderOf, narrow } from "./private_files.ts";

/** What a file is, and when it is full. */
export interface SharedFileOptions {
  path: string;
  /** A line that would make the file larger goes into a new one. */
  maxBytes: number;
  /** How many full files are kept, as `path.1` (the newest) and so on. */
  keep: number;
}

/** Whole lines go in, from any number of processes. */
export interface SharedFile extends Disposable {
  /**
   * Appends lines in one piece; it is on disk when this returns.
   *
   * @throws where nothing, or not all of it, could be written; then nothing of it is left.
   */
  append(lines: string): void;
  /** What is wrong although lines can be written. */
  readonly problem: string | undefined;
}

/** How long a rotation that failed is left alone. */
const RETRY_MS = 60_000;

/**
 * Opens the file, mode 0600, at the first line.
 *
 * Every process looks before each line whether the path is still the file that it has open, so none
 * goes on in one that another has put away. Who puts it away holds a lock on it: the file itself is
 * the lock, and the one that takes its place is another.
 */
export function sharedFile({ path, maxBytes, keep }: SharedFileOptions): SharedFile {
  const encoder = new TextEncoder();
  let file: Deno.FsFile | undefined;
  let opened: Deno.FileInfo | undefined;
  let notPrivate: string | undefined;
  let notRotated: { problem: string; at: number } | undefined;

  return {
    append(lines) {
      const bytes = encoder.encode(lines);
      const size = openCurrent();
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      writeWhole(file!, bytes);
    },
    get problem() {
      return notRotated?.problem ?? notPrivate;
    },
    [Symbol.dispose]: close,
  };

  /** Makes sure that the file at the path is the open one; returns its size. */
  function openCurrent(): number {
    const there = infoOf(path);
    if (file && there && isSame(there, opened!)) return there.size;
    close();
    if (there) assertUsable(path, there);
    notPrivate = makePrivateFolderOf(path);
    file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
    notPrivate = narrow(path, 0o600) ?? notPrivate;
    opened = file.statSync();
    return opened.size;
  }

  /** Makes room, unless another process is at it; then this line still goes into the old file. */
  function rotate(): void {
    if (notRotated && Date.now() - notRotated.at < RETRY_MS) return;
    const full = file!;
    if (!lock(full)) return;
    try {
      const there = infoOf(path);
      if (there && isSame(there, opened!)) shift();
      notRotated = undefined;
    } catch (error) {
      notRotated = { problem: `Cannot rotate "${path}": ${messageOf(error)}`, at: Date.now() };
    } finally {
      full.unlockSync();
    }
    openCurrent();
  }

  /** Each full file becomes one older, up to the first gap; what is too old goes. */
  function shift(): void {
    const numbered = (n: number) => n === 0 ? path : `${path}.${n}`;
    for (let n = keep + 1; infoOf(numbered(n)); n++) Deno.removeSync(numbered(n));
    let gap = 1;
    while (gap < keep && infoOf(numbered(gap))) gap++;
    for (let n = gap; n > 0; n--) Deno.renameSync(numbered(n - 1), numbered(n));
  }

  function close(): void {
    file?.close();
    file = undefined;
  }
}

/** Older versions of Deno have only the lock that waits; it is held for a few renames. */
function lock(file: Deno.FsFile): boolean {
  if (typeof file.tryLockSync === "function") return file.tryLockSync(true);
  file.lockSync(true);
  return true;
}

/**
 * A line is there whole or not at all: of one that the disk has taken only a part of, that part is
 * taken back, unless another process has written behind it meanwhile.
 */
function writeWhole(file: Deno.FsFile, bytes: Uint8Array): void {
  let written = 0;
  try {
    while (written < bytes.length) written += file.writeSync(bytes.subarray(written));
  } catch (error) {
    if (written > 0) {
      const end = file.seekSync(0, Deno.SeekMode.Current);
      if (file.statSync().size === end) file.truncateSync(end - written);
    }
    throw error;
  }
}

/**
 * What is no file may block its writer. And the standard output belongs to the protocol, under
 * whatever name.
 */
function assertUsable(path: string, info: Deno.FileInfo): void {
  if (!info.isFile) throw new Error(`"${path}" is not a file`);
  if (info.ino !== null && info.ino === standardOutput()?.ino) {
    throw new Error(`"${path}" is the standard output`);
  }
}

function standardOutput(): { ino: number } | undefined {
  try {
    return fstatSync(1);
  } catch {
    // It was closed.
  }
}

/** Where the system tells no numbers of files, the time of creation has to do. */
function isSame(a: Deno.FileInfo, b: Deno.FileInfo): boolean {
  if (a.ino === null || b.ino === null) return a.birthtime?.getTime() === b.birthtime?.getTime();
  return a.ino === b.ino && a.dev === b.dev;
}

function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
