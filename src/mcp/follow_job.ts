/** Waits for a job on behalf of a call, and tells the caller how far it is. */
import { isFinal, type Job } from "../store/job.ts";
import type { ProgressSink } from "./progress_sink.ts";
import type { ToolContext } from "./tools/define_tool.ts";

/** Lines come at most this often; between two of them only the newest counts. */
const COALESCE_MS = 300;

/** What following needs of a tool's context. */
export type FollowParts = Pick<
  ToolContext,
  "engine" | "store" | "clock" | "config" | "signal" | "progress"
>;

/**
 * Waits until the job has ended, at most so many seconds, and returns it as it then is. Meanwhile
 * its progress is told; when this returns, all that was told has been sent.
 */
export async function followJob(job: Job, seconds: number, parts: FollowParts): Promise<Job> {
  const { engine, signal } = parts;
  const over = new AbortController();
  const telling = tellProgress(job, over.signal, parts);
  try {
    return await engine.settled(job, { seconds, signal });
  } finally {
    over.abort();
    await telling;
  }
}

/**
 * Tells a caller that asked for it each new readable line of a job's output, and at every heartbeat
 * what runs, how long, and what it printed last. Resolves once the signal has aborted and all that
 * was told has been sent.
 */
export async function tellProgress(
  job: Job,
  over: AbortSignal,
  parts: FollowParts,
): Promise<void> {
  const { progress } = parts;
  if (!progress) return;
  await Promise.all([
    tellLines(job, progress, over, parts),
    tellHeartbeats(job, progress, over, parts),
  ]);
}

async function tellLines(
  job: Job,
  sink: ProgressSink,
  over: AbortSignal,
  { engine, store, clock }: FollowParts,
): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const wake = () => changed.resolve();
  over.addEventListener("abort", wake, { once: true });
  engine.onProgress(job, wake, over);
  let told: string | undefined;
  while (!over.aborted) {
    const line = engine.progress(store.jobs.find(job.id) ?? job)?.line;
    if (line !== undefined && line !== told) {
      told = line;
      await sink.tell(line);
      await clock.delay(COALESCE_MS, over);
      continue;
    }
    await changed.promise;
    changed = Promise.withResolvers();
  }
}

async function tellHeartbeats(
  job: Job,
  sink: ProgressSink,
  over: AbortSignal,
  { engine, store, clock, config }: FollowParts,
): Promise<void> {
  for (;;) {
    await clock.delay(config.server.progress_interval_seconds * 1000, over);
    if (over.aborted) return;
    const now = store.jobs.find(job.id);
    if (now && !isFinal(now.status)) await sink.tell(heartbeat(now, engine, clock.now()));
  }
}

/** What runs, for how long, and what it printed last. */
function heartbeat(job: Job, engine: FollowParts["engine"], now: number): string {
  if (job.status === "queued") {
    const { place = 1, startsInSeconds: estimate } = engine.waitOf(job.id) ?? {};
    const soon = estimate === undefined ? "" : `; it starts in about ${duration(estimate * 1000)}`;
    const waited = duration(now - job.createdAt);
    return `${job.cli} waits at place ${place} of the queue, for ${waited} now${soon}`;
  }
  const runs = `${job.cli} runs for ${duration(now - (job.startedAt ?? job.createdAt))}`;
  const { line, lastOutputAt } = engine.progress(job) ?? {};
  if (lastOutputAt === undefined) return `${runs}; no output yet`;
  const last = `${runs}; last output ${duration(now - lastOutputAt)} ago`;
  return line === undefined ? last : `${last}: ${line}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
