import { EXEC_SCENARIOS } from "../guidance/exec_scenarios.ts";
import { play } from "../guidance/scenario.ts";

Deno.test("exec: in every state each suggested call can be made as it stands", async (t) => {
  for (const scenario of EXEC_SCENARIOS) {
    await t.step(`${scenario.state}: ${scenario.title}`, async () => {
      await play(scenario);
    });
  }
});
