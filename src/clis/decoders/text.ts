/** Decodes the output of a CLI that prints its answer and nothing else. */
import type { Decoder } from "../decoder.ts";
import { plainText } from "../../lib/terminal/plain_text.ts";
import { isLong, longText } from "./long_text.ts";

/** What the program printed, as a person would have seen it. */
export const text: Decoder = function text({ stdout }) {
  if (isLong(stdout)) return { ...longText(stdout), warnings: [] };
  return { text: plainText(stdout.text()), warnings: [] };
};
