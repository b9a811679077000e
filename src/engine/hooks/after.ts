/** Asks the hooks after a run. */
import { isoTime } from "../../lib/clock.ts";
import { type AfterHook, HOOK_SECONDS } from "../../config/hooks.ts";
import { type AimuxError, messageOf } from "../../lib/errors.ts";
import type { FinalStatus, JobResult } from "../../store/job.ts";
import { redactResult } from "../redact_result.ts";
import type { Stop } from "../wait_for_end.ts";
import { applies } from "./applies.ts";
import { askProgram } from "./ask_program.ts";
import { failedClosed, forbidden, reasonOf } from "./blocked.ts";
import { type AfterAnswer, afterAnswer, type AfterRun, HOOK_VERSION } from "./documents.ts";
import type { HookParts } from "./hooks.ts";
import { modelOf } from "./model_of.ts";
import { createTelemetryFiles, type Ended, telemetryOf } from "./telemetry.ts";
import { telemetryPath } from "./telemetry_path.ts";
import { understand, type Understood } from "./understand.ts";

/** More than an answer of a hook needs. */
const ANSWER_BYTES = 1_048_576;
const TEXT_CHARS = 2000;

/** A run that has ended, for its hooks. */
export interface EndedRun extends Ended {
  cwd: string;
  changedFiles(): boolean;
  /** Where the whole of a long answer lies. */
  answerPath: string;
}

/** How a job is to end after its hooks have judged it. */
export type Judged = Pick<Ended, "status" | "result">;

/** The hooks after a run. */
export interface AskAfter {
  /**
   * Asks all that the run concerns; each sees the result as those before it have left it. Never
   * throws.
   *
   * @param signal Aborted with a {@linkcode Stop} where the job is to end at once; then its answer,
   * which nobody has judged to the end, is kept as what it printed.
   */
  judge(run: EndedRun, signal: AbortSignal): Promise<Judged>;
  /** Tells of a run that ended without its hooks being asked: telemetry alone. */
  note(run: Ended): JobResult;
  close(): void;
}

/** Makes it; a file of telemetry is opened at its first line. */
export function createAskAfter(parts: HookParts): AskAfter {
  const { clock, failures, log, redact, config } = parts;
  const { log_max_mb: megabytes, log_files: keep } = config.server;
  const files = createTelemetryFiles({ maxBytes: megabytes * 1_000_000, keep });

  return {
    async judge(run, signal) {
      const asked = JUDGED.includes(run.status) ? await askPrograms(run, signal) : run;
      return writeLines({ ...run, ...asked });
    },
    note: (run) => writeLines(run).result,
    close: () => files.close(),
  };

  async function askPrograms(run: EndedRun, signal: AbortSignal): Promise<Judged> {
    let { status, result } = run;
    for (const hook of hooksOf(run)) {
      if (hook.command === undefined) continue;
      const reply = signal.aborted
        ? undefined
        : await ask(hook, { ...run, status, result }, hook.command, signal);
      if (reply === undefined || signal.aborted) {
        return stopped({ status, result }, signal.reason as Stop);
      }
      ({ status, result } = take(hook, reply, { status, result }));
    }
    return { status, result };
  }

  function hooksOf({ job }: Ended): AfterHook[] {
    return config.hooks.after.filter((hook) => applies(hook, job));
  }

  async function ask(
    { name, timeout_seconds: seconds = HOOK_SECONDS, env_allow }: AfterHook,
    run: EndedRun,
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<Understood<AfterAnswer> | undefined> {
    const reply = await askProgram(
      {
        command,
        env_allow,
        document: {
          version: HOOK_VERSION,
          event: "after",
          hook: name,
          ...afterRun({ ...run, result: redactResult(run.result, redact) }),
        },
        maxBytes: ANSWER_BYTES,
        milliseconds: seconds * 1000,
        limit: "timeout_seconds",
      },
      parts,
      signal,
    );
    if (reply === "stopped") return undefined;
    return "failure" in reply ? reply : understand(reply.said, afterAnswer);
  }

  function take(hook: AfterHook, reply: Understood<AfterAnswer>, so: Judged): Judged {
    const { name } = hook;
    if ("failure" in reply) return failed(hook, reply.failure, so);
    const { answer } = reply;
    failures.record("after", name, undefined);
    log.debug("Hook answered", { hook: name, event: "after", verdict: answer.verdict });
    if (answer.verdict === "accept") return so;
    if (answer.verdict === "reject") {
      const reason = reasonOf(answer);
      log.info("Hook rejected a result", { hook: name, reason });
      return rejected(so, forbidden("after", name, reason));
    }
    const text = (answer as { text: string }).text.trim().slice(0, TEXT_CHARS);
    return withWarning(so, `Hook "${name}" notes: ${text}`);
  }

  function failed(hook: AfterHook, failure: string, so: Judged): Judged {
    const { name } = hook;
    failures.record("after", name, failure);
    log.warn("Hook failed", { hook: name, event: "after", failure });
    return hook.on_failure === "closed"
      ? rejected(so, failedClosed("after", name, failure))
      : withWarning(so, `Hook "${name}" failed and was passed over: ${failure}`);
  }

  /** Last of all, so that a line tells how the run has ended. */
  function writeLines(run: Ended): Judged {
    let { status, result } = run;
    for (const hook of hooksOf(run)) {
      if (hook.builtin !== "telemetry") continue;
      const path = telemetryPath(hook, parts.home);
      try {
        files.append(path, telemetryOf({ ...run, status, result }, clock.now()));
        failures.record("after", hook.name, undefined);
      } catch (error) {
        const failure = `it cannot write "${path}": ${messageOf(error)}`;
        ({ status, result } = failed(hook, failure, { status, result }));
      }
    }
    return { status, result };
  }
}

/** What is worth a judgement; who has cancelled a run does not wait for one. */
const JUDGED: readonly FinalStatus[] = ["completed", "failed", "timed_out"];

function withWarning({ status, result }: Judged, warning: string): Judged {
  return { status, result: { ...result, warnings: [...result.warnings, warning] } };
}

/** An answer that is not accepted is kept as what was printed; a failure stays what it was. */
function rejected(so: Judged, { code, message, hint, details }: AimuxError): Judged {
  if (so.status !== "completed") return withWarning(so, message);
  const error = { code, message, ...hint !== undefined && { hint }, ...details && { details } };
  return { status: "failed", result: withoutAnswer(so.result, error) };
}

function stopped(so: Judged, { status, message }: Stop): Judged {
  if (so.status !== "completed") return so;
  const error = { code: status, message: `${message} (its hooks were still being asked)` };
  return { status, result: withoutAnswer(so.result, error) };
}

function withoutAnswer(
  { content, truncated: _, ...result }: JobResult,
  error: NonNullable<JobResult["error"]>,
): JobResult {
  return { ...result, error, ...content !== undefined && { partial_output: content } };
}

function afterRun({ job, status, result, cwd, changedFiles, answerPath }: EndedRun): AfterRun {
  const { content, truncated, error, partial_output, exit_code, duration_ms, usage } = result;
  const { attempts, warnings } = result;
  const model = modelOf(job, result);
  return {
    run: {
      job_id: job.id,
      session_id: job.sessionId,
      principal: job.principal,
      cli: job.cli,
      role: job.role,
      ...job.style !== undefined && { style: job.style },
      ...model !== undefined && { model },
      ...job.effort !== undefined && { reasoning_effort: job.effort },
      permission: job.permission,
      cwd,
      prompt: job.prompt,
      created_at: isoTime(job.createdAt),
      ...job.startedAt !== undefined && { started_at: isoTime(job.startedAt) },
    },
    result: {
      status,
      ...content !== undefined && { content },
      ...truncated !== undefined && { truncated },
      ...truncated && { answer_path: answerPath },
      ...error && { error },
      ...partial_output !== undefined && { partial_output },
      ...exit_code !== undefined && { exit_code },
      ...duration_ms !== undefined && { duration_ms },
      ...usage && { usage },
      changed_files: changedFiles(),
      attempts,
      warnings,
    },
  };
}
