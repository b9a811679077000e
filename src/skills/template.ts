/** Fills templates in. They are Liquid: conditions, variables and includes, but no code. */
import type { Emitter, Template } from "liquidjs";
import { didYouMean } from "../config/explain.ts";
import { ConfigError } from "../config/problem.ts";
import { type Included, includeTags } from "./include_tags.ts";
import type { TemplateFile, TemplateFiles } from "./template_files.ts";
import { templateProblems } from "./template_problems.ts";

/** What a template may know; what is null is known to be unset. */
export type Variables = Readonly<Record<string, string | number | boolean | null>>;

/** A template filled in. */
export interface Rendered {
  text: string;
  /** The files that it came from, as messages name them. */
  files: string[];
}

/** The most characters that a template may come to. */
export const MAX_RENDERED_CHARS = 64 * 1024;
/** How deep templates may include one another, and how many inclusions there may be in all. */
const MAX_DEPTH = 8;
const MAX_INCLUDES = 200;
/** How many pieces of templates may be passed, each round of a loop counted. */
const MAX_STEPS = 100_000;
/** How many characters and list entries filters may make. */
const MAX_MEMORY = 1_000_000;

/** These tags take in a file by ways of their own. */
const LEFT_OUT = ["layout", "block"];

/**
 * Fills a template in. A template of a project is not trusted: whatever it says, this ends soon,
 * holds little, and reads nothing but templates.
 *
 * @returns nothing where there is no template of this name
 * @throws {ConfigError} `invalid_input`, with file, line and column
 */
export async function renderTemplate(
  name: string,
  variables: Variables,
  files: TemplateFiles,
): Promise<Rendered | undefined> {
  const file = files.find(name);
  if (file === undefined) return undefined;
  if (file.text.trim() === "") return { text: "", files: [file.path] };
  // It takes longer to load than all else of a start, and most calls need none.
  const liquid = await import("liquidjs");
  const engine = new liquid.Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    memoryLimit: MAX_MEMORY,
    templates: {}, // its own way to files leads nowhere
  });
  const pages = createPages(files, (text, path) => engine.parse(text, path));
  for (const tag of LEFT_OUT) delete engine.tags[tag];
  for (const [tag, made] of Object.entries(includeTags(liquid, pages))) {
    engine.registerTag(tag, made);
  }
  limitSteps(engine.renderer);
  try {
    const text = engine.renderSync(pages.begin(file), {}, { globals: variables });
    return { text: String(text).trim(), files: pages.paths() };
  } catch (error) {
    throw new ConfigError(templateProblems(error, {
      pathOf: pages.pathOf,
      variables: Object.keys(variables),
      filters: Object.keys(engine.filters),
      tags: Object.keys(engine.tags),
    }));
  }
}

/** The templates of one filling-in: which are open, and which were read. */
function createPages(files: TemplateFiles, parse: (text: string, path: string) => Template[]) {
  const open: TemplateFile[] = [];
  const read = new Map<string, TemplateFile>();
  let includes = 0;

  const included: Included = {
    enter(name) {
      const file = next(name);
      if (open.length > MAX_DEPTH) {
        throw new Error(`Includes are more than ${MAX_DEPTH} deep: ${chain(name)}`);
      }
      return begin(file);
    },
    leave() {
      open.pop();
    },
  };
  return { ...included, begin, pathOf, paths: () => [...read.keys()] };

  function begin(file: TemplateFile): Template[] {
    if (++includes > MAX_INCLUDES) throw new Error(`More than ${MAX_INCLUDES} includes`);
    open.push(file);
    read.set(file.path, file);
    return parse(file.text, file.path);
  }

  /** A template that includes its own name adds to the one of the layer below. */
  function next(name: string): TemplateFile {
    const current = open.at(-1)!;
    if (name === current.name) {
      const below = files.find(name, current.layer);
      if (below) return below;
      throw new Error(`"${name}" includes itself, and no layer below has one`);
    }
    if (open.some((file) => file.name === name)) {
      throw new Error(`Includes go round in a circle: ${chain(name)}`);
    }
    const file = files.find(name);
    if (file) return file;
    const names = files.names();
    const hint = didYouMean(name, names) || `. Templates: ${names.join(", ")}`;
    throw new Error(`No template "${name}"${hint}`);
  }

  function chain(name: string): string {
    return [...open.map((file) => file.name), name].join(" → ");
  }

  /** Liquid tells the file of some errors only; of the others the text that they stand in. */
  function pathOf(input: string): string {
    const file = [...open].reverse().find(({ text }) => text === input) ??
      [...read.values()].find(({ text }) => text === input);
    return (file ?? open.at(-1)!).path;
  }
}

/** Liquid limits the time of a loop; counted steps end it at the same place on every machine. */
function limitSteps(renderer: import("liquidjs").Liquid["renderer"]): void {
  const render = renderer.renderTemplates;
  let steps = 0;
  renderer.renderTemplates = function limited(templates, context, emitter = limitedEmitter()) {
    steps += templates.length + 1;
    if (steps > MAX_STEPS) throw new Error(`The template takes more than ${MAX_STEPS} steps`);
    return render.call(renderer, templates, context, emitter);
  };
}

function limitedEmitter(): Emitter {
  return {
    buffer: "",
    write(piece) {
      this.buffer += textOf(piece);
      if (this.buffer.length <= MAX_RENDERED_CHARS) return;
      throw new Error(`The template comes to more than ${MAX_RENDERED_CHARS} characters`);
    },
  };
}

/** As Liquid shows a value. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.map(textOf).join("") : String(value);
}
