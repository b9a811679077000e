import type { Output } from "./output.ts";

/** Prints one JSON document. What a terminal could act on stands in it as an escape. */
export async function printJson(value: unknown, output: Output): Promise<void> {
  const text = JSON.stringify(value, undefined, 2);
  await output.write(text.replace(UNESCAPED, escaped) + "\n");
}

/** What JSON leaves as it is although a terminal may not. */
const UNESCAPED = /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
