/** Keeps the beginning of what a process prints, in memory alone. */
import { outputText } from "../lib/output_text.ts";
import type { Capture } from "./capture.ts";

/** Records the first `maxBytes` of a stream and counts the rest. */
export function captureInMemory(maxBytes: number): Capture {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let lastWriteAt = 0;
  const text = () => {
    const decoder = new TextDecoder();
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
  };
  return {
    get bytes() {
      return bytes;
    },
    get lastWriteAt() {
      return lastWriteAt;
    },
    failure: undefined,
    lost: 0,
    leftOut: 0,
    write(chunk) {
      // A copy: the caller may use its memory again.
      if (bytes < maxBytes) chunks.push(chunk.slice(0, maxBytes - bytes));
      bytes += chunk.length;
      lastWriteAt = Date.now();
    },
    tail: text,
    text: () => outputText(text()),
    close() {},
  };
}
