/** Waits for descriptors, all of them on one thread, so that none is held per process. */
import { openPipe } from "./descriptors.ts";
import type { Libc } from "./libc.ts";

/** Something can be read. */
export const POLLIN = 1;
/** Something can be written. */
export const POLLOUT = 4;

/** A descriptor that is being waited for. */
export interface Watch {
  /** Resolves when nobody looks at the descriptor any more, so that it may be closed. */
  stop(): Promise<void>;
}

/** Waits for descriptors; without any it holds neither a thread nor a descriptor. */
export interface Poller {
  /**
   * @param wanted {@linkcode POLLIN} or {@linkcode POLLOUT}.
   * @param onReady Called each time that it is so, and at each error and hang-up, until stopped.
   */
  watch(descriptor: number, wanted: number, onReady: (events: number) => void): Watch;
  /** What is so right now, of one descriptor; 0 for nothing. */
  look(descriptor: number, wanted: number): number;
}

interface Watched {
  descriptor: number;
  wanted: number;
  onReady(events: number): void;
  /** Set when it is not wanted any more; resolved when the thread has let go of it. */
  stopped: PromiseWithResolvers<void> | undefined;
}

/** The size of a `struct pollfd`: descriptor, wanted, found. */
const POLLFD_BYTES = 8;
const FOREVER = -1;

/** Makes a poller. */
export function createPoller(libc: Libc): Poller {
  const watched = new Set<Watched>();
  let wake: { reader: number; writer: number } | undefined;

  return {
    watch(descriptor, wanted, onReady) {
      const entry: Watched = { descriptor, wanted, onReady, stopped: undefined };
      watched.add(entry);
      if (wake === undefined) {
        const [reader, writer] = openPipe(libc);
        wake = { reader, writer };
        void loop(reader);
      } else wakeUp();
      return {
        stop() {
          if (entry.stopped === undefined) {
            entry.stopped = Promise.withResolvers();
            wakeUp();
          }
          return entry.stopped.promise;
        },
      };
    },
    look(descriptor, wanted) {
      const [entry, view] = structs([{ descriptor, wanted }]);
      libc.poll(entry, 1n, 0);
      return view.getInt16(6, true);
    },
  };

  function wakeUp(): void {
    if (wake) libc.write(wake.writer, new Uint8Array(1), 1n);
  }

  async function loop(reader: number): Promise<void> {
    const scratch = new Uint8Array(64);
    while (watched.size > 0) {
      const entries = [...watched];
      const [memory, view] = structs([{ descriptor: reader, wanted: POLLIN }, ...entries]);
      await libc.pollAside(memory, BigInt(entries.length + 1), FOREVER);
      if (view.getInt16(6, true) !== 0) libc.read(reader, scratch, BigInt(scratch.length));
      for (const [index, entry] of entries.entries()) {
        const events = view.getInt16((index + 1) * POLLFD_BYTES + 6, true);
        if (events !== 0 && entry.stopped === undefined) entry.onReady(events);
      }
      for (const entry of entries) {
        if (entry.stopped === undefined) continue;
        watched.delete(entry);
        entry.stopped.resolve();
      }
    }
    const { writer } = wake!;
    wake = undefined;
    libc.close(reader);
    libc.close(writer);
  }
}

function structs(
  entries: { descriptor: number; wanted: number }[],
): [Uint8Array<ArrayBuffer>, DataView] {
  const memory = new Uint8Array(entries.length * POLLFD_BYTES);
  const view = new DataView(memory.buffer);
  for (const [index, { descriptor, wanted }] of entries.entries()) {
    view.setInt32(index * POLLFD_BYTES, descriptor, true);
    view.setInt16(index * POLLFD_BYTES + 4, wanted, true);
  }
  return [memory, view];
}
