/** Reads what a program prints on a terminal. */
import type { Libc } from "./libc.ts";
import { type Poller, POLLIN } from "./poller.ts";

/** What to read, and where to. */
export interface TerminalReaderOptions {
  libc: Libc;
  poller: Poller;
  /** The terminal's master; the reader closes it. */
  master: number;
  /** The chunk's memory is used again. */
  onChunk(chunk: Uint8Array): void;
}

/** A terminal that is being read. */
export interface TerminalReader {
  /** Resolves when everybody who could print on the terminal has closed it, and all is read. */
  readonly drained: Promise<void>;
  /** Reads what is there and closes the terminal. */
  close(): Promise<void>;
}

const CHUNK_BYTES = 64 * 1024;
/** How many chunks are read before somebody else gets a turn. */
const CHUNKS_A_TURN = 64;
/** More than any system holds back. */
const LAST_CHUNKS = 1024;

/** Begins to read. */
export function readTerminal(
  { libc, poller, master, onChunk }: TerminalReaderOptions,
): TerminalReader {
  const { promise: drained, resolve } = Promise.withResolvers<void>();
  const buffer = new Uint8Array(CHUNK_BYTES);
  let over = false;
  const watch = poller.watch(master, POLLIN, (events) => read(events, CHUNKS_A_TURN));

  return {
    drained,
    async close() {
      await watch.stop();
      if (!over) read(poller.look(master, POLLIN), LAST_CHUNKS);
      libc.close(master);
    },
  };

  function read(found: number, most: number): void {
    let events = found;
    for (let chunks = 0; chunks < most && (events & POLLIN) !== 0; chunks++) {
      const count = Number(libc.read(master, buffer, BigInt(buffer.length)));
      if (count <= 0) return finish();
      onChunk(buffer.subarray(0, count));
      events = poller.look(master, POLLIN);
    }
    // Hung up, and nothing left to read.
    if (events !== 0 && (events & POLLIN) === 0) finish();
  }

  function finish(): void {
    over = true;
    void watch.stop();
    resolve();
  }
}
