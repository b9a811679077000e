/** What a server instance knows of the way to its client. */

/** One connection, or one request of a transport that keeps none. */
export interface Connection {
  /** `modern` is 2026-07-28, `legacy` every revision before. */
  era: "legacy" | "modern";
  /** Whether it outlives the request, so that the server can speak unasked. */
  lasting: boolean;
  /**
   * Resolves when the client begins to listen to resources; only where the instance itself has to
   * tell of their changes, and the transport sorts out what was asked for.
   */
  listening?: Promise<void>;
}
