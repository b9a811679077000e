/** What calls and servers of tests have in common. */
import { createRedactor } from "../lib/redact.ts";
import { tapLog } from "../lib/tapped_log.ts";
import { testLog } from "../lib/testing_log.ts";

/** A log that nobody reads, and a redactor that knows no variables. */
export const UNHEARD = { log: tapLog(testLog()), redact: createRedactor({}) };
