/** Decodes the output of a CLI that prints its answer and nothing else. */
import type { Decoder } from "../decoder.ts";
import { plainText } from "../../lib/terminal/plain_text.ts";

/** What the program printed, as a person would have seen it. */
export const text: Decoder = function text(output) {
  return { text: plainText(output.stdout.text()), warnings: [] };
};
