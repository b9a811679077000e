/** The refusals that a model server gives, before each CLI tells them in its own words. */

/** What the server answered; `status` is missing where no request was made. */
export interface Failure {
  kind: FailureKind | "other";
  status?: number;
  reason: string;
  /** The error type of the OpenAI and Anthropic protocols. */
  type: string;
  /** The error status of the Gemini protocol. */
  code: string;
  message: string;
}

/** `login`: no key at all; `auth`: the key is refused; `model`: no such model. */
export type FailureKind = "login" | "auth" | "quota" | "transient" | "model";

/** The refusals by kind. */
export const FAILURES: Record<FailureKind, Failure> = {
  login: {
    kind: "login",
    reason: "Unauthorized",
    type: "authentication_error",
    code: "UNAUTHENTICATED",
    message: "No API key",
  },
  auth: {
    kind: "auth",
    status: 401,
    reason: "Unauthorized",
    type: "authentication_error",
    code: "UNAUTHENTICATED",
    message: "Incorrect API key provided (mock 401)",
  },
  quota: {
    kind: "quota",
    status: 429,
    reason: "Too Many Requests",
    type: "rate_limit_error",
    code: "RESOURCE_EXHAUSTED",
    message: "Rate limit exceeded (mock 429)",
  },
  transient: {
    kind: "transient",
    status: 503,
    reason: "Service Unavailable",
    type: "overloaded_error",
    code: "UNAVAILABLE",
    message: "The server is overloaded (mock 503)",
  },
  model: {
    kind: "model",
    status: 404,
    reason: "Not Found",
    type: "not_found_error",
    code: "NOT_FOUND",
    message: "The model does not exist (mock 404)",
  },
};

/** A failure with a message of its own, as a failure event tells it. */
export function otherFailure(message: string): Failure {
  return { kind: "other", reason: "Error", type: "api_error", code: "INTERNAL", message };
}

/** The kind for an HTTP status. */
export function kindOfStatus(status: number): FailureKind {
  const known = Object.values(FAILURES).find((failure) => failure.status === status);
  return known === undefined ? "transient" : known.kind as FailureKind;
}
