/** Steps that a person writes into a prompt: a line `#emulate [{"wait_ms": 500}, {"hang": true}]`. */
import type { Step } from "./steps.ts";

const LINE = /^#emulate (\[.*\]) *(?:\n|$)/m;

/** What is left of a prompt that held nothing else; some CLIs refuse an empty one. */
const REST = "say hi";

/** Takes the line out of a text; a role's prompt may stand before it. */
export function takeDirective(text: string): { text: string; steps?: Step[] } {
  const match = LINE.exec(text);
  if (match === null) return { text };
  const rest = text.slice(0, match.index) + text.slice(match.index + match[0].length);
  return { text: rest === "" ? REST : rest, steps: JSON.parse(match[1]!) };
}

/**
 * The steps behind the words that the recordings' model server knew: `MOCK_STATUS_401` is refused,
 * `MOCK_SLEEP_30` waits that many seconds.
 */
export function modelSteps(prompt: string, kindOf: (status: number) => Step): Step[] {
  const status = /MOCK_STATUS_(\d{3})/.exec(prompt);
  if (status !== null) return [kindOf(Number(status[1]))];
  const sleep = /MOCK_SLEEP_(\d+)/.exec(prompt);
  return sleep === null ? [] : [{ wait_ms: Number(sleep[1]) * 1000 }];
}
