/**
 * Shows the guidance of every state that exec, status and sessions can be in, and makes every call
 * that it suggests, with the real server, a real MCP client over stdio and emulated CLIs, each state
 * in a home of its own. The exit code is 0 only if every state was reached and every call was taken.
 *
 *     deno task guidance [WORD…]
 *
 * With words only the states whose line holds them all: `deno task guidance exec failed`.
 */
import { SCENARIOS } from "../guidance/mod.ts";
import { play, type Played, type Scenario, type Tried } from "../guidance/scenario.ts";

Deno.exitCode = await main(Deno.args) ? 0 : 1;

/** @returns Whether everything was as promised. */
async function main(words: string[]): Promise<boolean> {
  const chosen = SCENARIOS.filter((scenario) =>
    words.every((word) => headOf(scenario).includes(word))
  );
  let calls = 0;
  let failures = 0;
  for (const scenario of chosen) {
    console.log(headOf(scenario));
    try {
      const played = await play(scenario);
      calls += played.tried.length;
      show(played);
    } catch (error) {
      failures++;
      console.error("   Not as promised:", error);
    }
    console.log();
  }
  const rest = failures === 0 ? "all were taken" : `${failures} states were not as promised`;
  console.log(`${chosen.length} states, ${calls} suggested calls made; ${rest}.`);
  return failures === 0 && chosen.length > 0;
}

function headOf({ tool, state, title }: Scenario): string {
  return `${tool} ${state}: ${title}`;
}

function show({ told, tried }: Played): void {
  console.log(`   ${told.you_are_here}`);
  for (const gap of told.coverage_gaps) console.log(`   gap: ${gap}`);
  for (const [way, { when, then }] of Object.entries(told.choose_your_path)) {
    console.log(`   ${way}: ${when} -> ${then}`);
    for (const each of tried.filter((each) => each.way === way)) showCall(each);
  }
  for (const stop of told.stop_conditions) console.log(`   stop: ${stop}`);
  for (const line of told.do_not) console.log(`   ${line}`);
}

function showCall({ call, result }: Tried): void {
  const { state, job_id, error } = result;
  console.log(`      ${call.tool} ${JSON.stringify(call.arguments)}`);
  console.log(`      => ${[state, error?.code, job_id].filter(Boolean).join(", ")}`);
}
