/** Which server a job belongs to, and what becomes of the jobs of a server that is gone. */
import type { Clock } from "../lib/clock.ts";
import type { Ids } from "../lib/ids.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import { joinParts } from "../process/output_file.ts";
import { endTree } from "../process/end_tree.ts";
import type { Marker } from "../process/family.ts";
import type { Left } from "../process/left.ts";
import { canTellStartTimes, startTimeOf, ticksOf } from "../process/start_time.ts";
import type { Signals } from "../process/signals.ts";
import type { Job, JobResult } from "../store/job.ts";
import type { Owner } from "../store/owners.ts";
import type { Store } from "../store/store.ts";
import { endWithCaller } from "./caller.ts";
import { readEnd, removeEnd } from "./end_file.ts";
import type { Ended } from "./hooks/telemetry.ts";
import { outputUri } from "./job_uris.ts";
import { leftWarning } from "./left_warning.ts";
import { JOB_MARKER, OWNER_MARKER } from "./marks.ts";
import { endLeftovers, recordLeft } from "./leftovers.ts";
import { redactResult } from "./redact_result.ts";
import { partialOutput } from "./answer.ts";
import { readPage } from "../store/read_page.ts";

/** A server renews its lease this often … */
const RENEW_MS = 5_000;
/** … and counts as gone when it has not for this long. */
const LEASE_MS = 30_000;

/** The servers that still run, as far as one look can tell. */
export function liveOwners(owners: readonly Owner[], now: number): Owner[] {
  const tells = canTellStartTimes();
  return owners.filter(({ pid, startTime, leaseUntil }) =>
    startTime !== undefined && tells ? startTimeOf(pid) === startTime : leaseUntil > now
  );
}

/** This server's place among those that share the database. */
export interface Ownership {
  readonly id: string;
  /** Takes over what servers that are gone have left: their jobs end as `interrupted`. */
  recover(): Promise<void>;
  /** Gives up the place; the server's jobs have ended before. */
  resign(): void;
}

/** What ownership needs. */
export interface OwnershipParts {
  store: Store;
  clock: Clock;
  ids: Ids;
  signals: Signals;
  killGraceMs: number;
  redact: Redactor;
  log: Log;
  /** Told of each job that ends here. */
  onEnd(ended: Ended): void;
  /** Called with what went wrong at a renewal, which is tried again at the next. */
  onError(error: unknown): void;
}

/** Registers this server and keeps its lease alive. */
export function takeOwnership(parts: OwnershipParts): Ownership {
  const { store, clock, ids } = parts;
  const id = ids.owner();
  const resigned = new AbortController();
  /** The lease last seen of each other server, and since when it has not changed. */
  const seen = new Map<string, { leaseUntil: number; since: number }>();
  const startTime = startTimeOf(Deno.pid);
  register();
  void renew();
  return {
    id,
    recover,
    resign() {
      resigned.abort();
      try {
        store.owners.remove(id);
      } catch (error) {
        // The next server that looks finds this one gone.
        parts.onError(error);
      }
    },
  };

  function register(): void {
    store.owners.register({ id, pid: Deno.pid, startTime, leaseUntil: clock.now() + LEASE_MS });
  }

  async function renew(): Promise<void> {
    for (;;) {
      await clock.delay(RENEW_MS, resigned.signal);
      if (resigned.signal.aborted) return;
      try {
        register();
        await recover();
        endLeftovers(parts);
      } catch (error) {
        parts.onError(error);
      }
    }
  }

  async function recover(): Promise<void> {
    const gone = store.owners.all().filter((owner) => owner.id !== id && isGone(owner));
    const unregistered = store.jobs.abandoned().filter((owner) => owner !== id);
    for (const owner of [...gone.map((owner) => owner.id), ...unregistered]) {
      const jobs = store.jobs.unfinished(owner);
      await endMarked({ name: OWNER_MARKER, value: owner });
      await Promise.all(jobs.map((job) => interrupt(job)));
      store.owners.remove(owner);
      const interrupted = jobs.map(({ id }) => id);
      parts.log[jobs.length > 0 ? "warn" : "info"]("A server is gone", { owner, interrupted });
    }
  }

  /**
   * Where the system tells start times, a server is gone when its pid is not that process any
   * more. Elsewhere its lease decides, by the time that passed here: after a suspend every lease
   * has expired, and each server needs a moment to renew its own.
   */
  function isGone(owner: Owner): boolean {
    if (owner.startTime !== undefined && canTellStartTimes()) {
      return startTimeOf(owner.pid) !== owner.startTime;
    }
    const last = seen.get(owner.id);
    if (last?.leaseUntil !== owner.leaseUntil) {
      seen.set(owner.id, { leaseUntil: owner.leaseUntil, since: clock.now() });
      return false;
    }
    return clock.now() - last.since > LEASE_MS;
  }

  async function interrupt(job: Job): Promise<void> {
    const left = await endOrphans(job);
    joinOutput(job);
    if (recordKept(job)) return recordLeft(left, job, parts);
    const { status, message: why } = endWithCaller(job, store.jobs) ?? {
      status: "interrupted",
      message: "The aimux server that had this job is gone",
    };
    const ran = job.startedAt !== undefined;
    const message = ran ? why : `${why} (it was still queued)`;
    const result: JobResult = {
      ...ran && {
        output_uri: outputUri(job.id),
        partial_output: partialOutput(plainText(lastOf(store.files(job.id).stdout))),
      },
      attempts: ran ? [{ cli: job.cli, code: status, message }] : [],
      warnings: leftWarning(left),
      error: {
        code: status,
        message,
        hint: "Run it again; the session can be continued by its session_id",
      },
    };
    recordLeft(left, job, parts);
    const safe = redactResult(result, parts.redact);
    const first = store.transaction(() => {
      // Whoever comes back after days still finds what the job had printed.
      store.sessions.touch(job.sessionId, clock.now());
      return store.jobs.finish(job.id, status, safe, clock.now());
    });
    // Of several servers that look after it one is first.
    if (first) parts.onEnd({ job, status, result: safe });
  }

  /** A long output lies in parts until its writer closes it. */
  function joinOutput({ id }: Job): void {
    const { stdout, stderr } = store.files(id);
    for (const path of [stdout, stderr]) {
      try {
        joinParts(path);
      } catch (error) {
        parts.onError(error);
      }
    }
  }

  /** Its server knew how it ended, and could not record it. */
  function recordKept({ id, sessionId }: Job): boolean {
    const path = store.files(id).end;
    const end = readEnd(path);
    if (!end) return false;
    const { status, result, runs, turn, finishedAt } = end;
    const recorded = store.transaction(() => {
      if (!store.jobs.finish(id, status, result, finishedAt, runs)) return false;
      if (turn) store.sessions.recordTurn(sessionId, turn, clock.now());
      else store.sessions.touch(sessionId, clock.now());
      return true;
    });
    if (recorded) parts.log.info("The end of a job is recorded after all", { job: id, status });
    removeEnd(path);
    return recorded;
  }

  /** A hook may have been asked before there was a job, and a CLI may stay after the end of its own. */
  async function endMarked(marker: Marker): Promise<void> {
    const { clock, signals, killGraceMs } = parts;
    if (!canTellStartTimes()) return;
    const left = await endTree({
      leader: UNKNOWN_PID,
      startTicks: 0,
      marker,
      graceMs: killGraceMs,
      clock,
      signals,
    });
    if (left.length > 0) {
      parts.log.warn("Processes of a server that is gone could not be ended", {
        pids: left.map(({ pid }) => pid),
      });
    }
  }

  /** A pid alone does not prove that a process is the job's: its start time must match. */
  async function endOrphans({ id, pid, processStartTime }: Job): Promise<Left[]> {
    const startTicks = processStartTime === undefined ? 0 : ticksOf(processStartTime);
    if (startTicks === undefined || !canTellStartTimes()) return [];
    const { clock, signals, killGraceMs } = parts;
    return await endTree({
      leader: pid ?? UNKNOWN_PID,
      startTicks,
      marker: { name: JOB_MARKER, value: id },
      graceMs: killGraceMs,
      clock,
      signals,
    });
  }
}

/** The server died before it could record the pid: the marker alone tells the process. */
const UNKNOWN_PID = -1;

/** More than the partial output of a job takes. */
const LAST_BYTES = 64_000;

/** The end of a file, read without reading the rest; empty where it cannot be read. */
function lastOf(path: string): string {
  try {
    const size = readPage(path, 0, 0)?.totalBytes ?? 0;
    return readPage(path, Math.max(0, size - LAST_BYTES), LAST_BYTES)?.text ?? "";
  } catch {
    return "";
  }
}
