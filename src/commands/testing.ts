/** A program for tests of commands: nothing is read or written but in memory. */
import type { Program } from "./command.ts";
import type { Output } from "./output.ts";

/** An output that keeps what is written. */
export interface TestOutput extends Output {
  text: string;
}

/** Makes an output; a terminal where it has columns. */
export function testOutput(columns?: number): TestOutput {
  const output: TestOutput = {
    text: "",
    terminal: columns !== undefined,
    styled: columns !== undefined,
    columns: () => columns ?? Infinity,
    write(text) {
      output.text += text;
      return Promise.resolve();
    },
  };
  return output;
}

/** A program whose outputs are at hand. */
export interface TestProgram extends Program {
  stdout: TestOutput;
  stderr: TestOutput;
}

/** Makes a program that reads the given text. */
export function testProgram(given: Partial<Program> & { input?: string } = {}): TestProgram {
  return {
    machine: { env: {}, home: "/home/me", cwd: "/project" },
    version: "1.2.3",
    embedded: new URL("../../config/", import.meta.url),
    stdin: {
      terminal: given.input === undefined,
      readable: new Blob([given.input ?? ""]).stream(),
    },
    stdout: testOutput(),
    stderr: testOutput(),
    startServer: () => Promise.reject(new Error("the server was started")),
    ...given,
  } as TestProgram;
}

/** What a terminal shows in the end of what was written to it: the lines, without colours. */
export function shownOf(written: string): string[] {
  const lines: string[] = [];
  let last = "";
  for (const [, erase, feed, text = ""] of written.replace(SGR, "").matchAll(WRITTEN)) {
    if (feed) lines.push(last);
    last = erase || feed ? "" : last + text;
  }
  return [...lines, last];
}

/** A character that acts on a terminal instead of being shown; line feeds are none. */
export const ACTING = new RegExp(String.raw`[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]`);

const SGR = new RegExp("\x1b" + String.raw`\[\d+m`, "g");
const WRITTEN = new RegExp(String.raw`(\r\x1b\[K)|(\r?\n)|([^\r\n\x1b]+)`, "g");
