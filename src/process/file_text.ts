/** A file of any size as text. */
import type { OutputText } from "../lib/output_text.ts";

const CHUNK_BYTES = 256 * 1024;
/** A longer line comes in parts of about so many characters; an answer may be one line of JSON. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Reads a file lazily; a file that does not exist counts as empty.
 *
 * @param path The file's path.
 * @param more What comes after it.
 * @param longestLine A line of more characters comes in parts.
 */
export function fileText(
  path: string,
  more: readonly Uint8Array[] = [],
  longestLine: number = LONGEST_LINE,
): OutputText {
  const pieces = () => decoded([() => fileChunks(path), () => more]);
  return {
    get bytes() {
      return more.reduce((sum, { length }) => sum + length, sizeOf(path));
    },
    *lines() {
      // A line may span many chunks: its parts are joined once, so that a long line stays cheap.
      let parts: string[] = [];
      let length = 0;
      for (const piece of pieces()) {
        const lines = piece.split("\n");
        parts.push(lines[0] ?? "");
        length += lines[0]!.length;
        for (let index = 1; index < lines.length; index++) {
          yield withoutReturn(parts.join(""));
          parts = [lines[index] ?? ""];
          length = parts[0]!.length;
        }
        if (length < longestLine) continue;
        yield parts.join("");
        [parts, length] = [[], 0];
      }
      const last = parts.join("");
      if (last !== "") yield withoutReturn(last);
    },
    pieces,
    text: () => [...pieces()].join(""),
  };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function* decoded(sources: (() => Iterable<Uint8Array>)[]): Generator<string> {
  const decoder = new TextDecoder();
  for (const chunks of sources) {
    for (const chunk of chunks()) yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** The same memory each time: what is read must be used before the next. */
function* fileChunks(path: string): Generator<Uint8Array> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (let read = file.readSync(buffer); read !== null; read = file.readSync(buffer)) {
      yield buffer.subarray(0, read);
    }
  } finally {
    file.close();
  }
}
