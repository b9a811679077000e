/** A file of any size as text. */
import type { OutputText } from "../lib/output_text.ts";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a file lazily; a file that does not exist counts as empty.
 *
 * @param path The file's path.
 */
export function fileText(path: string): OutputText {
  return {
    get bytes() {
      try {
        return Deno.statSync(path).size;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return 0;
        throw error;
      }
    },
    *lines() {
      // A line may span many chunks: its parts are joined once, so that a long line stays cheap.
      let parts: string[] = [];
      for (const piece of pieces(path)) {
        const lines = piece.split("\n");
        parts.push(lines[0] ?? "");
        for (let index = 1; index < lines.length; index++) {
          yield withoutReturn(parts.join(""));
          parts = [lines[index] ?? ""];
        }
      }
      const last = parts.join("");
      if (last !== "") yield withoutReturn(last);
    },
    text: () => [...pieces(path)].join(""),
  };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function* pieces(path: string): Generator<string> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  try {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (let read = file.readSync(buffer); read !== null; read = file.readSync(buffer)) {
      yield decoder.decode(buffer.subarray(0, read), { stream: true });
    }
    yield decoder.decode();
  } finally {
    file.close();
  }
}
