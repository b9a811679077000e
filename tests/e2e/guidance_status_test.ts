import { STATUS_SCENARIOS } from "../guidance/status_scenarios.ts";
import { play } from "../guidance/scenario.ts";

Deno.test("status: in every state each suggested call can be made as it stands", async (t) => {
  for (const scenario of STATUS_SCENARIOS) {
    await t.step(`${scenario.state}: ${scenario.title}`, async () => {
      await play(scenario);
    });
  }
});
