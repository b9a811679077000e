/** The last words of a program that ends by an error which nobody has handled. */
import { errorFacts, messageOf } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";

/** From now on such an error is logged, told in a line of standard error, and ends the program. */
export function tellCrash({ log, redact }: { log: Log; redact: Redactor }): void {
  const crash = (event: Event, error: unknown) => {
    event.preventDefault();
    log.error("Crashed", errorFacts(error));
    console.error(redact(`aimux cannot go on: ${messageOf(error)}`));
    Deno.exit(1);
  };
  addEventListener("error", (event) => crash(event, event.error));
  addEventListener("unhandledrejection", (event) => crash(event, event.reason));
}
