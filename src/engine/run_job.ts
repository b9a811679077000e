/** One attempt: one process of one CLI, from its start to a decoded result. */
import { judge, judgeRetries } from "../clis/outcome.ts";
import { retryAfter } from "../clis/retry_after.ts";
import { showsChanges } from "../clis/shows_changes.ts";
import type { Decoded } from "../clis/decoder.ts";
import { decoderFor } from "../clis/decoders/mod.ts";
import type { Clock } from "../lib/clock.ts";
import { AimuxError, type ErrorCode, messageOf } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import { type Capture, captureTo } from "../process/capture.ts";
import type { RunningProcess } from "../process/launcher.ts";
import type { LauncherFor } from "../process/launchers.ts";
import type { Left } from "../process/left.ts";
import type { FinalStatus, Job, JobResult } from "../store/job.ts";
import type { Run } from "../store/metrics.ts";
import type { Session } from "../store/sessions.ts";
import type { Store } from "../store/store.ts";
import { whileBusy } from "../store/while_busy.ts";
import { partialOutput } from "./answer.ts";
import { cannotStart } from "./cannot_start.ts";
import type { Continuation } from "./conversation.ts";
import { outputUri } from "./job_uris.ts";
import { keepAnswer } from "./keep_answer.ts";
import { leftWarning, lingersWarning, outOfReachWarning } from "./left_warning.ts";
import { untilLine, watchLines } from "./line_watch.ts";
import { outputWarnings } from "./output_warnings.ts";
import { planAttempt } from "./plan_attempt.ts";
import { planFacts } from "./plan_facts.ts";
import type { Route } from "./routing.ts";
import { usageOfRun } from "./usage.ts";
import { type Ending, type Lingerer, waitForEnd } from "./wait_for_end.ts";

/** What an attempt is about. */
export interface Attempt {
  job: Job;
  session: Session;
  route: Route;
  continuation: Continuation;
  timeoutSeconds: number;
  /** Of which time that is what is left: the job's whole time. */
  timeLimitSeconds: number;
  /** It is not the job's first: what the one before has printed is left behind. */
  again: boolean;
  /** How long the run may print nothing; undefined for as long as it likes. */
  stallSeconds: number | undefined;
  /** Aborted with a {@linkcode Stop} as its reason. */
  signal: AbortSignal;
  /** Called with the output while it is being recorded. */
  onStart(output: { stdout: Capture; stderr: Capture }): void;
  /** Called after each piece of output. */
  onOutput(): void;
}

/** What an attempt needs. */
export interface AttemptParts {
  store: Store;
  launcherFor: LauncherFor;
  clock: Clock;
  env: Record<string, string>;
  /** The server's id. */
  owner: string;
  killGraceMs: number;
  /** The most that is kept of each stream. */
  maxOutputBytes: number;
  log: Log;
}

/** How an attempt ended. */
export interface AttemptEnd {
  status: FinalStatus;
  result: JobResult;
  decoded: Decoded;
  /** How many bytes the CLI printed to standard output. */
  printed: number;
  /** Whether the output shows that the CLI has changed files; looked up when it is asked for. */
  changedFiles(): boolean;
  /** What could not be ended. */
  left: readonly Left[];
  /** What becomes of a CLI that has answered, but stays and is still being ended. */
  lingers?: Lingerer;
  /** How long to leave the CLI, or its model, alone, where the failure's message says that. */
  retryAfterMs?: number;
  /** What the metrics keep of it. */
  run: Run;
}

/**
 * Runs the process and tells how it ended, also where it could not be started. Output is on disk
 * before this returns.
 *
 * @throws AimuxError where it cannot be planned or recorded.
 */
export async function runAttempt(attempt: Attempt, parts: AttemptParts): Promise<AttemptEnd> {
  const { job, route, continuation } = attempt;
  const { store, clock } = parts;
  const files = store.files(job.id);
  const plan = planAttempt({ jobId: job.id, cwd: attempt.session.cwd, route, continuation }, {
    env: parts.env,
    owner: parts.owner,
    stateDir: store.stateDir,
  });
  if (attempt.again) Object.values(files).forEach(removeQuietly);
  const maxBytes = parts.maxOutputBytes;
  const recorded = { onWrite: attempt.onOutput, now: clock.now, maxBytes };
  const stdout = captureTo(files.stdout, recorded);
  const stderr = captureTo(files.stderr, recorded);
  const launcher = await parts.launcherFor(route.profile.executor);
  const startedAt = clock.now();
  const final = new AbortController();
  const over = new AbortController();
  const { completion_pattern: completion } = route.profile;
  const pattern = completion === undefined ? undefined : new RegExp(completion);
  const { retry_pattern: retry } = route.profile;
  const again = retry === undefined ? undefined : new RegExp(retry);
  let gaveUp = false;
  const watch = (what: RegExp | undefined, then = () => {}) =>
    what && watchLines(what, () => {
      then();
      final.abort();
    }, { clock, over: over.signal });
  const atEnd = watch(pattern);
  const giveUp = () => {
    gaveUp = true;
  };
  const inVain = { stdout: watch(again, giveUp), stderr: watch(again, giveUp) };

  const needed = [...plan.settings, ...plan.file ? [plan.file] : []];
  try {
    needed.forEach(writeForCli);
    const process = start();
    if (process instanceof AimuxError) return notStarted(route, process);
    const ending = await follow(process);
    const end = conclude(ending, process);
    // Only an answer does not wait: whatever follows a failure must find nobody at work.
    if (end.status === "completed" || !ending.lingers) return end;
    return conclude({ left: await ending.lingers.gone }, process);
  } finally {
    over.abort();
    for (const { path } of needed) removeQuietly(path);
  }

  /** A process whose start cannot be recorded is ended: nobody would find it later. */
  async function follow(process: RunningProcess): Promise<Ending> {
    const over = new AbortController();
    try {
      const record = () => store.jobs.setProcess(job.id, process.pid, process.startTime);
      const recording = whileBusy(record, { clock, signal: over.signal });
      attempt.onStart({ stdout, stderr });
      const ending = waitForEnd(process, {
        timeoutSeconds: attempt.timeoutSeconds,
        stallSeconds: attempt.stallSeconds,
        lastOutputAt: () => Math.max(stdout.lastWriteAt, stderr.lastWriteAt),
        stop: attempt.signal,
        final: final.signal,
        clock,
        killGraceMs: parts.killGraceMs,
      });
      await Promise.race([recording, ending]);
      recording.catch(() => {});
      return await ending;
    } catch (error) {
      await process.end(parts.killGraceMs);
      throw error;
    } finally {
      over.abort();
    }
  }

  function start(): RunningProcess | AimuxError {
    try {
      const process = launcher.launch(plan, {
        stdout,
        stderr,
        onOutput(chunk) {
          atEnd?.(chunk);
          inVain.stdout?.(chunk);
        },
        onErrors: (chunk) => inVain.stderr?.(chunk),
      });
      parts.log.debug("CLI started", { job: job.id, cli_pid: process.pid, ...planFacts(plan) });
      return process;
    } catch (error) {
      return cannotStart({ ...route, cwd: plan.cwd }, error);
    }
  }

  function conclude(ending: Ending, { terminal, warning }: RunningProcess): AttemptEnd {
    // On a terminal both streams are one, so what would be on standard error is in there as well.
    const errors = terminal ? stdout : stderr;
    // What could not be ended may go on printing; the job's output ends here.
    for (const stream of [stdout, stderr]) stream.close();
    const printed = stdout.text();
    const last = gaveUp ? again : pattern;
    const output = {
      // Of a program that prints on after its last word, the rest is no part of the answer.
      stdout: last && final.signal.aborted ? untilLine(last, printed) : printed,
      stderr: errors.text(),
    };
    const decoded = decoderFor(route.profile)(output);
    const warnings = [
      ...route.warnings,
      ...plan.warnings,
      ...warning === undefined ? [] : [warning],
      ...decoded.warnings,
      ...outputWarnings({ "standard output": stdout, "standard error": stderr }),
    ];
    const usage = usageOfRun(
      decoded,
      continuation.resumed ? attempt.session.threadUsage : undefined,
    );
    const cliSessionId = safeId(decoded.cliSessionId) ?? continuation.conversation?.id;
    const shared = {
      duration_ms: clock.now() - startedAt,
      output_uri: outputUri(job.id),
      ...ending.exit && { exit_code: ending.exit.code },
      ...cliSessionId !== undefined && { cli_session_id: cliSessionId },
      ...usage && { usage },
    };
    const left = [
      ...leftWarning(ending.left),
      ...ending.lingers ? [lingersWarning(route.profile)] : [],
      ...ending.exit ? [] : outOfReachWarning(launcher.reach),
    ];
    const { status, code, message } = verdictOn(ending, decoded, errors);
    const completed = status === "completed";
    const wait = PASSING.includes(code) ? retryAfter(message, clock.now()) : undefined;
    const told = { cli: route.profile.name, ...route.model && { model: route.model } };
    const kept = completed ? keepAnswer(decoded, files.answer, job.id) : undefined;
    return {
      status,
      decoded,
      printed: stdout.bytes,
      changedFiles: () => showsChanges(route.profile, output),
      left: ending.left,
      ...ending.lingers && { lingers: ending.lingers },
      ...wait !== undefined && { retryAfterMs: wait },
      run: {
        cli: route.profile.name,
        code: completed ? "completed" : code,
        durationMs: shared.duration_ms,
        ...usage && { usage },
      },
      result: {
        ...shared,
        ...kept ? kept.answer : {
          error: { code, message, ...hintFor(code, route, wait), ...detailsOf(wait) },
          ...partialOf(ending, decoded),
        },
        attempts: [...route.attempts, { ...told, code: completed ? "completed" : code, message }],
        warnings: [...warnings, ...kept?.warnings ?? [], ...left],
      },
    };
  }

  /** Raw output only where nothing better is known: a told failure is all that its events say. */
  function partialOf(
    ending: Ending,
    { text, failure }: Decoded,
  ): Pick<JobResult, "partial_output"> {
    const said = text.trim() !== "" || (failure && ending.exit);
    const raw = () => plainText(stdout.tail()).trim() || plainText(stderr.tail());
    const partial = partialOutput(said ? text : raw());
    return partial ? { partial_output: partial } : {};
  }

  function verdictOn(ending: Ending, decoded: Decoded, errors: Capture) {
    if (ending.stop) return { ...ending.stop, code: ending.stop.status };
    if (ending.timedOut) {
      const message = `${route.profile.name} ${timeoutMessage(ending.timedOut, attempt)}`;
      return { status: "timed_out" as const, code: "timed_out" as const, message };
    }
    // An answer that lacks its middle is none.
    if (stdout.lost > 0) {
      const why = messageOf(stdout.failure);
      const message = `Cannot keep the output of ${route.profile.name}: ${why}`;
      return { status: "failed" as const, code: "storage" as const, message };
    }
    const exit = ending.exit ?? { code: null, signal: null };
    const name = route.profile.display_name ?? route.profile.name;
    const verdict = judge(decoded, exit, errors.tail(), name, route.profile);
    // What came to an end by itself meanwhile is as good as any.
    if (again && gaveUp && !(ending.exit && verdict.ok)) {
      const lines = [stdout, errors].flatMap((stream) => plainText(stream.tail()).split("\n"));
      const line = lines.findLast((line) => again.test(line)) ?? "";
      const { code, message } = judgeRetries(decoded, line, name, route.profile);
      return { status: "failed" as const, code, message };
    }
    return verdict.ok
      ? { status: "completed" as const, code: "internal" as const, message: "" }
      : { status: "failed" as const, code: verdict.code, message: verdict.message };
  }
}

/** The end of an attempt whose process could not, or may not, be started. */
export function notStarted(route: Route, { code, message, hint, details }: AimuxError): AttemptEnd {
  const { name: cli } = route.profile;
  const told = { cli, ...route.model && { model: route.model }, code, message };
  return {
    status: "failed",
    decoded: { text: "", warnings: [] },
    printed: 0,
    changedFiles: () => false,
    left: [],
    run: { cli, code },
    result: {
      attempts: [...route.attempts, told],
      warnings: route.warnings,
      error: { code, message, ...hint !== undefined && { hint }, ...details && { details } },
    },
  };
}

/** Which of the two limits was reached, by its name. */
function timeoutMessage(
  which: "deadline" | "stall",
  { timeLimitSeconds, stallSeconds }: Pick<Attempt, "timeLimitSeconds" | "stallSeconds">,
): string {
  return which === "deadline"
    ? `did not finish within ${timeLimitSeconds} seconds (timeout_seconds)`
    : `printed nothing for ${stallSeconds} seconds (stall_timeout_seconds)`;
}

/** An id goes back to its CLI as an argument: one that could be taken for a flag is not kept. */
function safeId(id: string | undefined): string | undefined {
  return id !== undefined && /^\w[\w.:-]{0,199}$/.test(id) ? id : undefined;
}

/** Failures that pass, so that a message may say when. */
const PASSING: readonly ErrorCode[] = ["quota", "transient"];

function detailsOf(waitMs: number | undefined): { details?: Record<string, unknown> } {
  return waitMs === undefined ? {} : { details: { retry_after_seconds: Math.ceil(waitMs / 1000) } };
}

function hintFor(code: string, { profile }: Route, waitMs?: number): { hint?: string } {
  if (code === "auth" && profile.login) return { hint: `Log in: ${profile.login}` };
  if (waitMs !== undefined) {
    const seconds = Math.ceil(waitMs / 1000);
    return { hint: `Try again in ${seconds} seconds, or choose another CLI` };
  }
  if (code === "quota") return { hint: "Wait for the limit to be lifted, or choose another CLI" };
  if (code === "timed_out") {
    return { hint: "Pass a larger timeout_seconds, or split the task" };
  }
  if (code === "model_unavailable") return { hint: "Choose another model, or leave it out" };
  if (code === "transient") return { hint: "Try again" };
  return {};
}

function writeForCli({ path, text }: { path: string; text: string }): void {
  try {
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    const message = `Cannot write "${path}" for the CLI: ${messageOf(error)}`;
    const hint = "Check the disk, and try again";
    throw new AimuxError("storage", message, { hint, cause: error });
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is gone already; nothing is left behind.
  }
}
