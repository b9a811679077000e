/** Reads fields of JSON that nobody has promised the shape of. */

/** A JSON object of unknown shape. */
export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of keys, undefined where the path leads nowhere. */
export function field(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    if (!isObject(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

/** The string at a path; undefined where there is none or an empty one. */
export function textField(value: unknown, ...path: string[]): string | undefined {
  const found = field(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The number at a path, where it is one that can count something. */
export function numberField(value: unknown, ...path: string[]): number | undefined {
  const found = field(value, ...path);
  return typeof found === "number" && Number.isFinite(found) && found >= 0 ? found : undefined;
}

/** The list at a path, empty where there is none. */
export function listField(value: unknown, ...path: string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Sets the fields that have a value and leaves the others as they are. */
export function fill<T extends object>(
  target: T,
  values: { readonly [K in keyof T]?: T[K] | undefined },
): T {
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) Object.assign(target, { [key]: value });
  }
  return target;
}
