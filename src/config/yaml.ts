/**
 * Reads YAML and knows where each value stands.
 *
 * js-yaml is used because it loads and parses several times faster than its alternatives, which is
 * most of the server's start.
 */
import {
  constructFromEvents,
  type Event,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";

/** The way to a value: the keys and indexes from the top. */
export type Keys = readonly PropertyKey[];

/** Line and column from 1; nothing where the source has no such value. */
export interface Position {
  line?: number;
  column?: number;
}

/** A parsed source. */
export interface Yaml {
  /** The value as plain data; undefined for a source without one. */
  value: unknown;
  /** Where a key stands, or its value; for a key that is absent, the innermost map that is there. */
  position(keys: Keys, at: "key" | "value"): Position;
}

/** A source that is not YAML, or not the YAML that is taken here. */
export class YamlError extends Error {
  override readonly name = "YamlError";

  constructor(message: string, readonly position: Position) {
    super(message);
  }
}

const DUPLICATE = /^duplicated mapping key/;

/**
 * Parses one document.
 *
 * Aliases are refused: a few lines of them can stand for gigabytes.
 *
 * @throws {YamlError} where the source cannot be taken
 */
export function parseYaml(source: string): Yaml {
  const text = source.replace(/^\uFEFF/, "");
  try {
    const events = parseEvents(text, {});
    const documents = constructFromEvents(events, { source: text, maxAliases: 0 });
    if (documents.length > 1) {
      throw new YamlError(`Expected one YAML document, found ${documents.length}`, {});
    }
    // Made when there is something to report, and then once: there may be thousands of things.
    let root: { place: NodePlace | undefined } | undefined;
    let lines: number[] | undefined;
    return {
      value: documents[0],
      position(keys, at) {
        root ??= { place: places(events, text) };
        const offset = findOffset(root.place, keys, at);
        return offset === undefined ? {} : positionOf(offset, lines ??= linesOf(text));
      },
    };
  } catch (error) {
    if (error instanceof YAMLException) throw explained(error, text);
    throw error;
  }
}

function explained({ reason, mark }: YAMLException, text: string): YamlError {
  if (mark === undefined) return new YamlError(explanation(reason, ""), {});
  const duplicate = DUPLICATE.test(reason);
  // The mark of a quoted key stands behind its quote.
  const offset = mark.position - (duplicate && /["']/.test(text[mark.position - 1] ?? "") ? 1 : 0);
  return new YamlError(explanation(reason, text.slice(offset)), positionOf(offset, linesOf(text)));
}

function explanation(reason: string, rest: string): string {
  if (DUPLICATE.test(reason)) {
    return `Duplicate key "${/^["']?([^"':\n]*)/.exec(rest)?.[1]?.trim()}"`;
  }
  if (reason.startsWith("tab characters")) return "Use spaces, not a tab, for indentation";
  if (reason.startsWith("aliases exceeded")) {
    return "Aliases such as *name are not taken here; write the value out";
  }
  return `Invalid YAML: ${reason}`;
}

/** Where a node stands: its key's offset, its own, and what it holds. */
interface NodePlace {
  key?: number;
  value: number;
  children: Map<string, NodePlace>;
}

/** Rebuilds the tree of offsets from the events. */
function places(events: Event[], text: string): NodePlace | undefined {
  const iterator = events.values();

  function next(): NodePlace | undefined {
    const event = iterator.next().value;
    switch (event?.type) {
      case EVENT_ID.DOCUMENT:
        return next();
      case EVENT_ID.MAPPING:
        return { value: event.start, children: mapping() };
      case EVENT_ID.SEQUENCE:
        return { value: event.start, children: sequence() };
      case EVENT_ID.SCALAR:
        return scalar(event);
      default:
        return undefined;
    }
  }

  function scalar(event: Event & { type: typeof EVENT_ID.SCALAR }) {
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED ||
      event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    return {
      text: getScalarValue(text, event),
      value: event.valueStart - (quoted ? 1 : 0),
      children: new Map(),
    };
  }

  function mapping() {
    const children = new Map<string, NodePlace>();
    for (let event = iterator.next().value; event?.type === EVENT_ID.SCALAR;) {
      const { text, value: key } = scalar(event);
      const node = next();
      if (node !== undefined) children.set(text, { ...node, key });
      event = iterator.next().value;
    }
    return children;
  }

  function sequence() {
    const children = new Map<string, NodePlace>();
    for (let node = next(); node !== undefined; node = next()) {
      children.set(String(children.size), node);
    }
    return children;
  }

  return next();
}

function findOffset(root: NodePlace | undefined, keys: Keys, at: "key" | "value") {
  let place = root;
  for (const key of keys) {
    const child = place?.children.get(String(key));
    // The innermost thing that is there stands in for what is missing.
    if (child === undefined) return place?.key ?? place?.value;
    place = child;
  }
  const empty = place !== undefined && place.value < 0;
  return at === "key" || empty ? place?.key ?? place?.value : place?.value;
}

function positionOf(offset: number, lines: readonly number[]): Position {
  let [line, after] = [0, lines.length];
  while (after - line > 1) {
    const middle = (line + after) >> 1;
    if (lines[middle]! <= offset) line = middle;
    else after = middle;
  }
  return { line: line + 1, column: offset - lines[line]! + 1 };
}

/** Where each line begins. */
function linesOf(text: string): number[] {
  return [
    0,
    ...Array.from(text.matchAll(/\r\n|\r|\n/g), ({ index, 0: end }) => index + end.length),
  ];
}
