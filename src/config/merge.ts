/** Plain data as a configuration file holds it. */
export type Settings = Record<string, unknown>;

/** Whether a value is a map. */
export function isMap(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Lays one layer of settings over another: maps merge key by key, all else replaces. An empty value
 * (a map whose keys are all commented out) changes nothing.
 *
 * @returns new data; neither argument is changed
 */
export function merge(below: Settings, above: Settings): Settings {
  return mergeWith(below, above, () => {});
}

/** The same, but an empty value takes its key away. */
export function mergeOrRemove(below: Settings, above: Settings): Settings {
  return mergeWith(below, above, (merged, key) => delete merged[key]);
}

function mergeWith(
  below: Settings,
  above: Settings,
  onEmpty: (merged: Settings, key: string) => void,
): Settings {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (key === "__proto__") continue;
    if (value === null) {
      onEmpty(merged, key);
      continue;
    }
    const base = Object.hasOwn(below, key) ? below[key] : undefined;
    merged[key] = isMap(value) ? mergeWith(isMap(base) ? base : {}, value, onEmpty) : value;
  }
  return merged;
}

/** Each value that is not a map, with the keys that lead to it. */
export function* leaves(settings: Settings, keys: string[] = []): Generator<[string[], unknown]> {
  for (const [key, value] of Object.entries(settings)) {
    if (isMap(value)) yield* leaves(value, [...keys, key]);
    else yield [[...keys, key], value];
  }
}

/** The value at the end of the keys, if there is one. */
export function valueAt(settings: unknown, keys: readonly PropertyKey[]): unknown {
  let value = settings;
  for (const key of keys) {
    if (!isMap(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key as string];
  }
  return value;
}

/** Sets one value at the end of the keys. A name that stands for something else is passed over. */
export function put(settings: Settings, keys: readonly string[], value: unknown): void {
  if (keys.includes("__proto__")) return;
  let at = settings;
  for (const key of keys.slice(0, -1)) {
    const inner = Object.hasOwn(at, key) ? at[key] : undefined;
    at = isMap(inner) ? inner : (at[key] = {}) as Settings;
  }
  at[keys.at(-1)!] = value;
}

/** The settings that hold one value at the end of the keys. */
export function nested(keys: readonly string[], value: unknown): Settings {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Settings;
}
