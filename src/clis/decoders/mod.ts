/** The decoders by name: one for each CLI whose output needs it, and the generic ones. */
import type { OutputSelectors } from "../../config/output.ts";
import type { DecoderName } from "../../config/profile.ts";
import type { Decoder } from "../decoder.ts";
import { aider } from "./aider.ts";
import { claude } from "./claude.ts";
import { cline } from "./cline.ts";
import { codex } from "./codex.ts";
import { continueCli } from "./continue.ts";
import { droid } from "./droid.ts";
import { gemini } from "./gemini.ts";
import { goose } from "./goose.ts";
import { gptme } from "./gptme.ts";
import { json } from "./json.ts";
import { jsonl } from "./jsonl.ts";
import { opencode } from "./opencode.ts";
import { qwen } from "./qwen.ts";
import { selectedDecoder } from "./selected.ts";
import { text } from "./text.ts";

/** What a profile can name as its `decoder`. */
export const decoders: Readonly<Record<DecoderName, Decoder>> = {
  aider,
  claude,
  cline,
  codex,
  continue: continueCli,
  crush: text,
  droid,
  gemini,
  goose,
  gptme,
  opencode,
  qwen,
  text,
  json,
  jsonl,
};

/** What of a profile decides about its decoder. */
export interface DecoderChoice {
  name: string;
  decoder?: DecoderName | undefined;
  output_format: "text" | "json" | "jsonl";
  output?: OutputSelectors | undefined;
}

/**
 * The decoder that a profile names, else what it selects, else the one of its name, else the one of
 * its format.
 */
export function decoderFor({ name, decoder, output_format, output }: DecoderChoice): Decoder {
  if (decoder === undefined && output !== undefined) return selectedDecoder(output);
  return decoders[decoder ?? (isDecoder(name) ? name : output_format)];
}

function isDecoder(name: string): name is DecoderName {
  return Object.hasOwn(decoders, name);
}
