/** One call of one tool: checked input, structured result, every failure told the same way. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import type { z } from "zod";
import { AimuxError, errorFacts, messageOf } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { nearest } from "../lib/nearest.ts";
import type { Redactor } from "../lib/redact.ts";
import { refusedGuidance } from "./guidance/errors.ts";
import { type CallParts, perform } from "./hold.ts";
import { type Tool, workOf } from "./tools/define_tool.ts";

/** What a call needs besides its arguments. */
export interface ToolCallParts extends CallParts {
  /** Takes secrets out of what a caller is told of a failure. */
  redact: Redactor;
  log: Log;
  /** The request's id, as its client numbers them. */
  request: string | number;
}

/** Calls a tool; never throws. A failure to provide what it works with is told like any other. */
export async function callTool(
  tool: Tool,
  given: unknown,
  parts: ToolCallParts,
): Promise<CallToolResult> {
  const call = { tool: tool.name, request: parts.request };
  const since = parts.clock.now();
  try {
    const input = checked(tool, given);
    const payload = await perform(
      { work: workOf(tool, input), name: tool.name, given: input },
      parts,
    );
    parts.log.debug("Tool answered", { ...call, duration_ms: parts.clock.now() - since });
    return {
      content: [{ type: "text", text: tool.text(payload) }],
      structuredContent: { ...payload, ...tool.guidance(payload, input) },
      ...tool.failed?.(payload) && { isError: true },
    };
  } catch (error) {
    if (error instanceof AimuxError) parts.log.debug("Tool refused", { ...call, code: error.code });
    else parts.log.error("Unexpected", { ...call, ...errorFacts(error) });
    return refused(error, parts.redact);
  }
}

function checked(tool: Tool, given: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(given ?? {}, { reportInput: true });
  if (parsed.success) {
    checkAction(tool, parsed.data);
    return parsed.data;
  }
  const problems = parsed.error.issues.map((issue) => problemOf(issue, tool));
  throw new AimuxError(
    "invalid_input",
    `Invalid arguments for ${tool.name}: ${problems.join("; ")}`,
    {
      hint: "Correct the arguments; the tool's input schema lists them all",
      details: { problems },
    },
  );
}

/** A parameter that an action does not take would have no effect, so it is refused. */
function checkAction(tool: Tool, { action, ...given }: Record<string, unknown>): void {
  if (!("actions" in tool)) return;
  const { needs = [], takes = [] } = tool.actions[String(action)]!;
  const missing = needs.find((name) => given[name] === undefined);
  if (missing !== undefined) {
    throw new AimuxError("invalid_input", `Action "${action}" needs ${missing}`, {
      hint: `Pass ${missing} from an earlier result or from action "list"`,
      details: { action, missing },
    });
  }
  const all = [...needs, ...takes];
  const stray = Object.keys(given).find((name) => given[name] !== undefined && !all.includes(name));
  if (stray !== undefined) {
    throw new AimuxError("invalid_input", `Action "${action}" takes no ${stray}`, {
      hint: all.length === 0 ? "It takes no parameters" : `It takes: ${all.join(", ")}`,
      details: { action, stray },
    });
  }
}

function problemOf(issue: z.core.$ZodIssue, tool: Tool): string {
  const path = issue.path.join(".");
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, tool)).join("; ");
    case "invalid_type":
      return issue.input === undefined
        ? `${path || "arguments"} is required`
        : `${path || "arguments"}: ${issue.message}`;
    default:
      return path ? `${path}: ${issue.message}` : issue.message;
  }
}

function unknownKey(key: string, tool: Tool): string {
  const known = Object.keys(tool.input.shape);
  const close = nearest(key, known);
  return `there is no parameter ${JSON.stringify(key)}` +
    (close ? `, did you mean "${close}"?` : ` (there are: ${known.join(", ")})`);
}

/** A call that was refused before it had a job. */
function refused(error: unknown, redact: Redactor): CallToolResult {
  const told = error instanceof AimuxError
    ? error
    : new AimuxError("internal", `Internal error: ${messageOf(error)}`, {
      hint: "Try again; if it stays, look into the log and report it",
    });
  const { code } = told;
  const { message, hint, details } = redact.facts({
    message: told.message,
    hint: told.hint,
    details: told.details,
  });
  return {
    isError: true,
    content: [{ type: "text", text: `${message}\n${hint ?? ""}`.trim() + `\nerror: ${code}` }],
    structuredContent: {
      error: {
        code,
        message,
        ...hint && { hint },
        ...details && { details },
      },
      ...refusedGuidance(code),
    },
  };
}
