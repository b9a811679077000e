/** Keeps what a process prints: on disk as it comes, in memory only a bounded beginning and end. */
import { type OutputText, outputText } from "../lib/output_text.ts";
import { fileText } from "./file_text.ts";
import { createOutputFile, omission } from "./output_file.ts";

/** Output up to this size is also held in memory, so that a short run is never read back. */
const HELD_BYTES = 256 * 1024;
/** How much of the end is held, for progress lines and error messages. */
const TAIL_BYTES = 16 * 1024;

/** What the disk does not take is held up to this size, so that a full disk costs no answer. */
const HELD_BACK_BYTES = 16 * 1024 * 1024;
/** How often a disk that did not take it is tried again. */
const RETRY_MS = 1000;

/** One stream of a process while it is being recorded. */
export interface Capture {
  readonly bytes: number;
  /** When the last byte came, in milliseconds since the epoch; 0 before. */
  readonly lastWriteAt: number;
  /** Records a chunk; the caller may use its memory again. After `close` it only counts. */
  write(chunk: Uint8Array): void;
  /** The last characters printed, at most about 16,000. */
  tail(): string;
  /** All that was recorded; complete once it is closed. */
  text(): OutputText;
  /** Why not all of it is on disk; undefined where it is. */
  readonly failure: unknown;
  /** How many bytes are neither on disk nor in memory because of that. */
  readonly lost: number;
  /** How many bytes of the middle were left out since there was too much; known once it is closed. */
  readonly leftOut: number;
  close(): void;
}

/**
 * Records one stream into a file that is created, with mode 0600, when the first byte comes.
 *
 * @param path Where to; its folder must exist.
 * @param options.onWrite Called after each chunk.
 * @param options.now The time, by default the machine's.
 * @param options.maxBytes The most that the file takes; of more the middle is left out.
 */
export function captureTo(
  path: string,
  { onWrite, now = Date.now, maxBytes = Infinity }: {
    onWrite?: () => void;
    now?: () => number;
    maxBytes?: number;
  } = {},
): Capture {
  const file = createOutputFile(path, maxBytes);
  let failure: unknown;
  let closed = false;
  let bytes = 0;
  let lastWriteAt = 0;
  let held: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(0);
  let tail = new Uint8Array(0);
  /** What came since the disk took no more. */
  const back: Uint8Array[] = [];
  let backBytes = 0;
  let lost = 0;
  let leftOut = 0;
  let triedAt = 0;

  function record(chunk: Uint8Array): void {
    if (closed) return;
    if (failure !== undefined && now() - triedAt >= RETRY_MS) tryAgain();
    if (failure !== undefined) return holdBack(chunk);
    const appended = file.append(chunk);
    if (appended.written === chunk.length) return;
    failure = appended.failure;
    triedAt = now();
    holdBack(chunk.subarray(appended.written));
  }

  /** The end is worth more than the middle: there stands the answer. */
  function holdBack(chunk: Uint8Array): void {
    back.push(chunk.slice());
    backBytes += chunk.length;
    while (backBytes > HELD_BACK_BYTES && back.length > 1) {
      const { length } = back.shift()!;
      backBytes -= length;
      lost += length;
    }
  }

  function tryAgain(): void {
    triedAt = now();
    // Once something is lost, what follows must not look as if it came right after.
    if (lost > 0) return;
    while (back.length > 0) {
      const { written, failure: again } = file.append(back[0]!);
      backBytes -= written;
      if (written < back[0]!.length) {
        back[0] = back[0]!.subarray(written);
        failure = again;
        return;
      }
      back.shift();
    }
    failure = undefined;
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
    get lost() {
      return held === undefined ? lost : 0;
    },
    get leftOut() {
      return leftOut;
    },
    write(chunk) {
      record(chunk);
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
    text() {
      if (held) return outputText(new TextDecoder().decode(held.subarray(0, bytes)));
      const gap = lost > 0 ? [new TextEncoder().encode(omission(lost))] : [];
      return fileText(path, [...gap, ...back]);
    },
    close() {
      if (closed) return;
      if (failure !== undefined) tryAgain();
      closed = true;
      try {
        leftOut = file.close();
      } catch (error) {
        failure ??= error;
        lost++; // how much of it is of no account
      }
    },
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
