/**
 * Writes the files that are made from others: from the list of tools the page about them and how
 * each is classified, from the profiles and the last run of the real CLIs the page about the CLIs.
 *
 *     deno task generate
 */
import { fileURLToPath } from "node:url";
import { classificationArtifact } from "../src/mcp/p26.ts";
import type { CliProfile } from "../src/config/profile.ts";
import type { Tool } from "../src/mcp/tools/define_tool.ts";
import { TOOLS } from "../src/mcp/tools/registry.ts";
import { configFolders } from "../src/config/folders.ts";
import { loadProfiles } from "../src/config/profiles.ts";
import { readResults, type RealResults } from "../tests/real/results.ts";
import { cliDocs } from "./cli_docs.ts";
import { toolDocs } from "./tool_docs.ts";

const ROOT = new URL("../", import.meta.url);

/** What the files are made from. */
export interface Sources {
  tools: readonly Tool[];
  profiles: ReadonlyMap<string, CliProfile>;
  results: RealResults;
}

/** What lies in the project. */
export function sources(): Sources {
  const embedded = new URL("config/", ROOT);
  const { profiles } = loadProfiles(configFolders({ embedded, env: {}, home: "/nonexistent" }));
  return { tools: TOOLS, profiles, results: readResults() };
}

/** The files by their paths in the project, formatted as they shall be. */
export async function generate(
  { tools, profiles, results }: Sources,
): Promise<Map<string, string>> {
  const artifact = JSON.stringify(classificationArtifact(tools));
  return new Map([
    ["config/p26/classification.v1.json", await formatted(artifact, "json")],
    ["docs/tools.md", await formatted(toolDocs(tools), "md")],
    ["docs/clis.md", await formatted(cliDocs(profiles, results), "md")],
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

/** Writes all of them, and says so. */
export async function writeGenerated(): Promise<void> {
  for (const [path, text] of await generate(sources())) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
    console.log(`Wrote ${path}`);
  }
}

if (import.meta.main) await writeGenerated();
