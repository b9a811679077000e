/** Keeps what a process prints: on disk as it comes, in memory only a bounded beginning and end. */
import { type OutputText, outputText } from "../lib/output_text.ts";
import { fileText } from "./file_text.ts";

/** Output up to this size is also held in memory, so that a short run is never read back. */
const HELD_BYTES = 256 * 1024;
/** How much of the end is held, for progress lines and error messages. */
const TAIL_BYTES = 8 * 1024;

/** One stream of a process while it is being recorded. */
export interface Capture {
  readonly bytes: number;
  /** When the last byte came, in milliseconds since the epoch; 0 before. */
  readonly lastWriteAt: number;
  /** Records a chunk; after a failed write it only counts, and `failure` tells why. */
  write(chunk: Uint8Array): void;
  /** The last characters printed, at most about 8,000. */
  tail(): string;
  /** All that was recorded. */
  text(): OutputText;
  /** The error that a write to disk failed with. */
  readonly failure: unknown;
  close(): void;
}

/**
 * Records one stream into a file that is created, with mode 0600, when the first byte comes.
 *
 * @param path Where to; its folder must exist.
 */
export function captureTo(path: string): Capture {
  let file: Deno.FsFile | undefined;
  let failure: unknown;
  let bytes = 0;
  let lastWriteAt = 0;
  let held: Uint8Array[] | undefined = [];
  let tail = new Uint8Array(0);

  function toDisk(chunk: Uint8Array): void {
    if (failure !== undefined) return;
    try {
      file ??= Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
      for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
    } catch (error) {
      failure = error;
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    get lastWriteAt() {
      return lastWriteAt;
    },
    get failure() {
      return failure;
    },
    write(chunk) {
      toDisk(chunk);
      bytes += chunk.length;
      lastWriteAt = Date.now();
      if (bytes <= HELD_BYTES) held?.push(chunk);
      else held = undefined;
      tail = chunk.length >= TAIL_BYTES
        ? chunk.slice(-TAIL_BYTES)
        : concat([tail.subarray(Math.max(0, tail.length + chunk.length - TAIL_BYTES)), chunk]);
    },
    tail: () => new TextDecoder().decode(tail),
    text: () => held ? outputText(new TextDecoder().decode(concat(held))) : fileText(path),
    close() {
      file?.close();
      file = undefined;
    },
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
