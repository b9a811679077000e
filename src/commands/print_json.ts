import { visibleJson } from "../lib/terminal/visible_json.ts";
import type { Output } from "./output.ts";

/** Prints one JSON document. What a terminal could act on stands in it as an escape. */
export async function printJson(value: unknown, output: Output): Promise<void> {
  await output.write(visibleJson(value, 2) + "\n");
}
