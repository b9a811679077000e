/** The files of a project's configuration, read once: what is judged and trusted is what is applied. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { messageOf } from "../lib/errors.ts";
import { cliFolders } from "./cli_folders.ts";
import { checkDocument } from "./check.ts";
import { type Document, MAX_BYTES, toDocument } from "./document.ts";
import { ConfigError } from "./problem.ts";
import { readTextFile } from "./text_file.ts";

/** One of them. */
export interface ProjectFile {
  /** Its path below `.aimux`: `config.yaml`, `cli.d/codex/profile.yaml`. */
  name: string;
  document: Document;
}

/** What a project says of how to run CLIs in its folder. */
export interface ProjectFiles {
  /** The project's folder, without symbolic links: it is what is trusted. */
  folder: string;
  config?: ProjectFile;
  /** By the CLIs that they describe. */
  profiles: ReadonlyMap<string, ProjectFile>;
  /** Another one for any other content. */
  fingerprint: string;
  /** Why nothing of it can be trusted; undefined where only the user can change the files. */
  exposed: string | undefined;
}

/**
 * Reads `.aimux/config.yaml` and `.aimux/cli.d` of a folder. Where there are none it costs one look.
 *
 * @returns nothing where the project has no such files
 * @throws {ConfigError} with all that is wrong in the main file, or where one cannot be read
 */
export function readProjectFiles(cwd: string): ProjectFiles | undefined {
  const shown = `${cwd}/.aimux`;
  if (!existsSync(shown)) return undefined;
  const folder = Deno.realPathSync(cwd);
  const own = { path: `${folder}/.aimux`, shown };
  const names = [
    "config.yaml",
    ...[...cliFolders([own]).keys()].map((cli) => `cli.d/${cli}/profile.yaml`),
  ];
  const texts: [name: string, text: string][] = [];
  let left = MAX_BYTES;
  for (const name of names) {
    // All of them together may be as long as one: they are read again for each call.
    const text = readTextFile(`${own.path}/${name}`, `${shown}/${name}`, left);
    if (text === undefined) continue;
    left -= text.length;
    texts.push([name, text]);
  }
  if (texts.length === 0) return undefined;

  const files = texts.map(([name, text]): ProjectFile => ({
    name,
    document: toDocument(text, { file: `${own.path}/${name}`, path: `${shown}/${name}` }),
  }));
  const config = files.find(({ name }) => name === "config.yaml");
  const exposed = files.map(({ name }) => exposure(`${own.path}/${name}`, `${shown}/${name}`))
    .find((problem) => problem !== undefined);
  return {
    folder,
    ...config && { config: sound(config) },
    profiles: new Map(
      files.filter((file) => file !== config).map((file) => [file.name.split("/")[1]!, file]),
    ),
    fingerprint: createHash("sha256").update(JSON.stringify(texts)).digest("hex"),
    exposed,
  };
}

function sound({ name, document: read }: ProjectFile): ProjectFile {
  const { document, problems } = checkDocument(read);
  if (problems.length > 0) throw new ConfigError(problems);
  return { name, document };
}

/** Writing for the group and for others. */
const OTHERS = 0o022;

/** Why others than the user may have written a file; on Windows that is not looked at. */
function exposure(file: string, shown: string): string | undefined {
  if (Deno.build.os === "windows") return undefined;
  try {
    const { uid, mode } = Deno.statSync(file);
    // What root wants it can do anyway.
    if (uid !== 0 && uid !== Deno.uid()) return `"${shown}" belongs to another user`;
    if (mode !== null && (mode & OTHERS) === 0) return undefined;
    return `others may write to "${shown}": take that from them with chmod go-w`;
  } catch (error) {
    return `it cannot be told who may write to "${shown}": ${messageOf(error)}`;
  }
}
