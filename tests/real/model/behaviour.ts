/** How the model behaves until it is told otherwise. */

/** A file that the model wants to have written. */
export interface Edit {
  /** Absolute, or relative to the CLI's folder, as the CLI wants it. */
  path: string;
  content: string;
  /** How to ask for it where no tools are offered: aider and gptme read the text of the answer. */
  asText?: string;
}

/** What the next turns are like; the default is an answer that repeats the prompt. */
export interface Behaviour {
  /** The answer, in place of the one that repeats the prompt. */
  answer?: string;
  /** Before it answers, the model asks for this edit by each of these kinds of tool, in order. */
  edit?: Edit;
  by?: readonly ToolKind[];
  /** Before it answers, the model asks for the tool of this name, whatever the CLI puts before it. */
  tool?: { name: string; input: Record<string, unknown> };
  /** Every turn fails with this HTTP status. */
  status?: 400 | 401 | 404 | 429 | 500 | 529;
  /** The stream ends in the middle of the answer, without its closing events. */
  cut?: boolean;
  /** Milliseconds before each piece of the answer. */
  pauseMs?: number;
  /** Nothing comes until the CLI hangs up. */
  hang?: boolean;
}

/** What an edit can be asked for by. */
export type ToolKind = "write" | "shell";
