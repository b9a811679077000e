/** Pages of a text file, cut at whole characters. */

/** One page. */
export interface Page {
  text: string;
  /** Where the next page begins; absent at the end. */
  nextOffset?: number;
  totalBytes: number;
}

/** The most bytes of one character in UTF-8, less its first. */
const CONTINUATION_BYTES = 3;

/**
 * Reads the characters whose first byte lies in `[offset, offset + limit)`. So pages join without
 * gap or overlap, whether a reader goes on at `nextOffset`, at `offset + limit`, or at `offset`
 * plus the bytes of the text.
 *
 * @returns undefined where there is no such file.
 */
export function readPage(path: string, offset: number, limit: number): Page | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    const { size } = file.statSync();
    if (offset >= size) return { text: "", totalBytes: size };
    file.seekSync(offset, Deno.SeekMode.Start);
    const bytes = readFully(file, Math.min(limit + CONTINUATION_BYTES, size - offset));
    const start = offset === 0 ? 0 : continuations(bytes, 0);
    const end = limit >= bytes.length ? bytes.length : limit + continuations(bytes, limit);
    const text = new TextDecoder().decode(bytes.subarray(start, end));
    const nextOffset = offset + end;
    return { text, totalBytes: size, ...nextOffset < size && { nextOffset } };
  } finally {
    file.close();
  }
}

/** How many continuation bytes stand at a place, at most those of one character. */
function continuations(bytes: Uint8Array, at: number): number {
  let count = 0;
  while (count < CONTINUATION_BYTES && ((bytes[at + count] ?? 0) & 0xc0) === 0x80) count++;
  return count;
}

function readFully(file: Deno.FsFile, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = file.readSync(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
