/** Keeps what a process prints: on disk as it comes, in memory only a bounded beginning and end. */
import { type OutputText, outputText } from "../lib/output_text.ts";
import { fileText } from "./file_text.ts";

/** Output up to this size is also held in memory, so that a short run is never read back. */
const HELD_BYTES = 256 * 1024;
/** How much of the end is held, for progress lines and error messages. */
const TAIL_BYTES = 16 * 1024;

/** One stream of a process while it is being recorded. */
export interface Capture {
  readonly bytes: number;
  /** When the last byte came, in milliseconds since the epoch; 0 before. */
  readonly lastWriteAt: number;
  /**
   * Records a chunk; the caller may use its memory again. After a failed write, of which `failure`
   * tells, and after `close` it only counts.
   */
  write(chunk: Uint8Array): void;
  /** The last characters printed, at most about 16,000. */
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
 * @param options.onWrite Called after each chunk.
 * @param options.now The time, by default the machine's.
 */
export function captureTo(
  path: string,
  { onWrite, now = Date.now }: { onWrite?: () => void; now?: () => number } = {},
): Capture {
  let file: Deno.FsFile | undefined;
  let failure: unknown;
  let closed = false;
  let bytes = 0;
  let lastWriteAt = 0;
  let held: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(0);
  let tail = new Uint8Array(0);

  function toDisk(chunk: Uint8Array): void {
    if (closed || failure !== undefined) return;
    try {
      file ??= Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
      for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
    } catch (error) {
      failure = error;
    }
  }

  /** Copies: a chunk of a few bytes is often a view of a large buffer, which it would keep. */
  function hold(chunk: Uint8Array): void {
    const size = bytes + chunk.length;
    if (held === undefined || size > HELD_BYTES) {
      held = undefined;
      return;
    }
    if (size > held.length) {
      const larger = new Uint8Array(Math.max(size, Math.min(2 * held.length, HELD_BYTES)));
      larger.set(held);
      held = larger;
    }
    held.set(chunk, bytes);
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
      hold(chunk);
      bytes += chunk.length;
      lastWriteAt = now();
      tail = chunk.length >= TAIL_BYTES
        ? chunk.slice(-TAIL_BYTES)
        : concat(tail.subarray(Math.max(0, tail.length + chunk.length - TAIL_BYTES)), chunk);
      onWrite?.();
    },
    tail() {
      if (bytes <= tail.length) return new TextDecoder().decode(tail);
      // The end of a character that was cut is no text, and that of a word could be of a secret,
      // which nobody would know.
      const start = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
      return new TextDecoder().decode(tail.subarray(start)).replace(/^[!-~]{1,2000}(?=\s)/, "");
    },
    text: () =>
      held ? outputText(new TextDecoder().decode(held.subarray(0, bytes))) : fileText(path),
    close() {
      closed = true;
      file?.close();
      file = undefined;
    },
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
