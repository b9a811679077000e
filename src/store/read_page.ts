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

/** What pages are cut from. */
export interface Pageable {
  /** In bytes. */
  size: number;
  /** At most so many bytes from an offset; fewer where it ends. */
  read(offset: number, length: number): Uint8Array;
}

/**
 * Reads the characters whose first byte lies in `[offset, offset + limit)`. So pages join without
 * gap or overlap, whether a reader goes on at `nextOffset`, at `offset + limit`, or at `offset`
 * plus the bytes of the text. Of what is no UTF-8 each byte lies in one page, too.
 *
 * @param growing Whether more may follow: then a character that is cut off at the end is left for
 * the next page.
 */
export function cutPage(
  { size, read }: Pageable,
  offset: number,
  limit: number,
  growing = false,
): Page {
  if (offset >= size) return { text: "", totalBytes: size };
  const first = Math.max(0, offset - CONTINUATION_BYTES);
  const bytes = read(first, Math.min(offset + limit + CONTINUATION_BYTES, size) - first);
  const start = boundary(bytes, offset - first);
  const whole = growing && first + bytes.length === size ? wholeLength(bytes) : bytes.length;
  const end = Math.max(start, Math.min(boundary(bytes, offset + limit - first), whole));
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, end));
  const nextOffset = first + end;
  return { text, totalBytes: size, ...nextOffset < size && { nextOffset } };
}

/** A page of a text, as {@linkcode cutPage} cuts it. */
export function textPage(text: string, offset: number, limit: number): Page {
  const bytes = new TextEncoder().encode(text);
  const read = (at: number, length: number) => bytes.subarray(at, at + length);
  return cutPage({ size: bytes.length, read }, offset, limit);
}

/**
 * Reads a page of a file, as {@linkcode cutPage} does.
 *
 * @returns undefined where there is no such file.
 */
export function readPage(
  path: string,
  offset: number,
  limit: number,
  growing = false,
): Page | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    const { size } = file.statSync();
    return cutPage(
      { size, read: (at, length) => readAt(file, at, length) },
      offset,
      limit,
      growing,
    );
  } finally {
    file.close();
  }
}

/** The first place from here on that does not stand within a character. */
function boundary(bytes: Uint8Array, at: number): number {
  let start = at - 1;
  while (start >= 0 && at - start < CONTINUATION_BYTES && isContinuation(bytes[start])) start--;
  let end = at;
  while (end < start + lengthOf(bytes[start]) && isContinuation(bytes[end])) end++;
  return end;
}

/** The length without a last character of which bytes are missing. */
function wholeLength(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > bytes.length - CONTINUATION_BYTES && isContinuation(bytes[start])) start--;
  return start + lengthOf(bytes[start]) > bytes.length ? start : bytes.length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** How many bytes a character has that begins with this one. */
function lengthOf(first = 0): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

/** Reads at a place of a file; less where it ends. */
export function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = file.readSync(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
