/** What tests know of guidance: the rules that hold for all of it, whatever tool and state. */
import assert from "node:assert/strict";
import { checkArguments } from "../check_arguments.ts";
import { TOOLS } from "../tools/registry.ts";
import { type Call, type Guidance, type NextCall, STATES } from "./guidance.ts";

/** More than guidance should take, besides the arguments that it repeats from the call. */
const LONGEST = 1_100;

/** Checks what holds for every guidance; a suggested call must be taken by the tool it names. */
export function checkGuidance(told: Guidance): void {
  const { state, you_are_here, coverage_gaps, choose_your_path, stop_conditions, do_not } = told;
  assert.ok(STATES.includes(state), state);
  assert.match(state, /^[a-z_]+$/);
  assert.ok(you_are_here.length > 5, you_are_here);
  for (const line of [...coverage_gaps, ...stop_conditions, ...do_not]) assert.ok(line.length > 5);
  assert.ok(Object.keys(choose_your_path).length > 0, `no way out of ${state}`);
  let repeated = 0;
  for (const [name, { when, next_call, then }] of Object.entries(choose_your_path)) {
    assert.match(name, /^[a-z_]+$/);
    assert.ok(when.length > 5 && then.length > 5, name);
    if (!next_call) continue;
    checkCall(next_call);
    repeated += JSON.stringify(next_call.arguments).length;
  }
  const fields = { state, you_are_here, coverage_gaps, choose_your_path, stop_conditions, do_not };
  const length = JSON.stringify(fields).length - repeated;
  assert.ok(length <= LONGEST, `${length} characters`);
}

/** Checks that a tool takes a call as it stands. */
export function checkCall({ tool: name, arguments: args }: NextCall): void {
  const tool = TOOLS.find((tool) => tool.name === name);
  assert.ok(tool, name);
  checkArguments(tool, JSON.parse(JSON.stringify(args)));
  assert.ok(!/<\w+>|your /i.test(JSON.stringify({ ...args, prompt: "" })), "a placeholder");
}

/** The calls that are suggested, by the names of their ways. */
export function callsOf({ choose_your_path }: Guidance): Record<string, Call> {
  return Object.fromEntries(
    Object.entries(choose_your_path).filter(([, { next_call }]) => next_call)
      .map(([name, { next_call }]) => [name, next_call!.arguments]),
  );
}
