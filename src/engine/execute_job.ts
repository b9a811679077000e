/** Takes a recorded job through the queue to its end, and records that end. */
import { AimuxError, type ErrorCode, messageOf } from "../lib/errors.ts";
import { within } from "../lib/within.ts";
import type { Attempt, FinalStatus, Job, JobResult } from "../store/job.ts";
import type { Run } from "../store/metrics.ts";
import type { Session, Turn } from "../store/sessions.ts";
import { whileBusy } from "../store/while_busy.ts";
import type { Admission } from "./admission.ts";
import { untilAnswered } from "./attempts.ts";
import { type Continuation, continuation, type Earlier, restart } from "./conversation.ts";
import type { Ends } from "./ends.ts";
import type { EngineParts } from "./engine.ts";
import { jobLog } from "./job_log.ts";
import { rememberLeft } from "./leftovers.ts";
import type { Lingering } from "./lingering.ts";
import type { Live } from "./live_job.ts";
import type { Judged } from "./hooks/after.ts";
import type { PassOn } from "./hooks/pass_hooks.ts";
import type { Fallback } from "./next_attempt.ts";
import type { Prepared } from "./prepare.ts";
import { recordStanding } from "./record_standing.ts";
import { redactResult } from "./redact_result.ts";
import { alternatives, circuitOpen, modelsLeft, type Route } from "./routing.ts";
import { type AttemptEnd, notStarted, runAttempt } from "./run_job.ts";
import { breakerSettings, type Obstacle, type Standing } from "./standing.ts";
import type { Stop } from "./wait_for_end.ts";

/** How long looking for other CLIs may take. */
const LOOK_MS = 3000;

/** A job that is ready to be queued. */
export interface Execution {
  job: Job;
  session: Session;
  route: Route;
  timeoutSeconds: number;
  /** How long it may print nothing; undefined for as long as it likes. */
  stallSeconds: number | undefined;
  fallback: Fallback;
  /** Whether the caller named the model. */
  modelNamed: boolean;
  /** Finds the next CLI that could take the job. */
  elsewhere: Prepared["elsewhere"];
  /** Asks the hooks of that CLI which were not asked yet. */
  passOn: PassOn;
  /** Writes what stands before the prompt for another model. */
  introduce: Prepared["introduce"];
  live: Live;
}

/** Never throws for what a job does; its failure is the job's recorded result. */
export async function executeJob(
  execution: Execution,
  parts: EngineParts & {
    admission: Admission;
    standing: Standing;
    ends: Ends;
    lingering: Lingering;
  },
): Promise<void> {
  const { job, route, live } = execution;
  const { store, clock, hooks } = parts;
  const runs: Run[] = [];
  const log = jobLog(parts.log, execution);
  let admitted = false;
  /** What the CLI is asked; the hooks of another CLI may change it. */
  let { prompt } = job;
  let wasJudged = false;
  try {
    admitted = await parts.admission.enter(job.id, live.signal);
    if (!admitted) return await stopQueued(live.signal.reason as Stop | undefined);
    log.started();
    const end = await untilAnswered({
      route,
      fallback: execution.fallback,
      timeoutSeconds: execution.timeoutSeconds,
      stop: live.signal,
      clock,
      once: attempt,
      onEnd: recordAttempt,
      modelsLeft: ({ profile }, tried) => modelsLeft(profile, tried, parts),
      elsewhere,
    });
    await nameAlternatives(end.result);
    const { status, result } = await judged(end);
    await finish(status, result, {
      completed: status === "completed",
      cliSessionId: end.result.cli_session_id,
      threadUsage: end.decoded.threadUsage,
    });
  } catch (error) {
    const failed = failure(route, error);
    await nameAlternatives(failed);
    const { status, result } = await judged({
      // A job fails only once it runs; one that never could is interrupted.
      status: admitted ? "failed" : "interrupted",
      result: failed,
      changedFiles: () => false,
    });
    await finish(status, result);
    if (!(error instanceof AimuxError)) throw error;
  }

  /** The hooks are asked once: an end that could not be recorded is not judged again. */
  async function judged(
    { status, result, changedFiles }: Pick<AttemptEnd, "status" | "result" | "changedFiles">,
  ): Promise<Judged> {
    if (wasJudged || parts.config.hooks.after.length === 0) return { status, result };
    wasJudged = true;
    return await hooks.judge({
      job: asItIs(),
      status,
      result,
      cwd: execution.session.cwd,
      changedFiles,
      answerPath: store.files(job.id).answer,
    }, live.signal);
  }

  /** With the CLI and the prompt that it ended with; what cannot be read is as it began. */
  function asItIs(): Job {
    try {
      return store.jobs.find(job.id) ?? job;
    } catch {
      return job;
    }
  }

  /** Who is told that this CLI cannot do it is told, too, which others could. */
  async function nameAlternatives({ error, attempts }: JobResult): Promise<void> {
    if (!error || !OF_THE_CLI.includes(error.code)) return;
    const except = attempts.map(({ cli }) => cli);
    const finding = alternatives(parts, { permission: route.permission, except });
    // An end is not held up by a folder that does not answer.
    const found = await within(LOOK_MS, finding, { clock }).catch(() => false);
    if (found) error.details = { ...error.details, alternatives: await finding };
  }

  /** Its standing is not worth a job: what cannot be recorded is told, and the job goes on. */
  async function recordAttempt({ run, retryAfterMs }: AttemptEnd, { model }: Route): Promise<void> {
    const modelNamed = execution.modelNamed && model === route.model;
    const { breakers } = store;
    const ended = { cli: run.cli, model, modelNamed, code: run.code, retryAfterMs };
    const count = () => recordStanding(ended, { breakers, config: parts.config, now: clock.now() });
    await whileBusy(() => store.transaction(count), { clock, tries: FEW_TRIES })
      .catch(parts.onError);
  }

  /** Another CLI takes the job, and with it the session that the job has begun. */
  async function elsewhere(from: Route, except: readonly string[]): Promise<Route> {
    const passed: Attempt[] = [];
    for (;;) {
      const found = await execution.elsewhere(from, [...except, ...passed.map(({ cli }) => cli)]);
      const { name: cli } = found.profile;
      passed.push(...found.attempts);
      const asked = await execution.passOn(found, prompt, live.signal).catch(whyBlocked);
      const obstacle = asked instanceof AimuxError
        ? asked
        : await whileBusy(() => store.transaction(() => move(asked)), { clock });
      if (!obstacle && !(asked instanceof AimuxError)) {
        prompt = asked.prompt;
        parts.log.warn("Another CLI takes the job", { job: job.id, cli, failed: except });
        return { ...asked.route, attempts: passed };
      }
      passed.push({ cli, code: obstacle!.code, message: obstacle!.message });
    }
  }

  /** Moves the job to another CLI, unless that has no room for it or has failed meanwhile. */
  function move(
    { route: { profile, model, preamble }, prompt }: { route: Route; prompt: string },
  ): Pick<Obstacle, "code" | "message"> | undefined {
    const { name: cli, max_concurrent_jobs: cliLimit } = profile;
    const settings = breakerSettings(parts.config);
    if (!store.queue.mayMove(job.id, { cli, cliLimit })) {
      return { code: "queue_full", message: `${cliLimit} jobs run on it already, its limit` };
    }
    if (!store.breakers.enter(cli, job.id, settings, clock.now())) {
      return parts.standing.breaker(cli) ?? circuitOpen(cli);
    }
    store.jobs.moveTo(job.id, { cli, model, preamble, prompt });
    store.sessions.moveTo(job.sessionId, cli);
    return undefined;
  }

  async function attempt(route: Route, seconds: number): Promise<AttemptEnd> {
    const refusal = runs.length === 0 ? await refusalOf(route.profile) : undefined;
    if (refusal) return notStarted(route, refusal);
    // Read only now: the job before it in the session has ended by now.
    const session = store.sessions.find(job.sessionId, job.principal) ?? execution.session;
    const earlier: Earlier = {
      all: () => store.jobs.bySession(job.sessionId).filter(({ id }) => id < job.id),
      last: () => store.jobs.newest(job.sessionId, job.id),
    };
    const turn = { prompt, preamble: await preambleOn(route) };
    const first = continuation(route.profile, session, earlier, turn, job.id);
    const deadline = clock.now() + seconds * 1000;
    await parts.lingering.ofSession(job.sessionId);
    const end = await run(session, first, route, seconds);
    if (!first.resumed || !isForgotten(end)) return end;
    const { profile } = route;
    return await run(session, restart(profile, earlier, turn, job.id), {
      ...route,
      attempts: end.result.attempts,
      warnings: [
        ...route.warnings,
        `${profile.name} could not resume its conversation; it was told what had been said`,
      ],
    }, (deadline - clock.now()) / 1000);
  }

  /** Its breaker may have opened while the job waited for its turn. */
  async function refusalOf({ name }: Route["profile"]): Promise<AimuxError | undefined> {
    const settings = breakerSettings(parts.config);
    const enter = () => store.breakers.enter(name, job.id, settings, clock.now());
    const mayRun = await whileBusy(() => store.transaction(enter), { clock });
    return mayRun ? undefined : circuitOpen(name, parts.standing.breaker(name));
  }

  /** A role's prompt may speak of the model, which a failure may have changed. */
  async function preambleOn(route: Route): Promise<string | undefined> {
    if (route.preamble !== undefined) return route.preamble;
    if (route.model === execution.route.model) return job.preamble;
    try {
      const preamble = await execution.introduce(route) || undefined;
      const { id, cli, model } = job;
      const move = () => store.jobs.moveTo(id, { cli, model, preamble, prompt });
      if (preamble !== job.preamble) await whileBusy(move, { clock });
      return preamble;
    } catch (error) {
      if (error instanceof AimuxError) return job.preamble; // its files have changed meanwhile
      throw error;
    }
  }

  async function run(
    session: Session,
    how: Continuation,
    on: Route,
    seconds: number,
  ): Promise<AttemptEnd> {
    live.form = on.profile;
    const end = await runAttempt({
      job,
      session,
      route: on,
      continuation: how,
      timeoutSeconds: seconds,
      timeLimitSeconds: execution.timeoutSeconds,
      again: runs.length > 0,
      stallSeconds: execution.stallSeconds,
      signal: live.signal,
      onStart: live.started,
      onOutput: live.changed,
    }, {
      store,
      launcherFor: parts.launcherFor,
      clock,
      env: parts.env,
      owner: parts.ownership.id,
      killGraceMs: parts.config.server.kill_grace_seconds * 1000,
      maxOutputBytes: parts.config.server.max_output_mb * 1_000_000,
      log: parts.log,
    });
    runs.push(end.run);
    const ran = { id: job.id, sessionId: job.sessionId, cli: end.run.cli };
    await rememberLeft(end.left, ran, parts);
    if (end.lingers) parts.lingering.follow(ran, end.lingers);
    return end;
  }

  /** Records the job's end, unless another was faster. */
  async function finish(status: FinalStatus, result: JobResult, turn?: Turn): Promise<void> {
    const safe = redactResult(result, parts.redact);
    const end = { status, result: safe, runs, ...turn && { turn } };
    if (await parts.ends.record(job, end)) log.ended(status, safe);
  }

  /** A job that was stopped before its turn; without a stop another server has ended it. */
  async function stopQueued(stop: Stop | undefined): Promise<void> {
    if (!stop) return;
    const result: JobResult = {
      attempts: route.attempts,
      warnings: route.warnings,
      error: { code: stop.status, message: `${stop.message} (it was still queued)` },
    };
    await finish(stop.status, hooks.note({ job, status: stop.status, result }));
  }
}

/** How often a count of failures is tried: the end of a job does not wait long for it. */
const FEW_TRIES = 5;

/** A CLI whose hooks forbid the run is passed over. */
function whyBlocked(error: unknown): AimuxError {
  if (error instanceof AimuxError && error.code === "blocked") return error;
  throw error;
}

/** What another CLI might do better. */
const OF_THE_CLI: readonly ErrorCode[] = [
  "cli_not_installed",
  "circuit_open",
  "auth",
  "quota",
  "model_unavailable",
  "transient",
  "failed",
];

/**
 * Whether a resumed run failed for want of its conversation: it gave up by itself, without a word on
 * standard output and for no other known reason, so it has done nothing yet. What a signal ended
 * may have worked for long.
 */
function isForgotten({ status, result, printed }: AttemptEnd): boolean {
  const { error, exit_code: exit = 0 } = result;
  return status === "failed" && error?.code === "failed" && printed === 0 &&
    exit > 0 && exit < SIGNALLED && FORGOTTEN.test(error.message);
}

/** It speaks of its conversations, or gave no reason at all: then the message ends with the code. */
const FORGOTTEN = /session|conversation|thread|rollout|resume|exited with code \d+$/i;

/** Exit codes from here on tell of a signal. */
const SIGNALLED = 128;

function failure({ attempts, warnings, profile }: Route, error: unknown): JobResult {
  const told = error instanceof AimuxError ? error : undefined;
  const code = told?.code ?? "internal";
  const message = messageOf(error);
  return {
    attempts: [...attempts, { cli: profile.name, code, message }],
    warnings,
    error: {
      code,
      message,
      ...told?.hint !== undefined && { hint: told.hint },
      ...told?.details && { details: told.details },
    },
  };
}
