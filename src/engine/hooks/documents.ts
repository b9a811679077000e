/** What a hook's program is told on standard input, and what it may answer on standard output. */
import { z } from "zod";
import { PERMISSIONS } from "../../config/permission.ts";
import { EFFORT_LEVELS, modelName } from "../../config/profile.ts";
import { ERROR_CODES } from "../../lib/errors.ts";
import { JOB_STATUSES } from "../../store/job.ts";

/** The version of the documents; another one would mean that a field's meaning has changed. */
export const HOOK_VERSION = 1;

const run = z.strictObject({
  principal: z.string().describe("Whose run it is: local for stdio"),
  cli: z.string(),
  role: z.string(),
  style: z.string().optional(),
  model: z.string().optional().describe("Absent where the CLI chooses"),
  reasoning_effort: z.string().optional().describe("Absent where the CLI chooses"),
  permission: z.enum(PERMISSIONS).describe("What the CLI may do"),
  cwd: z.string().describe("The folder of the run; a hook itself runs in the home folder"),
  session_id: z.string().optional().describe("Before a run: only where one is continued"),
  prompt: z.string().describe("The caller's own, without that of the role"),
});

const head = { version: z.literal(HOOK_VERSION), hook: z.string().describe("The hook's name") };

/** What is told before a run. */
export const beforeDocument = z.strictObject({
  ...head,
  event: z.literal("before"),
  run: run.extend({ timeout_seconds: z.number() }),
});

/** What is told after a run. */
export const afterDocument = z.strictObject({
  ...head,
  event: z.literal("after"),
  run: run.required({ session_id: true }).extend({
    job_id: z.string(),
    created_at: z.string().describe("ISO 8601, UTC"),
    started_at: z.string().optional(),
  }),
  result: z.strictObject({
    status: z.enum(JOB_STATUSES).describe("completed, failed or timed_out"),
    content: z.string().optional().describe("The answer, cut as the caller gets it"),
    truncated: z.boolean().optional(),
    answer_path: z.string().optional().describe("With truncated: the file with the whole answer"),
    error: z.strictObject({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      hint: z.string().optional(),
      details: z.record(z.string(), z.unknown()).optional(),
    }).optional(),
    partial_output: z.string().optional(),
    exit_code: z.int().optional(),
    duration_ms: z.number().optional(),
    usage: z.strictObject({
      input_tokens: z.number().optional(),
      output_tokens: z.number().optional(),
      cached_tokens: z.number().optional(),
      cost_usd: z.number().optional(),
    }).optional(),
    changed_files: z.boolean()
      .describe("Whether the CLI told of a change of files; false also where it tells nothing"),
    attempts: z.array(z.strictObject({
      cli: z.string(),
      model: z.string().optional(),
      code: z.string(),
      message: z.string(),
    })),
    warnings: z.array(z.string()),
  }),
});

/** What stands before a run: its facts as its hooks see them. */
export type BeforeRun = z.output<typeof beforeDocument>["run"];
/** A run with its result, as its hooks see them. */
export type AfterRun = Omit<z.output<typeof afterDocument>, "version" | "hook" | "event">;

const version = z.literal(HOOK_VERSION).optional();
const text = z.string().optional();

/** What a hook may answer before a run. */
export const beforeAnswer = z.discriminatedUnion("verdict", [
  z.strictObject({ verdict: z.literal("proceed"), version, reason: text }),
  z.strictObject({
    verdict: z.literal("modify"),
    version,
    reason: text.describe("Why, for the warning"),
    prompt: text,
    model: modelName.optional(),
    reasoning_effort: z.enum(EFFORT_LEVELS).optional(),
  }),
  // Whatever else it says: who forbids a run must not be passed over for a slip.
  z.looseObject({ verdict: z.literal("block") }),
]);

/** What a hook may answer after a run. */
export const afterAnswer = z.discriminatedUnion("verdict", [
  z.strictObject({ verdict: z.literal("accept"), version, reason: text }),
  z.strictObject({ verdict: z.literal("annotate"), version, text: z.string().regex(/\S/) }),
  z.looseObject({ verdict: z.literal("reject") }),
]);

/** What a hook answers before a run. */
export type BeforeAnswer = z.output<typeof beforeAnswer>;
/** What a hook answers after a run. */
export type AfterAnswer = z.output<typeof afterAnswer>;
