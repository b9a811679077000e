/** Processes that could not be ended: they are remembered, told, and tried again. */
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Left } from "../process/left.ts";
import type { Signals } from "../process/signals.ts";
import { startTimeOf } from "../process/start_time.ts";
import type { Job } from "../store/job.ts";
import type { Leftover, LeftoverTable } from "../store/leftovers.ts";
import type { Store } from "../store/store.ts";
import { whileBusy } from "../store/while_busy.ts";

/** What is left of a job is remembered where the system tells it from a later process. */
export function recordLeft(
  left: readonly Left[],
  { id: jobId, cli }: Pick<Job, "id" | "cli">,
  { store, clock }: { store: { leftovers: LeftoverTable }; clock: Clock },
): void {
  for (const { pid, startTime } of left) {
    if (startTime === undefined) continue;
    store.leftovers.add({ pid, startTime, jobId, cli, since: clock.now() });
  }
}

/** The same, for who goes on whatever comes of it: no answer is worth less because of it. */
export async function rememberLeft(
  left: readonly Left[],
  job: Pick<Job, "id" | "cli">,
  parts: {
    store: Pick<Store, "leftovers" | "transaction">;
    clock: Clock;
    onError(error: unknown): void;
  },
): Promise<void> {
  if (left.length === 0) return;
  const { store, clock, onError } = parts;
  const record = () => store.transaction(() => recordLeft(left, job, parts));
  await whileBusy(record, { clock, tries: FEW_TRIES }).catch(onError);
}

/** The end of a job does not wait long for it. */
const FEW_TRIES = 5;

/** Those that still run. */
export function liveLeftovers(
  { leftovers }: { leftovers: Pick<LeftoverTable, "all"> },
): Leftover[] {
  return leftovers.all().filter(isStill);
}

/** Forgets those that are gone, and kills the others once more. */
export function endLeftovers(
  { store, signals, log }: {
    store: { leftovers: LeftoverTable };
    signals: Pick<Signals, "process">;
    log: Pick<Log, "info">;
  },
): void {
  for (const leftover of store.leftovers.all()) {
    if (isStill(leftover)) signals.process(leftover.pid, "SIGKILL");
    else {
      store.leftovers.remove(leftover);
      const { pid, jobId: job, cli } = leftover;
      log.info("A process that could not be ended is gone", { pid, job, cli });
    }
  }
}

function isStill({ pid, startTime }: Leftover): boolean {
  return startTimeOf(pid) === startTime;
}
