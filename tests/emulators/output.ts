/** Writes to the standard streams, whole and at once. */

/** Stands for a byte that is not UTF-8; long enough that no prompt holds it by chance. */
export const BAD_BYTE = "\uE000\uE0FF\uE000";

const encoder = new TextEncoder();

/** Writes all of it; ends quietly where nobody reads any more. */
export function write(to: "stdout" | "stderr", output: string | Uint8Array): void {
  const bytes = typeof output === "string" ? encode(output) : output;
  try {
    for (let at = 0; at < bytes.length;) at += Deno[to].writeSync(bytes.subarray(at));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(141);
    throw error;
  }
}

function encode(text: string): Uint8Array {
  if (!text.includes(BAD_BYTE)) return encoder.encode(text);
  const parts = text.split(BAD_BYTE).map((part) => [...encoder.encode(part)]);
  return new Uint8Array(parts.flatMap((part, i) => i === 0 ? part : [0xff, ...part]));
}
