/** What a run leaves on standard output and standard error. */
import type { AppParts } from "../../app.ts";
import { ConfigError } from "../../config/problem.ts";
import type { DryRun } from "../../engine/dry_run.ts";
import { systemClock } from "../../lib/clock.ts";
import { createRedactor } from "../../lib/redact.ts";
import { printable } from "../../lib/terminal/printable.ts";
import { execGuidance } from "../../mcp/guidance/exec.ts";
import { toldError } from "../../mcp/told_error.ts";
import type { ExecArguments } from "../../mcp/tools/exec.ts";
import { describeJob, type JobPayload } from "../../mcp/tools/job_payload.ts";
import { jobFacts } from "../../mcp/tools/job_text.ts";
import type { Job } from "../../store/job.ts";
import type { Program } from "../command.ts";
import { configMistakes } from "../config_mistakes.ts";
import { EXIT, exitCodeOf } from "../exit_codes.ts";
import { paint } from "../paint.ts";
import { printJson } from "../print_json.ts";
import type { RunFlags } from "../run.ts";
import { dryRunPayload, dryRunText } from "./dry_run_text.ts";
import { createView, type View } from "./view.ts";

/** Tells the reader of each stream what it is for. */
export interface Report {
  view: View;
  planned(run: DryRun): Promise<void>;
  /** @returns The exit code. */
  refused(error: unknown, call: ExecArguments): Promise<number>;
  ended(job: Job, call: ExecArguments, parts: AppParts): Promise<void>;
}

/** Makes the report of one run. */
export function createReport(
  { json = false, quiet = false }: Pick<RunFlags, "json" | "quiet">,
  { stdout, stderr, machine }: Program,
): Report {
  const redact = createRedactor(machine.env);
  const view = createView(stderr, { quiet, clock: systemClock });
  return { view, planned, refused, ended };

  async function planned(run: DryRun): Promise<void> {
    view.end();
    if (json) await printJson(dryRunPayload(run), stdout);
    else await stdout.write(printable(dryRunText(run)));
  }

  async function refused(error: unknown, call: ExecArguments): Promise<number> {
    view.end();
    const told = toldError(error, redact);
    const { code, message, hint } = told;
    const outcome = { error: told };
    if (json) await printJson({ ...outcome, ...execGuidance({ ...call }, outcome) }, stdout);
    if (error instanceof ConfigError) {
      await complain(configMistakes(error, machine.env));
      return EXIT.failed;
    }
    await complain(message, hint);
    return exitCodeOf({ code });
  }

  async function ended(job: Job, call: ExecArguments, parts: AppParts): Promise<void> {
    view.end();
    const payload = describeJob(job, parts);
    const completed = payload.status === "completed";
    if (json) await printJson({ ...payload, ...execGuidance({ ...call }, { payload }) }, stdout);
    else if (completed) await answer(payload, parts.store);
    if (!completed) {
      const { error, partial_output: partial } = payload;
      await complain(error?.message ?? `The job ended as ${payload.status}`, error?.hint);
      if (partial && !quiet) await say(`Printed before the end:\n${partial}`);
    }
    if (!quiet) await summary(payload);
  }

  /** All of it, also where a client would get a part; only a terminal needs it cleaned. */
  async function answer(payload: JobPayload, store: AppParts["store"]): Promise<void> {
    const text = payload.truncated
      ? await Deno.readTextFile(store.files(payload.job_id).answer)
      : payload.content ?? "";
    const shown = stdout.terminal ? printable(text) : text;
    await stdout.write(shown.endsWith("\n") ? shown : `${shown}\n`);
  }

  async function summary(payload: JobPayload): Promise<void> {
    const facts = printable(jobFacts(payload)).split("\n");
    const next = `continue: aimux run --session ${payload.session_id} "…"`;
    const lines = [...facts, next].map((line) =>
      paint(line, line.startsWith("warning:") ? "yellow" : "dim", stderr)
    );
    await stderr.write(`${stderr.styled ? "\n" : ""}${lines.join("\n")}\n`);
  }

  async function complain(message: string, hint?: string): Promise<void> {
    await stderr.write(`${paint(printable(message), "red", stderr)}\n`);
    if (hint) await say(hint);
  }

  async function say(text: string): Promise<void> {
    await stderr.write(`${printable(text)}\n`);
  }
}
