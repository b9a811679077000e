/** The resources of a job. */

/** All that a job printed to standard output. */
export function outputUri(jobId: string): string {
  return `aimux://jobs/${jobId}/output`;
}

/** The whole of an answer that was too long for its result. */
export function answerUri(jobId: string): string {
  return `aimux://jobs/${jobId}/answer`;
}
