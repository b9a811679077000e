/** The files of templates: in layers, each file of a higher one in place of its namesake below. */
import { existsSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { ConfigError } from "../config/problem.ts";
import { readTextFile } from "../config/text_file.ts";

/** No template is longer; a CLI gets all of it with each prompt. */
export const MAX_TEMPLATE_BYTES = 64 * 1024;

/** How deep folders of templates lie in one another. */
const MAX_FOLDERS = 4;

/** Words of letters, digits, - and _, divided by single slashes: nothing that leads elsewhere. */
const NAME = /^[a-z0-9][\w-]*(\/[a-z0-9][\w-]*)*$/i;

/** A folder of templates. */
export interface TemplateLayer {
  path: string;
  /** The folder as messages name it. */
  shown: string;
  /**
   * A folder around this one that is not trusted, such as a project: no file is read that lies
   * elsewhere, whatever links lead to it.
   */
  untrusted?: string;
}

/** A template as it was read. */
export interface TemplateFile {
  /** Its path in the folder, without `.md`: `roles/coding`. */
  name: string;
  /** The number of its layer, from 0. */
  layer: number;
  /** The file as messages name it. */
  path: string;
  text: string;
}

/** Finds templates by name. */
export interface TemplateFiles {
  /**
   * The file of the highest layer, or of the highest one below another.
   *
   * @throws {ConfigError} where it is there and cannot be taken
   */
  find(name: string, below?: number): TemplateFile | undefined;
  /** The names that there are, in order. */
  names(): string[];
}

/** Whether a word can be the name of a template. */
export function isTemplateName(name: string): boolean {
  return name.length <= 200 && NAME.test(name);
}

/** The templates of layers, the lowest first. Nothing is kept: an edit counts from the next look. */
export function templateFiles(layers: readonly TemplateLayer[]): TemplateFiles {
  return {
    find(name, below = layers.length) {
      if (!isTemplateName(name)) return undefined;
      for (let layer = below - 1; layer >= 0; layer--) {
        const { shown } = layers[layer]!;
        const path = `${shown}/${name}.md`;
        const text = read(layers[layer]!, `${name}.md`, path);
        // Where a file is included, the line it stands on has an end already.
        if (text !== undefined) return { name, layer, path, text: text.replace(/[\r\n]+$/, "") };
      }
      return undefined;
    },

    names: () => [...new Set(layers.flatMap(({ path }) => namesIn(path, "")))].sort(),
  };
}

function read({ path, untrusted }: TemplateLayer, name: string, shown: string) {
  const file = join(path, name);
  if (untrusted === undefined || !existsSync(file)) {
    return readTextFile(file, shown, MAX_TEMPLATE_BYTES);
  }
  const real = Deno.realPathSync(file);
  const folder = join(Deno.realPathSync(untrusted), relative(untrusted, path));
  const way = relative(folder, real);
  if (isAbsolute(way) || way.startsWith("..")) {
    const message = `A link leads out of "${path}", to "${real}". Put the text itself there`;
    throw new ConfigError([{ path: shown, message }]);
  }
  return readTextFile(real, shown, MAX_TEMPLATE_BYTES);
}

/** For messages only: a folder that cannot be listed has no names to tell. */
function namesIn(folder: string, under: string, depth = 1): string[] {
  if (depth > MAX_FOLDERS || !existsSync(folder)) return [];
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
      if (isDirectory) return namesIn(join(folder, name), `${under}${name}/`, depth + 1);
      const found = under + name.replace(/\.md$/, "");
      return name.endsWith(".md") && isTemplateName(found) ? [found] : [];
    });
  } catch {
    return [];
  }
}
