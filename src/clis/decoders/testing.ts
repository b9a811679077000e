/** Short ways to write a program's output in tests. */
import { outputText } from "../../lib/output_text.ts";
import type { Decoded, Decoder } from "../decoder.ts";

/** What a decoder makes of standard output and standard error. */
export function decode(decoder: Decoder, stdout: string, stderr = ""): Decoded {
  return decoder({ stdout: outputText(stdout), stderr: outputText(stderr) });
}

/** JSON Lines; a string stands for itself, JSON or not. */
export function lines(...events: unknown[]): string {
  return events.map((event) => typeof event === "string" ? event : JSON.stringify(event))
    .map((line) => `${line}\n`).join("");
}
