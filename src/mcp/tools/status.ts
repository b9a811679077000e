/** The tool that reads a job. */
import { z } from "zod";
import { AimuxError } from "../../lib/errors.ts";
import { isFinal, type Job } from "../../store/job.ts";
import { whileBusy } from "../../store/while_busy.ts";
import { followJob } from "../follow_job.ts";
import { statusGuidance } from "../guidance/status.ts";
import { defineTool, type ToolContext } from "./define_tool.ts";
import { fitJob } from "./fit_job.ts";
import { describeJob, jobResultSchema } from "./job_payload.ts";
import { jobText, wholeAnswer } from "./job_text.ts";

/** The longest wait of a call, short of the 60 s after which many clients give up. */
const LONGEST_WAIT_SECONDS = 45;

/** Tells the state of a job, and its result once it has ended. */
export const status = defineTool({
  name: "status",
  title: "State and result of a job",
  description: {
    what: "The state of a job and, once it has ended, its result.",
    when: "After a call that returned a job_id.",
    why: "A long run is never lost to a client's timeout: its job goes on and waits for you here.",
    how: "Pass job_id; wait_seconds holds the call until the job ends or the time is over.",
    not: "Do not poll in a tight loop: wait_seconds does the waiting.",
    choose: "sessions to list or cancel jobs; this to read one.",
  },
  input: z.strictObject({
    job_id: z.string().describe("The job_id of an earlier result"),
    wait_seconds: z.number().min(0).max(LONGEST_WAIT_SECONDS).default(0)
      .describe(`Seconds to wait for the end, 0 to ${LONGEST_WAIT_SECONDS}`),
  }),
  output: jobResultSchema,
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  guidance: statusGuidance,
  text: jobText,
  fit: fitJob,
  rest: wholeAnswer,
  failed: ({ status, error }) => error !== undefined && status !== "completed",

  classification: "sync_ok",
  async handle({ job_id, wait_seconds }, context) {
    const { store, principal, clock } = context;
    const job = findJob(job_id, { store, principal });
    if (isFinal(job.status)) return describeJob(job, context);
    // No answer is held up, or lost, for the sake of the count.
    const pollCount = await whileBusy(() => store.jobs.countPoll(job.id), { clock, tries: 3 })
      .catch(() => job.pollCount);
    const settled = await followJob(job, wait_seconds, context);
    return describeJob({ ...settled, pollCount }, context);
  },
});

/** @throws AimuxError `not_found` */
export function findJob(
  id: string,
  { store, principal }: Pick<ToolContext, "store" | "principal">,
): Job {
  const job = store.jobs.find(id, principal);
  if (job) return job;
  throw new AimuxError("not_found", `No job "${id}"`, {
    hint: "List the sessions to see their last jobs; finished jobs are deleted with their session",
    details: { job_id: id },
  });
}
