/** The tool that runs a prompt on a CLI. */
import { z } from "zod";
import { PERMISSIONS } from "../../config/permission.ts";
import { EFFORT_LEVELS } from "../../config/profile.ts";
import { askedPermission } from "../../engine/asked_permission.ts";
import { FALLBACKS } from "../../engine/next_attempt.ts";
import type { RunRequest } from "../../engine/request.ts";
import { LONGEST_TIMEOUT_SECONDS } from "../../engine/request.ts";
import { cut } from "../../lib/cut.ts";
import { isFinal } from "../../store/job.ts";
import { AimuxError } from "../../lib/errors.ts";
import { type Ask, consent, type Wanted } from "../consent.ts";
import { tellProgress } from "../follow_job.ts";
import { execGuidance } from "../guidance/exec.ts";
import { defineTool, type ToolContext } from "./define_tool.ts";
import { fitJob } from "./fit_job.ts";
import { describeJob, jobResultSchema } from "./job_payload.ts";
import { jobText, wholeAnswer } from "./job_text.ts";

const input = z.strictObject({
  prompt: z.string().describe("What the CLI should do"),
  cli: z.string().optional().describe("The CLI to run; without it the role decides"),
  role: z.string().optional()
    .describe(
      'The kind of work, such as coding, codereview or debug; without it "default", or as before',
    ),
  style: z.string().optional()
    .describe(
      "How to write the answer: concise, detailed, json or none; without it the role's, or as before",
    ),
  model: z.string().optional().describe("The model; without it the role's or the CLI's own"),
  reasoning_effort: z.enum(EFFORT_LEVELS).optional()
    .describe("How hard the model should think; mapped to the levels the CLI has"),
  cwd: z.string().optional().describe("The folder to run in; without it the server's"),
  session_id: z.string().optional().describe("The session to continue, from an earlier result"),
  async: z.boolean().default(false)
    .describe("true: return a job_id at once and work in the background"),
  permission: z.enum(PERMISSIONS).optional()
    .describe(
      "What the CLI may do: read_only (change nothing; advisory roles always run so), write " +
        "(change files of its folder), full (whatever the user may); without it write, or as " +
        "before but for full",
    ),
  read_only: z.boolean().optional().describe("true is short for permission: read_only"),
  fallback: z.enum(FALLBACKS).optional()
    .describe(
      "How far to go where a run fails for want of quota, a model, a login or a connection: " +
        "none, model (others of the CLI) or cli; cli where a role chose, none for a named cli",
    ),
  timeout_seconds: z.number().positive().max(LONGEST_TIMEOUT_SECONDS).optional()
    .describe("Seconds the run may take"),
  stall_timeout_seconds: z.number().positive().max(LONGEST_TIMEOUT_SECONDS).optional()
    .describe("Seconds the run may print nothing"),
});

/** What exec is called with. */
export type ExecArguments = Omit<z.output<typeof input>, "async">;

/** The most characters of a prompt in a question. */
const BRIEF_CHARS = 500;

/** Runs a prompt on any CLI. */
export const exec = defineTool({
  name: "exec",
  title: "Run a prompt on an AI CLI",
  description: {
    what: "Runs one prompt on one AI coding CLI (codex, gemini, claude, qwen, aider, goose, " +
      "crush, gptme, cline, continue, droid, opencode) and returns its final answer.",
    when: "To delegate a task or a question to another model or agent.",
    why:
      "The right CLI is found by role and told how to work in it, its output is reduced to the " +
      "answer, and a long run is never lost: it goes on as a job.",
    how: "Pass prompt, and role or cli. A run that takes longer than the wait returns a job_id " +
      "with status running: ask status for it. Pass session_id to continue a conversation: what " +
      "the call leaves out is then as before.",
    not: "Not for reading a job (status) or listing and cancelling (sessions). Do not call it " +
      "again for a task that is still running.",
    choose: "async: true for work of minutes; read_only: true for questions about code; " +
      "role over cli unless one CLI is wanted.",
  },
  input,
  output: jobResultSchema,
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  async consent(given, context, ask) {
    // First what is remembered: in the new era only the last answer comes with the call.
    await askForTrust(given, context, ask);
    if (askedPermission(given) === "full") await consent(fullPermission(given), context, ask);
  },
  guidance: execGuidance,
  text: jobText,
  fit: fitJob,
  rest: wholeAnswer,
  task: ({ status, job_id }) => status && !isFinal(status) ? job_id : undefined,
  failed: ({ status, error }) => error !== undefined && status !== "completed",

  classification: "async_mandatory",
  async start(given, context) {
    const { engine, principal, signal } = context;
    const request = requestOf(given, principal);
    const { job, syncWaitSeconds, ended } = await engine.submit(request, { signal });
    return {
      waitSeconds: given.async ? 0 : syncWaitSeconds,
      ended,
      follow: (over) => tellProgress(job, over, context),
      payload: () => describeJob(engine.current(job), context),
      cancel: () => engine.cancel(job),
    };
  },
});

/**
 * The request that the arguments of a call make.
 *
 * @throws AimuxError `invalid_input` where two of them contradict each other.
 */
export function requestOf(given: ExecArguments, principal: string): RunRequest {
  const { prompt, cli, role, style, model, reasoning_effort, cwd, session_id } = given;
  const permission = askedPermission(given);
  return {
    prompt,
    principal,
    ...cli !== undefined && { cli },
    ...role !== undefined && { role },
    ...style !== undefined && { style },
    ...model !== undefined && { model },
    ...reasoning_effort !== undefined && { effort: reasoning_effort },
    ...cwd !== undefined && { cwd },
    ...session_id !== undefined && { sessionId: session_id },
    ...permission !== undefined && { permission },
    ...given.fallback !== undefined && { fallback: given.fallback },
    ...given.timeout_seconds !== undefined && { timeoutSeconds: given.timeout_seconds },
    ...given.stall_timeout_seconds !== undefined && {
      stallTimeoutSeconds: given.stall_timeout_seconds,
    },
  };
}

async function askForTrust(
  given: ExecArguments,
  { engine, trust, config, principal, signal }: ToolContext,
  ask: Ask,
): Promise<void> {
  if (config.server.trust_projects !== "ask") return;
  const project = await Promise.try(() => engine.projectOf(requestOf(given, principal)))
    .catch(unlessRefused);
  if (project?.trust) await trust.ask(project.trust, { principal, signal }, ask);
}

/** What is wrong with a request its submission tells. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof AimuxError)) throw error;
}

function fullPermission(given: ExecArguments): Wanted {
  return {
    name: 'permission "full"',
    async question({ engine, principal }) {
      const { cli, cwd } = await engine.destination(requestOf(given, principal));
      return `Let ${cli} run with full permission? ` +
        `It may then change any file and run any command that you may.\n` +
        `Folder: ${cwd}\nTask: ${cut(given.prompt, BRIEF_CHARS)}`;
    },
    setting: "allow_full",
    instead: 'Pass permission "write"',
  };
}
