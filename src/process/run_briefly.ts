/** Runs a program that is to end soon, and ends it where it does not. */
import type { Clock } from "../lib/clock.ts";
import { captureInMemory } from "./memory_capture.ts";
import type { Launcher, ProcessEnd, SpawnPlan } from "./launcher.ts";
import type { Left } from "./left.ts";

/** What to run, and its limits. */
export interface BriefRun {
  plan: SpawnPlan;
  milliseconds: number;
  /** How much of each stream is kept. */
  keptBytes: { stdout: number; stderr: number };
  /** Whether more than what is kept of standard output ends it. */
  strict?: boolean;
  /** Between asking it to end and killing it. */
  graceMs: number;
  /** Ends it early. */
  signal: AbortSignal;
}

/** How it ended, and what it printed. */
export interface BriefEnd {
  /** By itself, or why it had to be ended. */
  how: ProcessEnd | "late" | "too much" | "stopped";
  stdout: string;
  stderr: string;
  /** What could not be ended. */
  left: readonly Left[];
}

/**
 * Runs it; when this returns it has ended with all that it had started, as far as it is within reach.
 *
 * @throws what the system says where it cannot be started
 */
export async function runBriefly(
  { plan, milliseconds, keptBytes, strict = false, graceMs, signal }: BriefRun,
  { launcher, clock }: { launcher: Launcher; clock: Clock },
): Promise<BriefEnd> {
  const stdout = captureInMemory(keptBytes.stdout);
  const stderr = captureInMemory(keptBytes.stderr);
  const tooMuch = Promise.withResolvers<void>();
  const isTooMuch = () => strict && stdout.bytes > keptBytes.stdout;
  const process = launcher.launch(plan, {
    stdout,
    stderr,
    onOutput: () => isTooMuch() && tooMuch.resolve(),
  });
  const over = new AbortController();
  const late = clock.delay(milliseconds, AbortSignal.any([over.signal, signal]));
  const end = await Promise.race([process.ended, tooMuch.promise, late]);
  over.abort();
  const said = () => ({ stdout: stdout.text().text(), stderr: stderr.text().text() });
  if (end && !isTooMuch()) return { how: end, ...said(), left: end.left ?? [] };
  const left = await process.end(graceMs);
  if (left.length === 0) await process.ended;
  const how = signal.aborted ? "stopped" : isTooMuch() ? "too much" : "late";
  return { how, ...said(), left };
}
