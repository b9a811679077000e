/** What calls and servers of tests have in common. */
import { createRedactor } from "../lib/redact.ts";
import { tapLog } from "../lib/tapped_log.ts";
import { testLog } from "../lib/testing_log.ts";

/** A user who cannot be asked, a log that nobody reads, and a redactor that knows no variables. */
export const UNHEARD = {
  ask: () => Promise.resolve("unable" as const),
  log: tapLog(testLog()),
  redact: createRedactor({}),
};
