/** Notices what changes of a principal's jobs, whichever server on the database runs them. */
import { answerUri, jobUri, outputUri, transcriptUri } from "../engine/job_uris.ts";
import type { Clock } from "../lib/clock.ts";
import { isFinal } from "../store/job.ts";
import type { JobSighting } from "../store/jobs.ts";
import type { Store } from "../store/store.ts";

/** How often is looked; what changes more often is told once. */
const LOOK_MS = 500;

/** What watching needs. */
export interface WatchParts {
  principal: string;
  store: Pick<Store, "jobs" | "files">;
  clock: Clock;
  /** Called with a look that failed; it is followed by the next. */
  onError(error: unknown): void;
}

/** What was last seen of a job. */
interface Seen {
  sessionId: string;
  /** Differs whenever there is something new. */
  look: string;
}

/**
 * Tells the URIs of resources whose content has changed, at most once at each look: a job's at a
 * step of its state and when it prints, its output's when it prints, and at its end all of them.
 * What there is at the call is the beginning, of which nothing is told. Until the signal aborts.
 */
export async function watchJobs(
  onChange: (uri: string) => void,
  signal: AbortSignal,
  { principal, store, clock, onError }: WatchParts,
): Promise<void> {
  let seen = new Map<string, Seen>();
  let mark = 0;
  look(() => {});
  while (!signal.aborted) {
    await clock.delay(LOOK_MS, signal);
    if (!signal.aborted) look(onChange);
  }

  function look(tell: (uri: string) => void): void {
    try {
      for (const uri of changes()) tell(uri);
    } catch (error) {
      onError(error);
    }
  }

  function changes(): Set<string> {
    const news = store.jobs.news(principal, mark);
    mark = news.mark;
    const uris = new Set<string>();
    const now = new Map<string, Seen>();
    for (const job of news.jobs) {
      const { id, sessionId, status } = job;
      const [before, look] = [seen.get(id), lookOf(job)];
      seen.delete(id);
      if (!isFinal(status)) now.set(id, { sessionId, look });
      if (before?.look === look) continue;
      uris.add(jobUri(id));
      if (!before) uris.add(transcriptUri(sessionId));
      if (printed(before?.look) !== printed(look)) uris.add(outputUri(id));
      if (isFinal(status)) addEnded(uris, id, sessionId);
    }
    // What was unfinished and is so no longer has ended, or is deleted.
    for (const [id, { sessionId }] of seen) addEnded(uris, id, sessionId);
    seen = now;
    return uris;
  }

  /** The state, who runs it, and how much is printed. */
  function lookOf({ id, status, cli }: JobSighting): string {
    const { stdout, stderr } = store.files(id);
    return `${status} ${cli} ${sizeOf(stderr)} ${sizeOf(stdout)}`;
  }
}

function addEnded(uris: Set<string>, id: string, sessionId: string): void {
  for (const uri of [jobUri(id), outputUri(id), answerUri(id)]) uris.add(uri);
  uris.add(transcriptUri(sessionId));
}

function printed(look = " 0"): string {
  return look.slice(look.lastIndexOf(" "));
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0; // nothing is printed yet
  }
}
