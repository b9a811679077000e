/** The misbehaviour that can be asked for, as data; `perform.ts` does it. */
import type { FailureKind } from "./failures.ts";

/** The arguments of each step. */
export interface Steps {
  /** Prints the text as it is. */
  print: string | { text: string; to?: "stdout" | "stderr"; after_ms?: number };
  /** Never ends. */
  hang: true;
  /** Ignores SIGTERM, SIGHUP and SIGINT from here on. */
  ignore_term: true;
  /** Starts a grandchild that sleeps; `children.jsonl` tells its pid. */
  fork: { setsid?: boolean; hold_stdout?: boolean };
  /**
   * Prints `bytes` (50 MB) in lines of `line` bytes (1,000, the line feed included), the last of
   * them beginning with `flood end`: as raw `noise`, or as the text of the good `answer`.
   */
  flood: { bytes?: number; line?: number; as?: "noise" | "answer"; to?: "stdout" | "stderr" };
  /** Prints one line of that many bytes between the lines `begin` and `end`. */
  line: number;
  /** Prints bytes that are not UTF-8: in a raw line, or inside the good answer. */
  invalid_utf8: "noise" | "answer";
  /** Ends as the real CLI does when its model refuses. */
  fail: FailureKind;
  /** Prints the failure with this message, but ends with exit code 0. */
  failure_event: string;
  /** Prints nothing and ends with exit code 0. */
  nothing: true;
  exit: number;
  /** Dies by this signal. */
  signal: Deno.Signal;
  wait_ms: number;
  /** Prints the whole good answer and then does not end. */
  linger: true;
  /** Ends well with this text. */
  answer: string;
}

/** One step: an object with one key. */
export type Step = { [K in keyof Steps]: Record<K, Steps[K]> }[keyof Steps];

/** The steps of each call in turn; the last is repeated. A call without steps answers well. */
export interface Scenario {
  calls: Step[][];
  /** The version that it tells, where that is not the one it plays. */
  version?: string;
  /** Tells scenarios apart where one home sees several. */
  id?: string;
}
