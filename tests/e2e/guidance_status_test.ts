import { STATUS_SCENARIOS } from "../guidance/status_scenarios.ts";
import { playEach } from "../guidance/scenario.ts";

Deno.test("status: in every state each suggested call can be made as it stands", async (t) => {
  await playEach(
    STATUS_SCENARIOS,
    ({ state, title }, played) => t.step(`${state}: ${title}`, () => played().then(() => {})),
  );
});
