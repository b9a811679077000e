/** An environment as Windows takes it. */

/**
 * Variables one behind the other, each with a NUL at its end, and one more at the end of all; in
 * UTF-16, ordered by their names in capitals.
 *
 * @throws TypeError where a name is empty or holds `=`, or where either part holds a NUL
 */
export function environmentBlock(env: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(env).map(([name, value]) => {
    if (name === "" || name.includes("=")) {
      throw new TypeError(`Cannot set the variable "${name}": that is no name`);
    }
    return { key: name.toUpperCase(), text: `${name}=${value}` };
  });
  entries.sort((one, other) => one.key < other.key ? -1 : one.key > other.key ? 1 : 0);
  // Without any variable there are two NULs all the same.
  const texts = entries.length === 0 ? [""] : entries.map(({ text }) => text);
  return wideString(...texts, "");
}

/**
 * Texts in UTF-16, each with a NUL at its end.
 *
 * @throws TypeError where one holds a NUL itself
 */
export function wideString(...texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const nul = texts.find((text) => text.includes("\0"));
  if (nul !== undefined) {
    const shown = JSON.stringify(nul.length > 60 ? `${nul.slice(0, 60)}…` : nul);
    throw new TypeError(`Cannot pass ${shown} to a program: it holds a NUL character`);
  }
  const whole = texts.map((text) => `${text}\0`).join("");
  const units = Uint16Array.from({ length: whole.length }, (_, at) => whole.charCodeAt(at));
  return new Uint8Array(units.buffer);
}
