/** Ids and times in the shapes that the CLIs print. */

/** A UUID whose first half is the time, as codex names its threads. */
export function uuidv7(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  const random = crypto.randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

/** Random letters and digits. */
export function letters(length: number): string {
  const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  return Array.from(
    crypto.getRandomValues(new Uint8Array(length)),
    (byte) => alphabet[byte % alphabet.length],
  ).join("");
}

/** One JSON value a line. */
export function jsonLines(...values: unknown[]): string {
  return values.map((value) => JSON.stringify(value) + "\n").join("");
}
