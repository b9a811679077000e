/** Decodes the JSON Lines of `gptme -n --output-format json` (gptme 0.35). */
import type { OutputText } from "../../lib/output_text.ts";
import type { Decoded, Decoder, ToldFailure } from "../decoder.ts";
import { plainLines } from "../../lib/terminal/plain_text.ts";
import { contentText } from "./content_text.ts";
import { fill } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { latestMessage } from "./latest_message.ts";
import { toldFailure } from "./told_failure.ts";
import { addUsage, readUsage } from "./usage.ts";

/**
 * With all its tools gptme asks itself whether it meant to finish when a message calls no tool, up
 * to two times. What answers such a nudge is about that question, so the answer is the last message
 * that does not; the output of a tool ends the talk about it.
 */
export const gptme: Decoder = function gptme(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  const answer = latestMessage();
  const toNudges = latestMessage();
  let nudged = false;
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    if (event.type !== "message") continue;
    const text = contentText(event.content);
    if (event.role === "assistant") {
      (nudged ? toNudges : answer).replace(withoutComplete(text));
      const usage = readUsage(event.metadata, USAGE);
      fill(decoded, { usage: addUsage(decoded.usage, usage) });
    } else {
      nudged = event.role === "user" && text.startsWith(NUDGE);
    }
  }
  decoded.text = answer.text || toNudges.text;
  fill(decoded, { failure: fatalError(output.stderr) });
  return decoded;
};

const NUDGE = "<system>No tool call detected";

const USAGE = {
  input_tokens: "usage.input_tokens",
  output_tokens: "usage.output_tokens",
  cached_tokens: "usage.cache_read_tokens",
  cost_usd: "cost",
};

/** Without the call of the `complete` tool that may end an answer. */
function withoutComplete(text: string): string {
  return text.trimEnd().replace(COMPLETE, "").trimEnd();
}

/** The call in gptme's two notations. */
const COMPLETE = /(?:@complete\([^)\n]{0,100}\): ?\{[^}\n]{0,1000}\}|```complete\n?```)$/;

/** The entry that the log has after "Fatal error occurred", without the place in the code. */
function fatalError(stderr: OutputText): ToldFailure | undefined {
  let fatal = false;
  const message: string[] = [];
  for (const text of plainLines(stderr.lines())) {
    const line = text.trim();
    const entry = /^·?\s*ERROR\s+(.*)$/.exec(line)?.[1];
    if (!fatal) {
      fatal = entry?.startsWith("Fatal error occurred") ?? false;
      continue;
    }
    // One paragraph is the reason; what follows it is advice or a place in the code.
    if (message.length > 0 && (line === "" || line.startsWith("·"))) break;
    if (entry !== undefined || message.length > 0) message.push(entry ?? line);
  }
  if (message.length === 0) return undefined;
  const text = message.join(" ");
  const status = /^Error code: (\d{3})\b/.exec(text)?.[1];
  return toldFailure(text, status === undefined ? undefined : Number(status));
}
