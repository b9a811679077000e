/** What stands behind a path. */

/** Whose request it is. */
export interface Caller {
  principal: string;
  /** Resolves when the response was sent, or cannot be any more. */
  completed: Promise<void>;
}

/** An answer to a request. */
export interface Answer {
  response: Response;
  /** Whether the response goes on until its client leaves. */
  endless?: boolean;
}

/** Answers the requests of one path. */
export type Endpoint = (request: Request, caller: Caller) => Promise<Answer>;
