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

/** The settings that hold one value at the end of the keys. */
export function nested(keys: readonly string[], value: unknown): Settings {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Settings;
}
