/** Folders of templates for the tests of this room. */
import { dirname, join } from "node:path";
import type { TemplateLayer } from "./template_files.ts";

/** Three folders, the highest one that of a project; gone with their scope. */
export interface TestLayers extends Disposable {
  root: string;
  layers: TemplateLayer[];
  /** The folder around the highest layer. */
  project: string;
  write(file: string, text: string | Uint8Array): void;
}

/** Makes `below/`, `above/` and `project/.aimux/prompts.d/` with files in them. */
export function testLayers(files: Record<string, string> = {}): TestLayers {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "templates_" }));
  const project = join(root, "project");
  const layer = (name: string) => ({ path: join(root, name), shown: name });
  const made: TestLayers = {
    root,
    project,
    layers: [
      layer("below"),
      layer("above"),
      { ...layer("project/.aimux/prompts.d"), untrusted: project },
    ],
    write(file, text) {
      const path = join(root, file.replace("project/", "project/.aimux/prompts.d/"));
      Deno.mkdirSync(dirname(path), { recursive: true });
      if (typeof text === "string") Deno.writeTextFileSync(path, text);
      else Deno.writeFileSync(path, text);
    },
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
  Deno.mkdirSync(project);
  for (const [file, text] of Object.entries(files)) made.write(file, text);
  return made;
}
