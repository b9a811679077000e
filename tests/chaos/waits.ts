/** How long the machine lets a program wait for a processor that has something to do. */

const EVERY_MS = 50;
const REMEMBERED_MS = 30_000;

/** Tells how many milliseconds of the time since `from` (since the epoch) a program has waited. */
export type WaitedSince = (from: number) => number;

/** Watches a program until it ends; the function takes down how long it has waited so far. */
export function watchWaits(pid: number, ended: Promise<unknown>): () => WaitedSince {
  let samples: { at: number; waited: number }[] = [];
  const timer = setInterval(sample, EVERY_MS);
  void ended.then(() => clearInterval(timer));
  return () => {
    sample();
    const taken = samples;
    return (from) => {
      const before = taken.findLast(({ at }) => at <= from) ?? taken[0];
      return (taken.at(-1)?.waited ?? 0) - (before?.waited ?? 0);
    };
  };

  function sample(): void {
    const waited = waitedOf(pid);
    if (waited === undefined) return;
    const at = Date.now();
    samples = [...samples.filter((sample) => sample.at > at - REMEMBERED_MS), { at, waited }];
  }
}

/** Of its main thread, as Linux tells it in nanoseconds. */
function waitedOf(pid: number): number | undefined {
  try {
    const [, waited] = Deno.readTextFileSync(`/proc/${pid}/schedstat`).split(" ");
    return Number(waited) / 1e6;
  } catch {
    return undefined;
  }
}
