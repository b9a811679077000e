/** The seam between what a CLI prints and what a client is told. */
import type { ErrorCode } from "../lib/errors.ts";
import type { OutputText } from "../lib/output_text.ts";

/** Tokens and money that a run used; a field is absent where the CLI does not tell. */
export interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  /** Input tokens that came from the provider's cache. */
  cached_tokens?: number;
  cost_usd?: number;
}

/** What a process printed until it ended. */
export interface CliOutput {
  stdout: OutputText;
  stderr: OutputText;
}

/** A failure that the CLI told of in its output, whatever its exit code. */
export interface ToldFailure {
  message: string;
  /** Set where the output names the class itself; otherwise the message is classified. */
  code?: ErrorCode;
}

/** An answer of which only the beginning and the end are held. */
export interface LongAnswer {
  head: string;
  /** How many characters stand between both. */
  missing: number;
  tail: string;
  /** All of it, in pieces; each call begins anew. */
  pieces(): Iterable<string>;
}

/** What a CLI's output means. */
export interface Decoded {
  /** The final answer, empty where there is none. Never raw events, never the prompt's echo. */
  text: string;
  /** The answer where it is too long to be held; then `text` is only its beginning and its end. */
  long?: LongAnswer;
  /** The id by which the CLI resumes this conversation. */
  cliSessionId?: string;
  /** What this run used. */
  usage?: Usage;
  /** What the whole conversation used so far; the engine subtracts what earlier runs used. */
  threadUsage?: Usage;
  /** What the CLI complained about in a run that may still be good. */
  warnings: string[];
  failure?: ToldFailure;
}

/** Turns output into its meaning. Pure; never throws, whatever the output. */
export type Decoder = (output: CliOutput) => Decoded;
