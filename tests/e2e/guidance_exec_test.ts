import { EXEC_SCENARIOS } from "../guidance/exec_scenarios.ts";
import { playEach } from "../guidance/scenario.ts";

Deno.test("exec: in every state each suggested call can be made as it stands", async (t) => {
  await playEach(
    EXEC_SCENARIOS,
    ({ state, title }, played) => t.step(`${state}: ${title}`, () => played().then(() => {})),
  );
});
