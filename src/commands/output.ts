/** Standard output and standard error, as commands write to them. */

/** A stream that a person or a program reads. */
export interface Output {
  readonly terminal: boolean;
  /** Whether colours and control sequences may be written; else it is plain text. */
  readonly styled: boolean;
  /** How many columns a line may have; without a limit where the stream is no terminal. */
  columns(): number;
  /** Writes text as it is. Where nobody reads any more, it is dropped. */
  write(text: string): Promise<void>;
}

/** What an output is made of. */
export interface OutputParts {
  terminal: boolean;
  env: Record<string, string>;
  write(bytes: Uint8Array): Promise<void>;
}

/** Makes an output; NO_COLOR (https://no-color.org) and TERM=dumb make a terminal's plain, too. */
export function createOutput({ terminal, env, write }: OutputParts): Output {
  return {
    terminal,
    styled: terminal && !env["NO_COLOR"] && env["TERM"] !== "dumb",
    columns: () => terminal ? columnsOf(env) : Infinity,
    async write(text) {
      try {
        await write(new TextEncoder().encode(text));
      } catch (error) {
        // `aimux run … | head -1` is no failure of aimux.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    },
  };
}

/** Where even the terminal does not tell. */
const USUAL_COLUMNS = 80;

function columnsOf(env: Record<string, string>): number {
  try {
    const { columns } = Deno.consoleSize();
    if (columns > 0) return columns;
  } catch {
    // Only one of the streams is a terminal, and not one that can be asked.
  }
  return Number(env["COLUMNS"]) || USUAL_COLUMNS;
}
