/** The resources of a job, and of its session. */

/** The job itself, as a result of exec or status tells it. */
export function jobUri(jobId: string): string {
  return `aimux://jobs/${jobId}`;
}

/** All that a job printed to standard output. */
export function outputUri(jobId: string): string {
  return `aimux://jobs/${jobId}/output`;
}

/** The whole of an answer that was too long for its result. */
export function answerUri(jobId: string): string {
  return `aimux://jobs/${jobId}/answer`;
}

/** All turns of a session. */
export function transcriptUri(sessionId: string): string {
  return `aimux://sessions/${sessionId}/transcript`;
}

/** Whose resource a URI names. */
export interface Subject {
  of: "job" | "session";
  id: string;
}

/** Of whom a URI of this file tells; undefined for any other URI, and for one with a query. */
export function subjectOf(uri: string): Subject | undefined {
  const job = /^aimux:\/\/jobs\/([\w-]+)(?:\/output|\/answer)?$/.exec(uri)?.[1];
  if (job !== undefined) return { of: "job", id: job };
  const session = /^aimux:\/\/sessions\/([\w-]+)\/transcript$/.exec(uri)?.[1];
  return session === undefined ? undefined : { of: "session", id: session };
}
