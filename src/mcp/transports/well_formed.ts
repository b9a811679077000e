/** Text that every JSON parser takes. */

/**
 * A copy of a message without half surrogate pairs, such as a CLI's cut output may hold: in JSON
 * they become escapes that strict parsers refuse, and the whole message with them.
 */
export function wellFormed<Value>(value: Value): Value {
  return copy(value) as Value;
}

function copy(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [copy(name), copy(of)]));
}
