/** Looks at a job as it runs, and shows what is new of it. */
import type { AppParts } from "../../app.ts";
import type { Job } from "../../store/job.ts";
import type { View } from "./view.ts";

/** Between two looks; a CLI may print faster than anybody reads. */
const PAUSE_MS = 50;
/** How often the place in the queue is looked up, of which nothing tells. */
const QUEUE_LOOK_MS = 1000;

/** Feeds a view until the signal aborts; then once more, with the last lines. */
export async function watchJob(
  job: Job,
  view: View,
  { engine, store, clock }: AppParts,
  over: AbortSignal,
): Promise<void> {
  const newLines = engine.followLines(job);
  let changed = Promise.withResolvers<void>();
  const wake = () => changed.resolve();
  over.addEventListener("abort", wake, { once: true });
  engine.onProgress(job, wake, over);
  for (;;) {
    const now = store.jobs.find(job.id) ?? job;
    const newest = engine.progress(now)?.line;
    const place = now.status === "queued" ? engine.waitOf(job.id)?.place : undefined;
    view.show({
      job: now,
      lines: newLines(),
      ...newest !== undefined && { newest },
      ...place !== undefined && { place },
    });
    if (over.aborted) return;
    if (now.status === "queued") void clock.delay(QUEUE_LOOK_MS, over).then(wake);
    await changed.promise;
    await clock.delay(PAUSE_MS, over);
    changed = Promise.withResolvers();
  }
}
