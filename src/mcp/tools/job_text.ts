/** A job in words. */
import { isFinal } from "../../store/job.ts";
import type { JobPayload } from "./job_payload.ts";

/** The answer itself first, or why there is none yet or at all; then the facts about the run. */
export function jobText(job: JobPayload): string {
  const facts = jobFacts(job);
  if (job.status === "completed") return `${job.content ?? ""}\n\n---\n${facts}`;
  if (!isFinal(job.status)) return `${unfinished(job)}\n\n${facts}`;
  const partial = job.partial_output ? `\n\nPrinted before the end:\n${job.partial_output}` : "";
  const hint = job.error?.hint ? `\n${job.error.hint}` : "";
  return `${job.error?.message ?? job.status}${hint}\n\n${facts}${partial}`;
}

/** Not every client shows its model the guidance. */
function unfinished({ status, cli }: JobPayload): string {
  const where = status === "queued" ? "The job waits for its turn" : `${cli} is working on it`;
  return `${where}; for the answer call status with the job_id`;
}

/** The facts about the run, one a line: `name: value`. */
export function jobFacts(job: JobPayload): string {
  const { usage } = job;
  const run = [job.cli, job.model, job.reasoning_effort && `effort ${job.reasoning_effort}`]
    .filter(Boolean).join(" ");
  const facts = [
    `status: ${job.status}${job.error ? ` (${job.error.code})` : ""}`,
    `cli: ${run}, role ${job.role}${job.style ? `, style ${job.style}` : ""}`,
    `permission: ${job.permission}`,
    `job_id: ${job.job_id}`,
    `session_id: ${job.session_id}`,
    job.queue_position !== undefined && `queue_position: ${job.queue_position}`,
    job.estimated_start_seconds !== undefined &&
    `starts in: about ${job.estimated_start_seconds} s`,
    job.progress !== undefined && `progress: ${job.progress}`,
    job.exit_code !== undefined && `exit_code: ${job.exit_code}`,
    job.duration_ms !== undefined && `took: ${(job.duration_ms / 1000).toFixed(1)} s`,
    usage && `tokens: ${usage.input_tokens ?? "?"} in, ${usage.output_tokens ?? "?"} out` +
      (usage.cost_usd === undefined ? "" : `, $${usage.cost_usd}`),
    job.truncated && `whole answer: ${job.output_uri}`,
    ...(job.attempts ?? []).slice(0, -1).map(({ cli, model, code, message }) =>
      `not done by: ${[cli, model].filter(Boolean).join(" ")} (${code}: ${message})`
    ),
    ...(job.warnings ?? []).map((warning) => `warning: ${warning}`),
  ];
  return facts.filter(Boolean).join("\n");
}

/** Where an answer is that was too long for the result. */
export function wholeAnswer(
  { truncated, output_uri }: JobPayload,
): { uri: string; title: string } | undefined {
  if (!truncated || output_uri === undefined) return undefined;
  return { uri: output_uri, title: "The whole answer" };
}
