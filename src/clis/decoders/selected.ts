/** Decodes JSON by the selectors of a profile, for CLIs that need no code of their own. */
import { listOf, type OutputSelectors } from "../../config/output.ts";
import { holds, parseSelector, select, type Selector, type Step } from "../../lib/selector.ts";
import type { Decoded, Decoder, ToldFailure, Usage } from "../decoder.ts";
import { contentText } from "./content_text.ts";
import { fill, type JsonObject } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { latestMessage } from "./latest_message.ts";
import { toldFailure } from "./told_failure.ts";
import { addUsage } from "./usage.ts";

/**
 * Makes the decoder. Selectors are applied to one event after the other, each JSON object that the
 * CLI prints, so that output of any length fits.
 */
export function selectedDecoder(output: OutputSelectors): Decoder {
  const text = finder(output.text);
  const sessionId = finder(output.session_id);
  const when = finder(output.error?.when);
  const message = finder(output.error?.message);
  const status = finder(output.error?.status);
  const complaints = finder(output.warnings);
  const usage = usageReader(output.usage);

  return function selected({ stdout }): Decoded {
    const decoded: Decoded = { text: "", warnings: [] };
    const answer = latestMessage();
    let failure: ToldFailure | undefined;
    let used: Usage | undefined;
    for (const event of jsonEvents(stdout, decoded.warnings)) {
      fill(decoded, { cliSessionId: textOf(sessionId(event)) || undefined });
      used = usage(event, used);
      decoded.warnings.push(...complaints(event).map(written).filter(Boolean));
      const parts = text(event).map(written);
      const said = parts.filter(Boolean).join(output.pieces ? "" : "\n\n");
      if (when(event).some(isTold)) {
        if (failure) decoded.warnings.push(failure.message);
        failure = failureOf(textOf(message(event)) || said, Number(status(event)[0]));
        continue;
      }
      if (said === "") continue;
      if (output.pieces) answer.add(said);
      else answer.replace(said);
      if (failure) decoded.warnings.push(failure.message);
      failure = undefined;
    }
    decoded.text = answer.text;
    const counted = output.usage?.of === "session" ? { threadUsage: used } : { usage: used };
    return fill(decoded, { failure, ...counted });
  };
}

/** Makes a reader of what an event says to a person: the last line of what is found. */
export function selectedLine(
  selectors: string | readonly string[],
): (event: JsonObject) => string | undefined {
  const find = finder(selectors);
  return function line(event) {
    const lines = textOf(find(event)).split("\n").map((text) => text.trim());
    return lines.findLast((text) => text !== "");
  };
}

/** What the first selector finds that finds anything but `null` in an event. */
function finder(selectors?: string | readonly string[]): (event: JsonObject) => unknown[] {
  const read = listOf(selectors).map((text) => inEvent(parseSelector(text)));
  return function find(event) {
    for (const selector of read) {
      const found = selector(event).filter((value) => value !== null);
      if (found.length > 0) return found;
    }
    return [];
  };
}

/** A selector that begins with a filter or with `[*]` means the events: here is one of them. */
function inEvent({ steps }: Selector): (event: JsonObject) => unknown[] {
  const [first, ...rest] = steps as [Step?, ...Step[]];
  if (first === undefined || "name" in first || "index" in first) {
    return (event) => select({ steps }, event);
  }
  const where = "where" in first ? first.where : undefined;
  return (event) =>
    where === undefined || holds(where, event) ? select({ steps: rest }, event) : [];
}

function usageReader(keys: OutputSelectors["usage"]) {
  const { of = "run", ...numbers } = keys ?? {};
  const finders = Object.entries(numbers).map(([name, selectors]) =>
    [name, finder(selectors)] as const
  );
  return function readUsage(event: JsonObject, before: Usage | undefined): Usage | undefined {
    const found = finders.map(([name, find]) => [name, amount(find(event))] as const)
      .filter(([, value]) => value !== undefined);
    if (found.length === 0) return before;
    const usage: Usage = Object.fromEntries(found);
    return of === "step" ? addUsage(before, usage) : { ...before, ...usage };
  };
}

/** Numbers of one event belong together, such as those of each model that was asked. */
function amount(found: unknown[]): number | undefined {
  const numbers = found.filter((value) =>
    typeof value === "number" && Number.isFinite(value) && value >= 0
  ) as number[];
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0);
}

/** Several texts of one event are its blocks. */
function textOf(found: unknown[]): string {
  return found.map(written).filter(Boolean).join("\n\n");
}

function written(value: unknown): string {
  return typeof value === "number" ? String(value) : contentText(value);
}

/** A list of errors that is empty tells of none. */
function isTold(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== false && value !== 0 && value !== "";
}

function failureOf(message: string, status: number): ToldFailure {
  const told = message || "The output tells of an error without a message";
  return toldFailure(told, Number.isInteger(status) ? status : undefined);
}
