/** The way of `aimux run`: from the command line to an exit code. */
import { createApp } from "../../app.ts";
import { loadConfig, type LoadedConfig } from "../../config/load.ts";
import { AimuxError, messageOf } from "../../lib/errors.ts";
import { type ExecArguments, requestOf } from "../../mcp/tools/exec.ts";
import type { Given, Program } from "../command.ts";
import { EXIT, exitCodeOf } from "../exit_codes.ts";
import type { RunFlags } from "../run.ts";
import { exitCodeOfSignal, firstStopSignal } from "../stop_signals.ts";
import { planRequest } from "./plan_request.ts";
import { readPrompt } from "./prompt.ts";
import { createReport, type Report } from "./report.ts";
import { watchJob } from "./watch_job.ts";

/** Whose jobs they are: the same as those of a client on standard input. */
const PRINCIPAL = "local";

/** Runs a prompt, or plans it. */
export async function runPrompt(
  { argument, flags }: Given<RunFlags>,
  program: Program,
): Promise<number> {
  const report = createReport(flags, program);
  let call = callOf(flags, argument ?? "");
  try {
    const { machine, embedded, stdin } = program;
    const loaded = loadConfig({ ...machine, embedded });
    const prompt = await readPrompt(argument, stdin, loaded.config.server.max_prompt_bytes);
    call = callOf(flags, prompt);
    if (!flags.dryRun) return await carryOut(call, loaded, program, report);
    await report.planned(await planRequest(requestOf(call, PRINCIPAL), { loaded, ...machine }));
    return EXIT.done;
  } catch (error) {
    return await report.refused(error, call);
  }
}

/** The command line as the arguments of exec. */
function callOf(flags: RunFlags, prompt: string): ExecArguments {
  const { cli, role, style, model, effort, cwd, session, timeout } = flags;
  const { permission, readOnly, stallTimeout, fallback } = flags;
  return {
    prompt,
    ...cli !== undefined && { cli },
    ...role !== undefined && { role },
    ...style !== undefined && { style },
    ...model !== undefined && { model },
    ...effort !== undefined && { reasoning_effort: effort },
    ...cwd !== undefined && { cwd },
    ...session !== undefined && { session_id: session },
    ...permission !== undefined && { permission },
    ...readOnly && { read_only: readOnly },
    ...timeout !== undefined && { timeout_seconds: timeout },
    ...stallTimeout !== undefined && { stall_timeout_seconds: stallTimeout },
    ...fallback !== undefined && { fallback },
  };
}

/** Runs it as a job of a server that is there for this job alone. */
async function carryOut(
  call: ExecArguments,
  loaded: LoadedConfig,
  { machine, version }: Program,
  report: Report,
): Promise<number> {
  const signalled = firstStopSignal();
  const app = createApp({ version, loaded, ...machine });
  try {
    const parts = await app.parts();
    const { engine } = parts;
    const taken = new AbortController();
    void signalled.then(() => taken.abort());
    const submission = await engine.submit(requestOf(call, PRINCIPAL), { signal: taken.signal })
      .catch(unlessTaken);
    if (!submission) {
      const signal = await signalled;
      report.view.note(`${signal}: nothing was started`);
      return exitCodeOfSignal(signal);
    }
    const { job, ended } = submission;
    const over = new AbortController();
    const watching = watchJob(job, report.view, parts, over.signal)
      .catch((error) => app.log.warn("Cannot show progress", { error: messageOf(error) }));
    const signal = await Promise.race([ended.then(() => undefined), signalled]);
    if (signal !== undefined) {
      report.view.note(`${signal}: ending ${job.cli}`);
      await engine.cancel(job);
      await ended;
    }
    const end = engine.current(job);
    over.abort();
    await watching;
    await report.ended(end, call, parts);
    return signal !== undefined && end.status === "cancelled"
      ? exitCodeOfSignal(signal)
      : exitCodeOf({
        status: end.status,
        ...end.result?.error && { code: end.result.error.code },
      });
  } finally {
    await app.stop({ graceMs: 0 });
  }

  function unlessTaken(error: unknown): undefined {
    if (error instanceof AimuxError && error.code === "cancelled") return undefined;
    throw error;
  }
}
