/** Strings as C takes them. */

const POINTER_BYTES = 8;

/**
 * A list of texts, as `argv` is one: pointers to them, a null pointer, and behind it the texts
 * themselves, all in one piece of memory.
 *
 * @throws TypeError where a text holds a NUL
 */
export function cStrings(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoded = texts.map(cString);
  const head = (texts.length + 1) * POINTER_BYTES;
  const memory = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, head));
  const base = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory)));
  const pointers = new BigUint64Array(memory.buffer, 0, texts.length + 1);
  let at = head;
  for (const [index, text] of encoded.entries()) {
    memory.set(text, at);
    pointers[index] = base + BigInt(at);
    at += text.length;
  }
  return memory;
}

/**
 * One text with a NUL at its end.
 *
 * @throws TypeError where it holds a NUL itself
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
    throw new TypeError(`Cannot pass ${shown} to a program: it holds a NUL character`);
  }
  return new TextEncoder().encode(`${text}\0`);
}
