import { SESSIONS_SCENARIOS } from "../guidance/sessions_scenarios.ts";
import { play } from "../guidance/scenario.ts";

Deno.test("sessions: in every state each suggested call can be made as it stands", async (t) => {
  for (const scenario of SESSIONS_SCENARIOS) {
    await t.step(`${scenario.state}: ${scenario.title}`, async () => {
      await play(scenario);
    });
  }
});
