/** Runs prompts on CLIs as jobs that outlive the calls that asked for them. */
import type { Discovery } from "../clis/discovery.ts";
import { effortFor } from "../clis/effort.ts";
import type { FitVersion } from "../clis/fit_version.ts";
import type { PrintedForm } from "../clis/live_line.ts";
import type { CliProfile } from "../config/profile.ts";
import type { AppliedProject } from "../config/project.ts";
import type { Config } from "../config/schema.ts";
import type { Clock } from "../lib/clock.ts";
import { AimuxError } from "../lib/errors.ts";
import type { Ids } from "../lib/ids.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import { within } from "../lib/within.ts";
import type { LauncherFor } from "../process/launchers.ts";
import { isFinal, type Job } from "../store/job.ts";
import type { Session } from "../store/sessions.ts";
import type { Store } from "../store/store.ts";
import { whileBusy } from "../store/while_busy.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { callerOf, endWithCaller } from "./caller.ts";
import { createEnds, type Unrecorded } from "./ends.ts";
import { executeJob } from "./execute_job.ts";
import { followLines } from "./follow_lines.ts";
import type { Hooks } from "./hooks/hooks.ts";
import { passHooks, passOn } from "./hooks/pass_hooks.ts";
import { createLingering } from "./lingering.ts";
import { type Live, liveJob } from "./live_job.ts";
import type { Ownership } from "./ownership.ts";
import type { WritePreamble } from "./preamble.ts";
import { noSession, prepare, type Prepared, projectOf } from "./prepare.ts";
import { liveProgress, type Progress, recordedProgress } from "./progress.ts";
import type { RunRequest } from "./request.ts";
import { circuitOpen } from "./routing.ts";
import { breakerSettings, createStanding } from "./standing.ts";
import { createTypicalRuns } from "./typical_runs.ts";
import { describeWait, type Wait } from "./wait.ts";
import type { Stop } from "./wait_for_end.ts";

/** What the engine is built from. */
export interface EngineParts {
  config: Config;
  profiles: ReadonlyMap<string, CliProfile>;
  /** CLIs whose profile is broken, each with what is wrong. */
  broken: ReadonlyMap<string, string>;
  /** Reads and applies the files of `{cwd}/.aimux`. */
  project(cwd: string): AppliedProject;
  /** Writes what stands before the user's prompt. */
  preamble: WritePreamble;
  discovery: Discovery;
  fitVersion: FitVersion;
  store: Store;
  ownership: Ownership;
  launcherFor: LauncherFor;
  clock: Clock;
  ids: Ids;
  /** The server's environment. */
  env: Record<string, string>;
  /** The server's working directory, for calls that name none. */
  cwd: string;
  /** Asked before and after each run. */
  hooks: Hooks;
  log: Log;
  /** Takes secrets out of what is kept of a failure. */
  redact: Redactor;
  /** Called with a failure that no caller waits for. */
  onError(error: unknown): void;
}

/** A request that was taken. */
export interface Submission {
  job: Job;
  /** How long a synchronous call may wait for it, which a project can lower. */
  syncWaitSeconds: number;
  /** Resolves when the job has ended and its end is recorded. */
  ended: Promise<void>;
}

/** Runs, watches and ends jobs. */
export interface Engine {
  /** The store, and in it also those ends of jobs that could not be recorded yet. */
  readonly store: Store;
  /** The ends that could not be recorded yet; undefined where there are none. */
  unrecorded(): Unrecorded | undefined;
  /** Jobs that have ended in a database that was lost by then: nobody else will find them there. */
  homeless(): string[];
  /** Whether no job of this server is queued or running, and none of its ends is still to be seen to. */
  isIdle(): boolean;
  /** How many jobs this server has taken so far. */
  taken(): number;
  /**
   * Where a request would run: checks and routes it, and asks, records and starts nothing.
   *
   * @throws AimuxError where it would be refused.
   */
  destination(request: RunRequest): Promise<{ cli: string; cwd: string }>;
  /**
   * Checks and routes a request, asks the hooks, records it, and starts it in the background.
   *
   * @param options.signal Aborts while the hooks are being asked: then nothing is recorded.
   * @throws AimuxError where it is refused; then nothing was recorded.
   */
  submit(request: RunRequest, options?: { signal?: AbortSignal }): Promise<Submission>;
  /**
   * The project that a request would run in.
   *
   * @throws AimuxError where the request would be refused
   */
  projectOf(request: RunRequest): Promise<AppliedProject>;
  /** Waits until a job has ended, at most so many seconds, and returns it as it then is. */
  settled(job: Job, options: { seconds: number; signal?: AbortSignal }): Promise<Job>;
  /** A job as it stands now; one that was deleted with its session was cancelled before. */
  current(job: Job): Job;
  /**
   * Ends a job, and returns it as it really ended: a job that was faster keeps its result. One
   * that takes too long to end, or that another server does not end in time, is returned as it
   * then is; its end goes on.
   */
  cancel(job: Job): Promise<Job>;
  /** How far a job is; undefined unless it runs. */
  progress(job: Pick<Job, "id" | "cli" | "status">): Progress | undefined;
  /**
   * Calls back, until the signal aborts, when there may be something new to tell of an unfinished
   * job: at each piece of output of this server's jobs, and once a second for those of others.
   */
  onProgress(job: Job, listener: () => void, signal: AbortSignal): void;
  /**
   * Makes a reader of what a job prints: each call returns the readable lines since the one before.
   */
  followLines(job: Job): () => string[];
  /** What a queued job waits for; undefined where it is not queued. */
  waitOf(jobId: string): Wait | undefined;
  /** Ends every job of this server as `interrupted` and takes no more. */
  interruptAll(options: { graceMs: number }): Promise<void>;
  /** Resolves when no job of this server is queued or running, and nothing of them lingers. */
  idle(): Promise<void>;
}

/** How often jobs of other servers, and requests from them, are looked at. */
const LOOK_MS = 250;
/** How often the output of a job of another server is looked at. */
const FOREIGN_LOOK_MS = 1000;

/** How long ending a job may take beyond the grace, and how long a call waits for it at most. */
const END_SECONDS = 5;
const LONGEST_CANCEL_SECONDS = 40;

const CANCELLED: Stop = { status: "cancelled", message: "The job was cancelled" };

/** Builds the engine. */
export function createEngine(given: EngineParts): Engine {
  const ends = createEnds(given);
  const parts = { ...given, store: ends.store };
  const { store, clock, ids, config, hooks } = parts;
  const live = new Map<string, Live>();
  const standing = createStanding({ breakers: store.breakers, config, clock });
  const admission: Admission = createAdmission({
    queue: store.queue,
    owner: parts.ownership.id,
    clock,
  });
  const typical = createTypicalRuns({ metrics: store.metrics, clock });
  const lingering = createLingering(parts);
  const closed = new AbortController();
  /** Aborted when no more jobs are taken. */
  const closing = new AbortController();
  /** Requests whose hooks are being asked. */
  const asking = new Set<Promise<unknown>>();
  let watching = false;
  let jobsTaken = 0;

  return {
    store,
    unrecorded: ends.unrecorded,
    homeless: ends.homeless,
    taken: () => jobsTaken,
    isIdle: () => live.size + lingering.all().length === 0 && ends.unrecorded() === undefined,
    async destination(request) {
      const { route, cwd } = await prepare(request, { ...parts, standing });
      return { cli: route.profile.name, cwd };
    },
    submit,
    projectOf: (request) => projectOf(request, parts),
    settled,
    current,
    cancel,
    progress,
    onProgress,
    followLines(job) {
      const next = followLines(formOf(job), store.files(job.id));
      return () => next().map(parts.redact);
    },
    waitOf,
    interruptAll,
    idle,
  };

  async function submit(
    given: RunRequest,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Submission> {
    const { prepared, asked, modelNamed } = await passed(given, signal);
    const { route, timeoutSeconds, stallSeconds } = prepared;
    const { job, session: of } = await whileBusy(() => record(prepared), { clock });
    const entry = liveJob(route.profile);
    live.set(job.id, entry);
    jobsTaken++;
    const execution = {
      job,
      session: of,
      route,
      timeoutSeconds,
      stallSeconds,
      fallback: prepared.fallback,
      modelNamed,
      elsewhere: prepared.elsewhere,
      passOn: passOn(prepared, asked, hooks.before),
      introduce: prepared.introduce,
      live: entry,
    };
    entry.done = executeJob(execution, { ...parts, admission, standing, ends, lingering })
      .catch(parts.onError)
      .finally(() => {
        live.delete(job.id);
        admission.left();
        endWhatItCalled(job);
      });
    void watchCancelRequests();
    const { sync_wait_seconds: syncWaitSeconds } = prepared.server;
    return { job: current(job), syncWaitSeconds, ended: entry.done };
  }

  /** The aimux that its CLI had called has ended with it, and cannot tell so of its own jobs. */
  function endWhatItCalled({ id }: Job): void {
    try {
      if (store.jobs.countCalledBy(id) === 0) return;
    } catch (error) {
      return parts.onError(error);
    }
    parts.ownership.recover().catch(parts.onError);
  }

  /** What a request comes down to, after its hooks have let it pass. */
  async function passed(given: RunRequest, taken: AbortSignal | undefined) {
    const signal = taken ? AbortSignal.any([taken, closing.signal]) : closing.signal;
    const passing = passHooks(given, {
      prepare: (request) => prepare(request, { ...parts, standing }),
      before: hooks.before,
      signal,
    });
    asking.add(passing);
    try {
      return await passing;
    } finally {
      asking.delete(passing);
    }
  }

  /** Another server's call may ask to cancel a job of this one; the request is in the database. */
  async function watchCancelRequests(): Promise<void> {
    if (watching) return;
    watching = true;
    while (live.size > 0 && !closed.signal.aborted) {
      await clock.delay(LOOK_MS, closed.signal);
      if (!closed.signal.aborted) stopRequested();
    }
    watching = false;
  }

  /** A look that fails is followed by the next. */
  function stopRequested(): void {
    try {
      for (const id of store.jobs.cancelRequests(parts.ownership.id)) {
        live.get(id)?.stop(endWithCaller(store.jobs.find(id), store.jobs) ?? CANCELLED);
      }
    } catch (error) {
      parts.onError(error);
    }
  }

  /** Session and job appear together or not at all, and not once the server is closing. */
  function record(
    { request, session, cwd, route, preamble, server }: Prepared,
  ): { job: Job; session: Session } {
    const { profile, role, style, model, effort, permission } = route;
    const now = clock.now();
    closing.signal.throwIfAborted();
    const lost = store.lost();
    if (lost !== undefined) {
      const hint = "Wait for the jobs that run, and try again";
      throw new AimuxError("storage", lost, { hint });
    }
    return store.transaction(() => {
      const waiting = store.jobs.count("queued");
      if (waiting >= config.server.max_queue) {
        throw new AimuxError("queue_full", `The queue is full: ${waiting} jobs wait`, {
          hint: 'Wait for jobs to end, or raise "server.max_queue"',
        });
      }
      const maxFanOut = config.server.max_fan_out;
      const caller = callerOf(session?.id, { env: parts.env, store, maxFanOut });
      const { principal } = request;
      const sessionId = session?.id ?? ids.session();
      // It may have been deleted since it was looked up.
      if (session && !store.sessions.find(sessionId, principal)) throw noSession(sessionId);
      if (session) store.sessions.touch(sessionId, now);
      else store.sessions.insert({ id: sessionId, principal, cli: profile.name, cwd }, now);
      const id = ids.job();
      store.jobs.insert({
        id,
        sessionId,
        principal,
        owner: parts.ownership.id,
        parentId: caller?.id,
        cli: profile.name,
        role,
        style,
        model,
        effort: effort && effortFor(profile, effort),
        permission,
        preamble: preamble || undefined,
        prompt: request.prompt,
        cwd,
        limit: server.max_concurrent_jobs,
        cliLimit: profile.max_concurrent_jobs,
      }, now);
      // The breaker may have opened since it was looked at; a half-open one lets few through.
      if (!store.breakers.enter(profile.name, id, breakerSettings(config), now)) {
        throw circuitOpen(profile.name, standing.breaker(profile.name));
      }
      return { job: store.jobs.find(id)!, session: store.sessions.find(sessionId, principal)! };
    });
  }

  function current(job: Job): Job {
    const { message } = CANCELLED;
    return store.jobs.find(job.id) ?? {
      ...job,
      status: "cancelled",
      result: { attempts: [], warnings: [], error: { code: "cancelled", message } },
    };
  }

  async function settled(
    job: Job,
    { seconds, signal }: { seconds: number; signal?: AbortSignal },
  ): Promise<Job> {
    const entry = live.get(job.id);
    if (entry) {
      await within(seconds * 1000, entry.done, { clock, ...signal && { signal } });
      return current(job);
    }
    // A job of another server: its end is seen by looking.
    const deadline = clock.now() + seconds * 1000;
    let now = current(job);
    while (!isFinal(now.status) && clock.now() < deadline && !signal?.aborted) {
      await clock.delay(Math.min(LOOK_MS, deadline - clock.now()), signal);
      now = current(job);
    }
    return now;
  }

  async function cancel(job: Job): Promise<Job> {
    const entry = live.get(job.id);
    if (entry) entry.stop(CANCELLED);
    else if (isFinal(current(job).status)) return current(job);
    // Its own server sees the request at its next look.
    else await whileBusy(() => store.jobs.requestCancel(job.id), { clock });
    const grace = config.server.kill_grace_seconds;
    return await settled(job, { seconds: Math.min(grace + END_SECONDS, LONGEST_CANCEL_SECONDS) });
  }

  function progress(job: Parameters<Engine["progress"]>[0]): Progress | undefined {
    const { id, status } = job;
    if (status !== "running") return undefined;
    const form = formOf(job);
    const entry = live.get(id);
    if (!entry) return safe(recordedProgress(form, store.files(id)));
    return entry.output ? safe(liveProgress(form, entry.output)) : { bytes: 0 };
  }

  /** The newest line may be that of a failure. */
  function safe({ line, ...progress }: Progress): Progress {
    return { ...progress, ...line !== undefined && { line: parts.redact(line) } };
  }

  function formOf({ id, cli }: Pick<Job, "id" | "cli">): PrintedForm {
    return live.get(id)?.form ?? parts.profiles.get(cli) ?? { output_format: "text" };
  }

  function onProgress(job: Job, listener: () => void, signal: AbortSignal): void {
    const entry = live.get(job.id);
    if (entry) entry.onChange(listener, signal);
    else void lookAgain(listener, signal);
  }

  /** No event tells of another server's job. */
  async function lookAgain(look: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.delay(FOREIGN_LOOK_MS, signal);
      if (!signal.aborted) look();
    }
  }

  function waitOf(jobId: string): Wait | undefined {
    const outlook = store.queue.outlook(jobId);
    return outlook && describeWait(outlook, { typical, now: clock.now() });
  }

  async function interruptAll({ graceMs }: { graceMs: number }): Promise<void> {
    closing.abort(new AimuxError("interrupted", "The server is shutting down"));
    const stop: Stop = {
      status: "interrupted",
      message: "The aimux server was shut down before the job had finished",
      graceMs,
    };
    for (const entry of live.values()) entry.stop(stop);
    lingering.end(graceMs);
    await idle();
    ends.close();
    admission.close();
    closed.abort();
  }

  async function idle(): Promise<void> {
    for (;;) {
      const going = [
        ...asking,
        ...Array.from(live.values(), ({ done }) => done),
        ...lingering.all(),
      ];
      if (going.length === 0) return;
      await Promise.allSettled(going);
    }
  }
}
