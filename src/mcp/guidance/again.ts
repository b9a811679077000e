/** A caller's own call, suggested once more. */
import { cut } from "../../lib/cut.ts";
import type { Call, Path } from "./guidance.ts";

/** Arguments that take more characters as JSON are not repeated: the caller has them. */
const LONGEST_REPEATED = 1_000;

/** A call that is made again. */
export interface Again {
  tool: string;
  call: Call;
  when: string;
  /** What is given instead; what is undefined is left out. */
  changes?: Call;
  /** What to expect after it. */
  then: string;
}

/** The way of making a call again; one that is too long to be repeated is described in words. */
export function again({ tool, call, when, changes = {}, then }: Again): Path {
  const all = Object.entries({ ...call, ...changes });
  const args = Object.fromEntries(all.filter(([, value]) => value !== undefined));
  if (JSON.stringify(args).length <= LONGEST_REPEATED) {
    return { when, next_call: { tool, arguments: args }, then };
  }
  return { when, then: `Make the same call ${inWords(call, changes)}. ${then}` };
}

/** `with cli "claude", without model` */
export function inWords(call: Call, changes: Call): string {
  const words = Object.entries(changes)
    .filter(([name, value]) => value !== call[name])
    .map(([name, value]) =>
      value === undefined
        ? `without ${cut(name, LONGEST_SHOWN)}`
        : `with ${name} ${cut(JSON.stringify(value), LONGEST_SHOWN)}`
    );
  return words.length === 0 ? "once more" : words.join(", ");
}

/** The most characters of a value in words: the caller has the whole of it. */
const LONGEST_SHOWN = 200;
