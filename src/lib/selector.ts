/**
 * A small part of JSONPath (RFC 9535), for values in JSON of a known shape: names, indices, `*` and
 * filters. Nothing is evaluated as code, and a value is looked at in time that grows with its size.
 *
 * ```
 * $.result                             a member
 * $['total cost'].usd                  a member whose name is no word
 * $.content[0].text, $.content[-1]     an element, counted from either end
 * $.content[*].text                    of each element or member
 * $.content[?(@.type=='text')].text    of each element for which the filter holds
 * ```
 *
 * A filter compares members of the element with `==` or `!=` to a text, a number, `true`, `false`
 * or `null`, or says that there is one (`@.error`) or none (`!@.error`); `&&` binds before `||`.
 */

/** The most characters of a selector. */
const LONGEST = 500;

/** A selector that was read. */
export interface Selector {
  readonly steps: readonly Step[];
}

/** One step of the way to a value. */
export type Step =
  | { readonly name: string }
  | { readonly index: number }
  | { readonly each: true }
  | { readonly where: Filter };

/** Any of the alternatives, in each of which all conditions hold. */
export type Filter = readonly (readonly Condition[])[];

interface Condition {
  path: readonly Step[];
  test: "there" | "absent" | "==" | "!=";
  value?: string | number | boolean | null;
}

/** Why a text is no selector, and the character at which that shows, counted from 1. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

/**
 * Reads a selector.
 *
 * @throws SelectorError
 */
export function parseSelector(text: string): Selector {
  if (text.length > LONGEST) throw new SelectorError(`It has more than ${LONGEST} characters`);
  const reader = readerOf(text);
  if (!reader.take(/\$/)) throw reader.expected('"$"');
  const steps = stepsIn(reader);
  if (!reader.ended()) throw reader.expected('".", "[" or the end');
  return { steps };
}

/** The values that a selector finds, in their order. */
export function select({ steps }: Selector, root: unknown): unknown[] {
  let found = [root];
  for (const step of steps) {
    found = found.flatMap((value) => follow(step, value));
    if (found.length === 0) break;
  }
  return found;
}

/** Whether a filter holds for a value. */
export function holds(filter: Filter, value: unknown): boolean {
  return filter.some((conditions) => conditions.every((condition) => fulfils(condition, value)));
}

function follow(step: Step, value: unknown): unknown[] {
  if ("name" in step) {
    return isMap(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
  }
  if ("index" in step) {
    const at = Array.isArray(value) ? value.at(step.index) : undefined;
    return at === undefined ? [] : [at];
  }
  const members = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  return "each" in step ? members : members.filter((member) => holds(step.where, member));
}

function fulfils({ path, test, value: wanted }: Condition, value: unknown): boolean {
  const [found] = select({ steps: path }, value);
  switch (test) {
    case "there":
      return found !== undefined;
    case "absent":
      return found === undefined;
    case "==":
      return found === wanted;
    case "!=":
      return found !== wanted;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Reader = ReturnType<typeof readerOf>;

/** Takes a text piece by piece; every pattern is tried at one place only. */
function readerOf(text: string) {
  let at = 0;
  return {
    take(pattern: RegExp): RegExpExecArray | undefined {
      const sticky = new RegExp(pattern.source, "uy");
      sticky.lastIndex = at;
      const match = sticky.exec(text) ?? undefined;
      if (match) at += match[0].length;
      return match;
    },
    ended: () => at === text.length,
    expected(what: string): SelectorError {
      const found = at < text.length ? `found "${text.slice(at, at + 10)}"` : "found the end";
      return new SelectorError(`Expected ${what} at character ${at + 1}, ${found}`);
    },
  };
}

function stepsIn(reader: Reader): Step[] {
  const steps: Step[] = [];
  for (;;) {
    if (reader.take(/\.\*/) || reader.take(/\[\s*\*\s*\]/)) steps.push({ each: true });
    else if (reader.take(/\./)) steps.push({ name: word(reader) });
    else if (reader.take(/\[\s*\?/)) {
      const open = reader.take(/\s*\(/) !== undefined;
      steps.push({ where: filter(reader) });
      if (open && !reader.take(/\s*\)/)) throw reader.expected('"&&", "||" or ")"');
      if (!reader.take(/\s*\]/)) throw reader.expected(open ? '"]"' : '"&&", "||" or "]"');
    } else if (reader.take(/\[\s*/)) {
      steps.push(bracketed(reader));
      if (!reader.take(/\s*\]/)) throw reader.expected('"]"');
    } else return steps;
  }
}

function word(reader: Reader): string {
  const match = reader.take(/[\p{L}_][\p{L}\p{N}_-]*/u);
  if (!match) throw reader.expected("a name or *");
  return match[0];
}

function bracketed(reader: Reader): Step {
  const index = reader.take(/-?(?:0|[1-9]\d{0,8})/);
  if (index) return { index: Number(index[0]) };
  const name = quoted(reader);
  if (name === undefined) throw reader.expected("an index, a quoted name, * or ?");
  return { name };
}

function quoted(reader: Reader): string | undefined {
  const match = reader.take(/'((?:[^'\\]|\\.)*)'/) ?? reader.take(/"((?:[^"\\]|\\.)*)"/);
  return match?.[1]?.replace(/\\(.)/g, "$1");
}

function filter(reader: Reader): Filter {
  const alternatives: Condition[][] = [[condition(reader)]];
  for (;;) {
    if (reader.take(/\s*&&/)) alternatives.at(-1)!.push(condition(reader));
    else if (reader.take(/\s*\|\|/)) alternatives.push([condition(reader)]);
    else return alternatives;
  }
}

function condition(reader: Reader): Condition {
  const absent = reader.take(/\s*!/) !== undefined;
  if (!reader.take(/\s*@/)) throw reader.expected('"@"');
  const path = stepsIn(reader);
  if (absent) return { path, test: "absent" };
  const comparison = reader.take(/\s*(==|!=)\s*/);
  if (!comparison) return { path, test: "there" };
  return { path, test: comparison[1] as "==" | "!=", value: literal(reader) };
}

function literal(reader: Reader): string | number | boolean | null {
  const text = quoted(reader);
  if (text !== undefined) return text;
  const other = reader.take(/(?:true|false|null)\b|-?\d{1,15}(?:\.\d{1,15})?/);
  if (!other) throw reader.expected("a quoted text, a number, true, false or null");
  return JSON.parse(other[0]);
}
