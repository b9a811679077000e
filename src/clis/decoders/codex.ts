/** Decodes the JSON Lines that `codex exec --json` prints (codex 0.169). */
import type { Decoded, Decoder } from "../decoder.ts";
import { field, fill, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { toldFailure } from "./told_failure.ts";
import { readUsage } from "./usage.ts";

/**
 * The answer is the last `agent_message`: the ones before it are codex's commentary between its
 * tool calls ("I'll look at the tests first"), and its own `--output-last-message` leaves them out
 * too.
 *
 * Only `turn.failed` and the exit code decide a failure: codex also prints `error` items and
 * "Reconnecting" events in runs that end well.
 */
export const codex: Decoder = function codex(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    switch (event.type) {
      case "thread.started":
        fill(decoded, { cliSessionId: textField(event, "thread_id") });
        break;
      case "item.completed":
        readItem(field(event, "item"), decoded);
        break;
      case "turn.completed":
        // Cumulative: a resumed thread tells what all of its turns used.
        fill(decoded, { threadUsage: readUsage(event.usage, USAGE) });
        break;
      case "turn.failed": {
        const message = textField(event, "error", "message") ?? decoded.warnings.at(-1);
        decoded.failure = toldFailure(message ?? "The turn failed and codex did not say why");
        break;
      }
      case "error":
        warn(textField(event, "message"), decoded);
    }
  }
  return decoded;
};

const USAGE = {
  input_tokens: "input_tokens",
  output_tokens: "output_tokens",
  cached_tokens: "cached_input_tokens",
};

function readItem(item: unknown, decoded: Decoded): void {
  switch (field(item, "type")) {
    case "agent_message":
      fill(decoded, { text: textField(item, "text") });
      break;
    case "error":
      warn(textField(item, "message"), decoded);
  }
}

function warn(message: string | undefined, decoded: Decoded): void {
  if (message !== undefined) decoded.warnings.push(message);
}
