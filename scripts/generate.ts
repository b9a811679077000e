/**
 * Writes the files that are made from the list of tools: the page about them, and how each is
 * classified.
 *
 *     deno task generate
 */
import { fileURLToPath } from "node:url";
import { classificationArtifact } from "../src/mcp/p26.ts";
import type { Tool } from "../src/mcp/tools/define_tool.ts";
import { TOOLS } from "../src/mcp/tools/registry.ts";
import { toolDocs } from "./tool_docs.ts";

const ROOT = new URL("../", import.meta.url);

/** The files by their paths in the project, formatted as they shall be. */
export async function generate(tools: readonly Tool[]): Promise<Map<string, string>> {
  const artifact = JSON.stringify(classificationArtifact(tools));
  return new Map([
    ["config/p26/classification.v1.json", await formatted(artifact, "json")],
    ["docs/tools.md", await formatted(toolDocs(tools), "md")],
  ]);
}

async function formatted(text: string, ext: "json" | "md"): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", `--config=${fileURLToPath(new URL("deno.json", ROOT))}`, `--ext=${ext}`, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error(`deno fmt failed on the generated ${ext}`);
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  for (const [path, text] of await generate(TOOLS)) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
    console.log(`Wrote ${path}`);
  }
}
