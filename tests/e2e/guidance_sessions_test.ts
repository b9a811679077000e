import { SESSIONS_SCENARIOS } from "../guidance/sessions_scenarios.ts";
import { playEach } from "../guidance/scenario.ts";

Deno.test("sessions: in every state each suggested call can be made as it stands", async (t) => {
  await playEach(
    SESSIONS_SCENARIOS,
    ({ state, title }, played) => t.step(`${state}: ${title}`, () => played().then(() => {})),
  );
});
