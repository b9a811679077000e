/** Brings a state about through a real client, and makes every call that its guidance suggests. */
import assert from "node:assert/strict";
import type { Guidance, NextCall, Path, State } from "../../src/mcp/guidance/guidance.ts";
import { type Result, type ServerOptions, startServer, type TestServer } from "../e2e/server.ts";

/** A state that a tool can tell, and how it comes about. */
export interface Scenario {
  tool: "exec" | "status" | "sessions";
  state: State;
  /** What is special about it. */
  title: string;
  /** The ways that it must offer, by name. */
  ways: string[];
  /** The server and the CLIs. */
  at?: ServerOptions;
  /**
   * It can be played on the server of others that share theirs and have the same `at`: what they
   * leave does not change what it tells.
   */
  shares?: true;
  /** Returns the result that tells the state; where it passes, called anew for each suggested call. */
  reach(aimux: TestServer): Promise<Result>;
}

/** A suggested call that was made. */
export interface Tried {
  way: string;
  call: NextCall;
  result: Result;
}

/** What came of a scenario. */
export interface Played {
  told: Result & Guidance;
  tried: Tried[];
}

/** What no suggested call may come to. */
const WRONG_CALL = ["invalid_input", "not_found", "unknown_cli", "internal"];

const PASSING: readonly State[] = ["queued", "running"];

/**
 * Plays a scenario in a workplace of its own.
 *
 * @throws AssertionError where it is not as promised, or where something is left running.
 */
export async function play(scenario: Scenario): Promise<Played> {
  let played: Played | undefined;
  await playEach([scenario], async (_, playing) => played = await playing());
  return played!;
}

/**
 * Plays scenarios, each in a workplace of its own or in one with those that can share it.
 *
 * @param step is given each scenario with what plays it
 * @throws AssertionError where something is left running.
 */
export async function playEach(
  scenarios: readonly Scenario[],
  step: (scenario: Scenario, played: () => Promise<Played>) => Promise<unknown>,
): Promise<void> {
  for (const together of groups(scenarios)) {
    await using aimux = await startServer(together[0]!.at ?? {});
    for (const scenario of together) await step(scenario, () => playOn(aimux, scenario));
    await aimux.stop();
    assert.deepEqual(aimux.processesLeft(), []);
  }
}

function groups(scenarios: readonly Scenario[]): Scenario[][] {
  const alone = scenarios.filter(({ shares }) => !shares).map((scenario) => [scenario]);
  const shared = Object.groupBy(
    scenarios.filter(({ shares }) => shares),
    ({ at }) => JSON.stringify(at ?? {}),
  );
  return [...alone, ...Object.values(shared) as Scenario[][]];
}

/**
 * Plays a scenario on a server that is started as it wants it.
 *
 * @throws AssertionError where it is not as promised.
 */
async function playOn(aimux: TestServer, scenario: Scenario): Promise<Played> {
  const told = await reach(scenario, aimux);
  const tried: Tried[] = [];
  for (const way of calls(told.choose_your_path)) {
    // A job does not wait for the second call in the state that it had at the first.
    const passed = tried.length > 0 && PASSING.includes(scenario.state);
    const fresh = passed ? await reach(scenario, aimux) : told;
    const call = fresh.choose_your_path[way]?.next_call;
    assert.ok(call, `${scenario.title}: no call for ${way}`);
    const result = await aimux.call(call.tool, call.arguments);
    const { error } = result;
    assert.ok(!WRONG_CALL.includes(error?.code), `${scenario.title}, ${way}: ${error?.message}`);
    assert.ok(result["state"], `${scenario.title}, ${way}: no guidance`);
    tried.push({ way, call, result });
  }
  return { told, tried };
}

async function reach(scenario: Scenario, aimux: TestServer): Promise<Result & Guidance> {
  const told = await scenario.reach(aimux) as Result & Guidance;
  assert.equal(told.state, scenario.state, `${scenario.title}: ${told.text}`);
  assert.deepEqual(Object.keys(told.choose_your_path), scenario.ways, scenario.title);
  for (const list of [told.coverage_gaps, told.stop_conditions, told.do_not]) {
    assert.ok(Array.isArray(list), scenario.title);
  }
  assert.ok(told.you_are_here);
  return told;
}

function calls(paths: Record<string, Path>): string[] {
  return Object.entries(paths).filter(([, { next_call }]) => next_call).map(([way]) => way);
}
