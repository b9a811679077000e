/** P26, a long call must never trap its caller: the one place that waits on a caller's behalf. */
import type { Clock } from "../lib/clock.ts";
import { AimuxError } from "../lib/errors.ts";
import { within } from "../lib/within.ts";
import type { Started, ToolContext, Work } from "./tools/define_tool.ts";

/** How long a call may be without an answer or a handle: many clients give a call up at 60 s. */
export const LONGEST_HOLD_SECONDS = 55;

/** What a call needs besides its arguments. */
export interface CallParts {
  /** What the tool works with; it may still be being built. */
  context(): Promise<ToolContext>;
  clock: Clock;
  /** How long the caller wants to wait at most. */
  longestWaitSeconds?: number;
  /** How long the caller has been waiting before. */
  alreadyWaitedSeconds?: number;
}

type Anything = Record<string, unknown>;

/**
 * Does what a call asks for.
 *
 * Work of `sync_ok` has to answer. Of `async_mandatory` the finished result is returned or, once
 * `server.sync_wait_seconds` have passed since the call came, how far it is by then. Where neither
 * is there after {@linkcode LONGEST_HOLD_SECONDS}, the call fails as `timed_out`.
 *
 * @throws AimuxError
 */
export function perform(
  { work, name, given }: { work: Work<Anything, Anything>; name: string; given: Anything },
  parts: CallParts,
): Promise<Anything> {
  return work.classification === "async_mandatory"
    ? startAndWait(name, async (context) => await work.start(given, context), parts)
    : answer(name, async (context) => await work.handle(given, context), parts);
}

async function answer(
  name: string,
  handle: (context: ToolContext) => Promise<Anything>,
  { context, clock }: CallParts,
): Promise<Anything> {
  const answering = context().then(handle);
  if (await within(LONGEST_HOLD_SECONDS * 1000, answering, { clock })) return await answering;
  throw new AimuxError(
    "timed_out",
    `"${name}" did not answer within ${LONGEST_HOLD_SECONDS} seconds`,
    { hint: "What it was doing may still come about; look before you ask for it again" },
  );
}

async function startAndWait(
  name: string,
  start: (context: ToolContext) => Promise<Started<Anything>>,
  { context, clock, longestWaitSeconds = Infinity, alreadyWaitedSeconds = 0 }: CallParts,
): Promise<Anything> {
  const arrived = clock.now() - alreadyWaitedSeconds * 1000;
  const ready = context();
  const starting = ready.then(start);
  if (!await within(LONGEST_HOLD_SECONDS * 1000, starting, { clock })) {
    // It must not run on unseen when its caller was told that it did not start.
    starting.then((late) => late.cancel()).catch(() => {});
    throw new AimuxError(
      "timed_out",
      `"${name}" could not start its work within ${LONGEST_HOLD_SECONDS} seconds`,
      { hint: "Nothing was started; try again, and look into the log if it stays" },
    );
  }
  const [started, { config, signal }] = [await starting, await ready];
  const { sync_wait_seconds: most } = config.server;
  const seconds = Math.min(started.waitSeconds, most, longestWaitSeconds);
  const left = arrived + seconds * 1000 - clock.now();
  if (left > 0) {
    const ended = await waitFor(started, left, { clock, signal });
    // A call that was taken back takes its work with it; one that waited too long does not.
    if (!ended && signal.aborted) await started.cancel();
  }
  return started.payload();
}

/** Waits for the end of the work while its caller is told how it goes on. */
async function waitFor(
  { ended, follow }: Started<Anything>,
  milliseconds: number,
  options: { clock: Clock; signal: AbortSignal },
): Promise<boolean> {
  const over = new AbortController();
  const telling = follow?.(over.signal);
  try {
    return await within(milliseconds, ended, options);
  } finally {
    over.abort();
    await telling;
  }
}
