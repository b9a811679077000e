/** Scenarios in the words of a test. */
import { CLI_NAMES, type CliName } from "./cli.ts";
import type { FailureKind } from "./failures.ts";
import type { Scenario, Step, Steps } from "./steps.ts";

/**
 * An emulated CLI with what it shall do. Every method returns another emulation with one more
 * step; steps that end a call come last, and without one of them the call answers well.
 */
export interface Emulation {
  cli: CliName;
  scenario: Scenario;

  /** Prints the text as it is, without a line feed of its own. */
  prints(text: string, options?: { to?: "stdout" | "stderr"; after_ms?: number }): Emulation;
  waits(ms: number): Emulation;
  /** Ignores SIGTERM, SIGHUP and SIGINT. */
  ignoresTerm(): Emulation;
  /** Starts a grandchild that sleeps; `childrenOf` tells its pid. */
  forks(options?: Steps["fork"]): Emulation;
  /** Prints 50 MB in lines of 1,000 bytes, raw or as the answer. */
  floods(options?: Steps["flood"]): Emulation;
  /** Prints one line of so many bytes (2 MB) between the lines `begin` and `end`. */
  printsLine(bytes?: number): Emulation;
  /** Prints bytes that are not UTF-8, in a raw line or inside the answer. */
  invalidUtf8(as?: Steps["invalid_utf8"]): Emulation;

  thenHangs(): Emulation;
  /** Prints the whole good answer and then does not end. */
  lingers(): Emulation;
  answers(text: string): Emulation;
  /** Ends with exit code 0 and no output. */
  answersNothing(): Emulation;
  fails(kind: FailureKind): Emulation;
  /** Prints a failure with this message, but ends with exit code 0. */
  failureEvent(message: string): Emulation;
  exits(code: number): Emulation;
  diesBy(signal: Deno.Signal): Emulation;

  /** Tells this version instead of the one that it plays. */
  ofVersion(version: string): Emulation;
  /** What follows is for the next call; the last call is repeated. */
  nextCall(): Emulation;
}

/** An emulation of each CLI, to begin with: `emulator.codex().waits(100)`. */
export const emulator = Object.fromEntries(
  CLI_NAMES.map((cli) => [cli, () => emulation(cli, { calls: [[]] })]),
) as Record<CliName, () => Emulation>;

function emulation(cli: CliName, scenario: Scenario): Emulation {
  const { calls } = scenario;
  const plus = (step: Step) =>
    emulation(cli, { ...scenario, calls: [...calls.slice(0, -1), [...calls.at(-1)!, step]] });
  return {
    cli,
    scenario,
    prints: (text, options = {}) => plus({ print: { text, ...options } }),
    waits: (ms) => plus({ wait_ms: ms }),
    ignoresTerm: () => plus({ ignore_term: true }),
    forks: (options = {}) => plus({ fork: options }),
    floods: (options = {}) => plus({ flood: options }),
    printsLine: (bytes = 2_000_000) => plus({ line: bytes }),
    invalidUtf8: (as = "noise") => plus({ invalid_utf8: as }),
    thenHangs: () => plus({ hang: true }),
    lingers: () => plus({ linger: true }),
    answers: (text) => plus({ answer: text }),
    answersNothing: () => plus({ nothing: true }),
    fails: (kind) => plus({ fail: kind }),
    failureEvent: (message) => plus({ failure_event: message }),
    exits: (code) => plus({ exit: code }),
    diesBy: (signal) => plus({ signal }),
    ofVersion: (version) => emulation(cli, { ...scenario, version }),
    nextCall: () => emulation(cli, { ...scenario, calls: [...calls, []] }),
  };
}
