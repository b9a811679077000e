/** Decodes both JSON forms of `qwen`: `json`, an array, and `stream-json` (Qwen Code 0.24). */
import type { Decoded, Decoder } from "../decoder.ts";
import { claudeEvents } from "./claude_events.ts";
import { fill, numberField, textField } from "./fields.ts";
import { gemini } from "./gemini.ts";
import { toldFailure } from "./told_failure.ts";
import { ANTHROPIC_KEYS, readUsage } from "./usage.ts";

/**
 * qwen is a fork of gemini that tells its runs in Claude Code's events. Output without a closing
 * event of that kind is read as gemini's, which older versions print.
 */
export const qwen: Decoder = function qwen(output): Decoded {
  const warnings: string[] = [];
  const { said, sessionId, result } = claudeEvents(output.stdout, warnings);
  if (result === undefined || textField(result.event, "status") !== undefined) {
    const older = gemini(output);
    return fill({ ...older, text: older.text || said }, { cliSessionId: sessionId });
  }

  const decoded = fill<Decoded>({ text: said, warnings }, {
    cliSessionId: sessionId,
    // Cumulative after a resume, and it counts qwen's requests of its own beside the answer.
    threadUsage: readUsage(result.event.usage, ANTHROPIC_KEYS),
  });
  const text = result.text || said;
  if (!result.failed && !API_ERROR.test(text)) return { ...decoded, text };

  decoded.failure = toldFailure(text, numberField(result.event, "error", "status"));
  // The error is told as what the assistant said, too.
  if (said === text) decoded.text = "";
  return decoded;
};

/** How an error of the API stands in the place of an answer: nothing before it, nothing after. */
const API_ERROR = /^\[API Error: [^]*\]$/;
