/** One call of one tool: checked input, structured result, every failure told the same way. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import { AimuxError, errorFacts } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import { checkArguments, WrongArguments } from "./check_arguments.ts";
import { type Ask, InputNeeded } from "./consent.ts";
import type { Call } from "./guidance/guidance.ts";
import { type CallParts, perform } from "./hold.ts";
import type { News } from "./news.ts";
import { tokensOf } from "./tokens.ts";
import { toldError } from "./told_error.ts";
import { type Tool, workOf } from "./tools/define_tool.ts";

/** What a call needs besides its arguments. */
export interface ToolCallParts extends CallParts {
  /** Takes secrets out of what a caller is told of a failure. */
  redact: Redactor;
  log: Log;
  /** The request's id, as its client numbers them. */
  request: string | number;
  /** What this client has not been told yet and should know, whatever it asks for. */
  news?: News;
  /** Whether a task takes the place of a result, which then is no place for news. */
  asTask?(payload: Record<string, unknown>): boolean;
  /** Asks the caller's user. */
  ask: Ask;
}

/**
 * Calls a tool. A failure is a result, also one to provide what the tool works with.
 *
 * @throws InputNeeded where the client has to ask its user before
 */
export async function callTool(
  tool: Tool,
  given: unknown,
  parts: ToolCallParts,
): Promise<CallToolResult> {
  const call = isCall(given) ? given : {};
  const facts = { tool: tool.name, request: parts.request };
  const since = parts.clock.now();
  try {
    const input = checkArguments(tool, given);
    const work = workOf(tool, input);
    if (tool.consent) await tool.consent(input, await parts.context(), parts.ask);
    // What was spent on asking is not waited once more.
    const asked = (parts.clock.now() - since) / 1000;
    const payload = await perform({ work, name: tool.name, given: input }, {
      ...parts,
      ...asked > 0 && { alreadyWaitedSeconds: asked },
    });
    parts.log.debug("Tool answered", { ...facts, duration_ms: parts.clock.now() - since });
    const { config } = await parts.context();
    const news = parts.asTask?.(payload) ? [] : parts.news?.() ?? [];
    return answered(tool, call, { payload, news }, config.server.max_result_tokens);
  } catch (error) {
    if (error instanceof InputNeeded) throw error;
    if (error instanceof AimuxError) {
      parts.log.debug("Tool refused", { ...facts, code: error.code });
    } else parts.log.error("Unexpected", { ...facts, ...errorFacts(error) });
    return refused(tool, call, error, parts);
  }
}

function warningsOf({ warnings }: Record<string, unknown>): unknown[] {
  return Array.isArray(warnings) ? warnings : [];
}

function inWords(text: string, news: readonly string[]): string {
  const missing = news.filter((each) => !text.includes(each));
  return [text, ...missing.map((each) => `warning: ${each}`)].join("\n");
}

function isCall(given: unknown): given is Call {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** A result that takes at most so many tokens; what is left out of it is linked. */
function answered(
  tool: Tool,
  call: Call,
  { payload: given, news }: { payload: Record<string, unknown>; news: readonly string[] },
  tokens: number,
): CallToolResult {
  const whole = news.length === 0 ? given : { ...given, warnings: [...news, ...warningsOf(given)] };
  const taken = tokensOf(JSON.stringify(tool.guidance(call, { payload: whole })));
  const payload = tool.fit(whole, tokens - taken - MARGIN_TOKENS);
  const rest = tool.rest?.(payload);
  return {
    content: [
      { type: "text", text: inWords(tool.text(payload), news) },
      ...rest ? [{ type: "resource_link" as const, name: rest.title, ...rest }] : [],
    ],
    structuredContent: { ...payload, ...tool.guidance(call, { payload }) },
    ...tool.failed?.(payload) && { isError: true },
  };
}

/** For what guidance and text say more where something was left out, and for the link. */
const MARGIN_TOKENS = 300;

/** A call that did not come to a result. */
function refused(
  tool: Tool,
  call: Call,
  error: unknown,
  { redact, news: newsOf }: Pick<ToolCallParts, "redact" | "news">,
): CallToolResult {
  const told = toldError(error, redact);
  const news = newsOf?.() ?? [];
  const { code, message, hint = "" } = told;
  const corrected = error instanceof WrongArguments ? error.corrected : undefined;
  return {
    isError: true,
    content: [{
      type: "text",
      text: inWords(`${message}\n${hint}`.trim() + `\nerror: ${code}`, news),
    }],
    structuredContent: {
      error: told,
      ...news.length > 0 && { warnings: news },
      ...tool.guidance(call, { error: told, ...corrected && { corrected } }),
    },
  };
}
