/** Decodes the JSON Lines that `opencode run --format json` prints (opencode 1.18). */
import type { Decoded, Decoder, Usage } from "../decoder.ts";
import { field, fill, numberField, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { errorMessage, toldFailure } from "./told_failure.ts";
import { addUsage, readUsage } from "./usage.ts";

/**
 * Each step of the agent is a message of its own; the answer is the text of the last one that has
 * any, since the ones before lead up to tool calls.
 */
export const opencode: Decoder = function opencode(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  let messageId: unknown;
  let parts: string[] = [];
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    fill(decoded, { cliSessionId: textField(event, "sessionID") });
    const part = field(event, "part");
    switch (event.type) {
      case "text": {
        const text = textField(part, "text");
        if (text === undefined) break;
        if (field(part, "messageID") !== messageId) parts = [];
        messageId = field(part, "messageID");
        parts.push(text);
        break;
      }
      case "step_finish":
        fill(decoded, { usage: addUsage(decoded.usage, stepUsage(part)) });
        break;
      case "error":
        decoded.failure = toldFailure(
          textField(event, "error", "data", "message") ?? errorMessage(event) ??
            textField(event, "error", "name") ?? "opencode told of an error without a message",
          numberField(event, "error", "data", "statusCode"),
        );
    }
  }
  decoded.text = parts.join("\n\n");
  return decoded;
};

/** Of what is generated, `output` counts what was said and `reasoning` what was thought. */
function stepUsage(part: unknown): Usage | undefined {
  const said = readUsage(part, {
    input_tokens: "tokens.input",
    output_tokens: "tokens.output",
    cached_tokens: "tokens.cache.read",
    cost_usd: "cost",
  });
  return addUsage(said, readUsage(part, { output_tokens: "tokens.reasoning" }));
}
