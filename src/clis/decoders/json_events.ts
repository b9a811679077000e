/** Finds JSON objects in what a program prints. */
import type { OutputText } from "../../lib/output_text.ts";
import { plainText } from "../../lib/terminal/plain_text.ts";
import { isObject, type JsonObject } from "./fields.ts";
import { parseJson } from "./safe_json.ts";

/**
 * The JSON objects of an output in their order: one a line (JSON Lines), spread over indented lines
 * (pretty-printed), or the members of an array. Whatever stands between them is passed over; what
 * began like JSON and was not is counted in one warning.
 *
 * It holds one object at a time, so a stream of any length fits: an object over many lines is given
 * up at the first line that cannot belong to it.
 *
 * On a terminal, control sequences and spinners may stand around the JSON; they are passed over, too.
 */
export function* jsonEvents(output: OutputText, warnings: string[] = []): Generator<JsonObject> {
  let found = false;
  let broken = 0;
  for (const document of documents(output)) {
    if (document === undefined) {
      broken++;
      continue;
    }
    for (const event of objectsIn(document)) {
      found = true;
      yield event;
    }
  }
  if (!found) yield* embedded(output);
  if (broken > 0) {
    warnings.push(
      `Skipped malformed JSON in the output: ${broken} ${broken === 1 ? "time" : "times"}`,
    );
  }
}

/** Whole documents at the beginning of lines; undefined for one that is broken. */
function* documents(output: OutputText): Generator<unknown> {
  let pending: string[] = [];
  let indent = 0;
  for (const line of linesOf(output)) {
    const start = line.search(/\S/);
    if (start < 0) continue;
    const first = line[start];
    if (pending.length > 0) {
      if (start > indent) {
        pending.push(line);
        continue;
      }
      const closes = start === indent && (first === "}" || first === "]");
      yield closes ? parseJson([...pending, first].join("\n")) : undefined;
      pending = [];
      if (closes) continue;
    }
    if (first !== "{" && first !== "[") continue;
    const text = line.slice(start).trimEnd();
    // Only what may be whole is parsed: an exception costs as much as a long parse.
    const value = /[}\]]$/.test(text.slice(-1)) ? parseJson(text) : undefined;
    if (value !== undefined) yield value;
    else if (/[{[]$/.test(text.slice(-1))) [pending, indent] = [[text], start];
    else if (first === "{") yield undefined; // A line like "[STARTUP] ready" is no broken JSON.
  }
  if (pending.length > 0) yield undefined;
}

/** Objects within a line, for a program that prints its JSON right behind or before other text. */
function* embedded(output: OutputText): Generator<JsonObject> {
  for (const line of linesOf(output)) {
    const start = line.search(/\[?\{/);
    if (start < 0) continue;
    const end = Math.max(line.lastIndexOf("}"), line.lastIndexOf("]"));
    if (end > start) yield* objectsIn(parseJson(line.slice(start, end + 1)));
  }
}

/**
 * Lines without terminal controls, which cannot be part of JSON; the characters above them, such as
 * U+007F, can. A carriage return ends a line here: what a spinner left must not run into an object.
 */
function* linesOf(output: OutputText): Generator<string> {
  for (const printed of output.lines()) {
    // A byte order mark would count as an indent.
    const line = printed.replace(/^\uFEFF/, "");
    if (!CONTROL.test(line)) yield line;
    else for (const part of line.split("\r")) yield plainText(part, { eightBit: false });
  }
}

const CONTROL = new RegExp(String.raw`[\x00-\x08\n-\x1f]`);

function objectsIn(document: unknown): JsonObject[] {
  if (Array.isArray(document)) return document.filter(isObject);
  return isObject(document) ? [document] : [];
}
