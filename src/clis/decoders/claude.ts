/** Decodes both JSON forms of `claude -p`: `json` and `stream-json` (Claude Code 2.1). */
import type { Decoded, Decoder } from "../decoder.ts";
import { claudeEvents } from "./claude_events.ts";
import { fill, numberField } from "./fields.ts";
import { toldFailure } from "./told_failure.ts";
import { ANTHROPIC_KEYS, readUsage } from "./usage.ts";

/**
 * `is_error` decides, not `subtype`, which stays "success" when the API refuses; but a run that
 * was cut short tells it by its subtype alone ("error_max_turns").
 */
export const claude: Decoder = function claude(output): Decoded {
  const warnings: string[] = [];
  const { said, sessionId, result } = claudeEvents(output.stdout, warnings);
  const decoded = fill<Decoded>({ text: said, warnings }, { cliSessionId: sessionId });
  if (result === undefined) return decoded;

  // Usage is told for this run, without the cached tokens in input_tokens; money for the thread.
  const cost = readUsage(result.event, { cost_usd: "total_cost_usd" });
  fill(decoded, { usage: readUsage(result.event.usage, ANTHROPIC_KEYS), threadUsage: cost });
  if (!result.failed) return { ...decoded, text: result.text || said };

  decoded.failure = toldFailure(result.text, numberField(result.event, "api_error_status"));
  // The error is told as what the assistant said, too.
  if (said === result.text) decoded.text = "";
  return decoded;
};
