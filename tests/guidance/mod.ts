/** Every state of exec, status and sessions. */
import { EXEC_SCENARIOS } from "./exec_scenarios.ts";
import { SESSIONS_SCENARIOS } from "./sessions_scenarios.ts";
import { STATUS_SCENARIOS } from "./status_scenarios.ts";
import type { Scenario } from "./scenario.ts";

/** In the order of the documentation. */
export const SCENARIOS: readonly Scenario[] = [
  ...EXEC_SCENARIOS,
  ...STATUS_SCENARIOS,
  ...SESSIONS_SCENARIOS,
];
