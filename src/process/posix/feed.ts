/** Writes a program's standard input. */
import type { Libc } from "./libc.ts";
import { type Poller, POLLOUT } from "./poller.ts";

/** What to write, and where to. */
export interface FeedOptions {
  libc: Libc;
  poller: Poller;
  /** The end of a pipe; it is closed when all is written, or nobody reads any more. */
  writer: number;
  text: string;
}

/** An input that is being written. */
export interface Feed {
  /** Gives up what is not written yet. */
  close(): Promise<void>;
}

/** A pipe that can be written to takes at least this much without waiting (PIPE_BUF). */
const CHUNK_BYTES = Deno.build.os === "linux" ? 4096 : 512;

/** Begins to write. */
export function feed({ libc, poller, writer, text }: FeedOptions): Feed {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let closed: Promise<void> | undefined;
  const watch = poller.watch(writer, POLLOUT, write);
  return { close };

  function write(found: number): void {
    let events = found;
    while ((events & POLLOUT) !== 0 && at < bytes.length) {
      const chunk = bytes.subarray(at, at + CHUNK_BYTES);
      const count = Number(libc.write(writer, chunk, BigInt(chunk.length)));
      if (count <= 0) return void close();
      at += count;
      events = poller.look(writer, POLLOUT);
    }
    if (at === bytes.length || (events & ~POLLOUT) !== 0) void close();
  }

  function close(): Promise<void> {
    closed ??= watch.stop().then(() => void libc.close(writer));
    return closed;
  }
}
