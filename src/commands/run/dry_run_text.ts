/** A dry run as JSON and in words. */
import { effortFor } from "../../clis/effort.ts";
import type { CliPlan } from "../../clis/plan.ts";
import type { DryRun } from "../../engine/dry_run.ts";
import { withPreamble } from "../../engine/preamble.ts";
import { shellWords } from "../../lib/shell_words.ts";

/** How the prompt reaches the CLI. */
type Delivery = "argument" | "stdin" | "file";

/** What would be started, for a program. */
export function dryRunPayload(run: DryRun) {
  const { session, cwd, route, plan, timeoutSeconds, continuation } = run;
  const { profile, model, effort } = route;
  return {
    dry_run: true,
    cli: profile.name,
    why: whyOf(run),
    passed_over: route.attempts.map(({ cli, code, message }) => ({ cli, code, message })),
    role: route.role,
    ...route.style !== undefined && { style: route.style },
    ...model !== undefined && { model },
    ...effort !== undefined && {
      reasoning_effort: { asked: effort, passed: effortFor(profile, effort) ?? null },
    },
    permission: route.permission,
    read_only: route.permission === "read_only",
    argv: [plan.command, ...plan.args],
    cwd,
    executor: profile.executor,
    prompt: {
      delivery: deliveryOf(plan),
      bytes: bytesOf(continuation.prompt),
      ...plan.file && { file: plan.file.path },
      ...toldFirst(run),
    },
    env: Object.keys(plan.env).sort(),
    timeout_seconds: timeoutSeconds,
    hooks: run.hooks,
    session: session ? { id: session.id, turns: session.turns } : null,
    job_id: run.jobId,
    session_id: run.sessionId,
    warnings: [...route.warnings, ...plan.warnings],
  };
}

/** What would be started, for a person: one fact a line. */
export function dryRunText(run: DryRun): string {
  const payload = dryRunPayload(run);
  const { prompt, reasoning_effort: effort } = payload;
  const facts = [
    `cli: ${payload.cli} (${payload.why})`,
    ...payload.passed_over.map(({ cli, code, message }) =>
      `passed over: ${cli} (${code}: ${message})`
    ),
    `role: ${payload.role}${payload.style ? `, style ${payload.style}` : ""}`,
    payload.model !== undefined && `model: ${payload.model}`,
    effort && `effort: ${effort.asked}, passed on as ${effort.passed ?? "nothing"}`,
    `permission: ${payload.permission}`,
    `argv: ${shellWords(payload.argv)}`,
    `cwd: ${payload.cwd}`,
    `prompt: ${prompt.bytes} bytes, by ${WAYS[prompt.delivery]}${prompt.file ?? ""}` +
    (prompt.with_preamble ? ", after the prompt of role or style" : "") +
    (prompt.with_transcript ? ", after what was said before" : ""),
    payload.executor === "pty" && "runs on: a pseudo-terminal, where there can be one",
    `environment: ${payload.env.join(" ")}`,
    `timeout: ${payload.timeout_seconds} s`,
    ...(["before", "after"] as const).map((event) =>
      payload.hooks[event].length > 0 &&
      `hooks ${event}: ${payload.hooks[event].join(", ")}, which were not asked`
    ),
    `session: ${payload.session ? `${payload.session.id}, continued` : "a new one"}`,
    ...payload.warnings.map((warning) => `warning: ${warning}`),
    "Nothing was started or recorded; the ids of job and session stand for new ones",
  ];
  return facts.filter(Boolean).join("\n") + "\n";
}

const WAYS: Record<Delivery, string> = {
  argument: "argument",
  stdin: "standard input",
  file: "file: ",
};

/** What stands before the prompt in what the CLI is given. */
function toldFirst({ request: { prompt }, preamble, continuation }: DryRun) {
  const whole = continuation.prompt;
  const introduced = preamble !== "" && whole.startsWith(withPreamble(preamble, ""));
  return {
    ...introduced && { with_preamble: true },
    ...whole !== (introduced ? withPreamble(preamble, prompt) : prompt) &&
      { with_transcript: true },
  };
}

function deliveryOf({ stdin, file }: CliPlan): Delivery {
  if (stdin !== undefined) return "stdin";
  return file ? "file" : "argument";
}

function whyOf({ session, request, route }: DryRun): string {
  if (session) return "the session's";
  if (request.cli !== undefined) return "as asked for";
  return route.attempts.length === 0
    ? `for role ${route.role}`
    : `the next capable one for role ${route.role}`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
