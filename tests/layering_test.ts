/** The rooms of `src/` stand over one another, and imports only go down. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** From the top to the bottom; the names of docs/architecture.md. */
const ROOMS = [
  "main.ts",
  "commands",
  "app.ts",
  "mcp",
  "strategies",
  "thinking",
  "investigation",
  "research",
  "agents",
  "skills",
  "engine",
  "clis",
  "process",
  "store",
  "config",
  "lib",
];

/** What a room does not know although it stands below: a process is no AI CLI. */
const CLOSED: Readonly<Record<string, readonly string[]>> = { process: ["store", "config"] };

/** An import of one file by another, both by their paths in the project. */
interface Arrow {
  from: string;
  to: string;
}

/** The part of `deno info --json` that is read here. */
interface ModuleGraph {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
  }[];
}

Deno.test("imports go down from room to room, those of types and dynamic ones too", async () => {
  const root = new URL("../", import.meta.url);
  const files = ["main.ts", ...sourceFiles(new URL("src/", root), "src/")];
  const graph = await graphOf(files.map((file) => new URL(file, root)));

  const seen = filesIn(graph, root);
  assert.ok(seen.includes("main.ts"), "main.ts was not found");
  assert.ok(files.length > 100, `${files.length} files`);
  assert.deepEqual(files.filter((file) => !seen.includes(file)), [], "files that were not read");
  const arrows = arrowsIn(graph, root);
  assert.ok(arrows.length > files.length, `${arrows.length} imports`);
  assert.deepEqual(wrongArrows(arrows), []);
});

Deno.test("an arrow that runs up is found, and named by both of its files", () => {
  const found = wrongArrows([
    { from: "src/engine/engine.ts", to: "src/clis/plan.ts" },
    { from: "src/engine/engine.ts", to: "src/engine/routing.ts" },
    { from: "src/store/jobs.ts", to: "src/engine/engine.ts" },
    { from: "src/process/capture.ts", to: "src/store/job.ts" },
    { from: "src/lib/text.ts", to: "main.ts" },
    { from: "src/utils/text.ts", to: "src/lib/ids.ts" },
  ]);
  assert.deepEqual(found, [
    "src/store/jobs.ts → src/engine/engine.ts: store stands below engine",
    "src/process/capture.ts → src/store/job.ts: process does not know store",
    "src/lib/text.ts → main.ts: lib stands below main.ts",
    "src/utils/text.ts → src/lib/ids.ts: utils is no room",
  ]);
});

Deno.test("imports of types and dynamic ones are arrows, packages and data are not", () => {
  const graph: ModuleGraph = {
    modules: [{
      specifier: "file:///p/src/lib/a.ts",
      dependencies: [
        { code: { specifier: "npm:zod@4" } },
        { code: { specifier: "file:///p/deno.json" } },
        { type: { specifier: "file:///p/src/engine/b.ts" } },
        {
          code: { specifier: "file:///p/src/lib/c.ts" },
          type: { specifier: "file:///p/src/lib/c.ts" },
        },
      ],
    }],
  };
  assert.deepEqual(arrowsIn(graph, new URL("file:///p/")), [
    { from: "src/lib/a.ts", to: "src/engine/b.ts" },
    { from: "src/lib/a.ts", to: "src/lib/c.ts" },
  ]);
});

/** Says of each arrow that must not be why. */
function wrongArrows(arrows: Arrow[]): string[] {
  return arrows.flatMap(({ from, to }) => {
    const why = wrongStep(roomOf(from), roomOf(to));
    return why === undefined ? [] : [`${from} → ${to}: ${why}`];
  });
}

function wrongStep(from: string, to: string): string | undefined {
  const stranger = [from, to].find((room) => !ROOMS.includes(room));
  if (stranger !== undefined) return `${stranger} is no room`;
  if (ROOMS.indexOf(from) > ROOMS.indexOf(to)) return `${from} stands below ${to}`;
  if (CLOSED[from]?.includes(to)) return `${from} does not know ${to}`;
  return undefined;
}

/** `src/engine/engine.ts` lies in the room `engine`; `src/app.ts` is one by itself, with its test. */
function roomOf(file: string): string {
  return file.split("/")[file.startsWith("src/") ? 1 : 0]!.replace(/_test\.ts$/, ".ts");
}

function arrowsIn({ modules }: ModuleGraph, root: URL): Arrow[] {
  return modules.flatMap(({ specifier, dependencies = [] }) => {
    const from = sourceFile(specifier, root);
    if (from === undefined) return [];
    const targets = dependencies.flatMap(({ code, type }) => [code?.specifier, type?.specifier])
      .map((target) => sourceFile(target ?? "", root)).filter((target) => target !== undefined);
    return [...new Set(targets)].map((to) => ({ from, to }));
  });
}

function filesIn({ modules }: ModuleGraph, root: URL): string[] {
  return modules.flatMap(({ specifier }) => sourceFile(specifier, root) ?? []);
}

/** The path in the project of a module that is code of the project. */
function sourceFile(specifier: string, root: URL): string | undefined {
  if (!specifier.startsWith(root.href)) return undefined;
  const path = specifier.slice(root.href.length);
  return path === "main.ts" || path.startsWith("src/") ? path : undefined;
}

/** The graph of all the files at once: from main.ts alone a file that nothing uses is not seen. */
async function graphOf(files: URL[]): Promise<ModuleGraph> {
  const folder = await Deno.makeTempDir();
  try {
    const all = `${folder}/all.ts`;
    await Deno.writeTextFile(all, files.map(({ href }) => `import "${href}";\n`).join(""));
    const config = fileURLToPath(new URL("../deno.json", import.meta.url));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", `--config=${config}`, all],
      env: { DENO_NO_UPDATE_CHECK: "1" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const graph: ModuleGraph = JSON.parse(new TextDecoder().decode(stdout));
    assert.deepEqual(graph.modules.filter(({ error }) => error !== undefined), []);
    return graph;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The files of a folder and of those in it, by their paths in the project. */
function sourceFiles(folder: URL, path: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return sourceFiles(new URL(`${name}/`, folder), `${path}${name}/`);
    return name.endsWith(".ts") ? [`${path}${name}`] : [];
  });
}
