/** How late this machine is: a busy one lets a program that has something to read wait its turn. */

const EVERY_MS = 20;
const REMEMBERED_MS = 1000;

/** Begins to measure; the function tells the most of the last second, in milliseconds. */
export function watchLateness(): () => number {
  let samples: { at: number; late: number }[] = [];
  let due = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const at = performance.now();
    samples = samples.filter((sample) => sample.at > at - REMEMBERED_MS);
    samples.push({ at, late: Math.max(0, at - due) });
    due = at + EVERY_MS;
  }, EVERY_MS);
  Deno.unrefTimer(timer);
  return () => Math.max(0, performance.now() - due, ...samples.map(({ late }) => late));
}
