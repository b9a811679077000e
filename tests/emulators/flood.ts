/** Output in bulk. */
import { write } from "./output.ts";

const LAST = "flood end ";

/** How much, in lines of which length. */
export interface FloodSize {
  bytes: number;
  line: number;
}

/** Prints the flood in large buffers. */
export function flood(to: "stdout" | "stderr", size: FloodSize): void {
  const line = fill("flood ", size.line);
  const lines = Math.max(0, Math.ceil(size.bytes / size.line) - 1);
  const perChunk = Math.max(1, Math.floor(2 ** 20 / size.line));
  const chunk = new TextEncoder().encode(line.repeat(perChunk));
  for (let left = lines; left > 0; left -= perChunk) {
    write(to, left >= perChunk ? chunk : chunk.subarray(0, left * size.line));
  }
  write(to, lastLine(size, lines));
}

/** The same flood as one text, without the final line feed. */
export function floodText(size: FloodSize): string {
  const lines = Math.max(0, Math.ceil(size.bytes / size.line) - 1);
  return fill("flood ", size.line).repeat(lines) + lastLine(size, lines).trimEnd();
}

function lastLine({ bytes, line }: FloodSize, before: number): string {
  return fill(LAST, Math.max(LAST.length + 1, bytes - before * line));
}

function fill(start: string, length: number): string {
  return start.padEnd(length - 1, "x").slice(0, length - 1) + "\n";
}
