/** A database file that is damaged: it is put aside, kept, and told of. */
import { basename, dirname } from "node:path";
import { existsSync } from "node:fs";

/** Left beside a database in whose use damage was found, so that the next start looks closely. */
export function markDamaged(path: string): void {
  try {
    Deno.writeTextFileSync(markOf(path), "", { mode: 0o600 });
  } catch {
    // Where nothing can be written the next use finds the damage again.
  }
}

/** Whether somebody has found damage since the file was last looked at closely. */
export function isMarkedDamaged(path: string): boolean {
  return existsSync(markOf(path));
}

/** Tells that the file was looked at closely, or replaced. */
export function unmarkDamaged(path: string): void {
  removeIfThere(markOf(path));
}

function markOf(path: string): string {
  return `${path}.damaged`;
}

/** The journal and its index. */
const SIDE_FILES = ["-wal", "-shm"];

/** The files that SQLite keeps beside a database and finds by its name. */
export function sideFilesOf(path: string): string[] {
  return SIDE_FILES.map((suffix) => path + suffix);
}

/** Renames a database with its side files to `<name>.corrupt-<time>`. */
export function putAside(path: string, now: number): void {
  const time = new Date(now).toISOString().replace(/\.\d+/, "").replaceAll(":", "-");
  const wanted = `${path}.corrupt-${time}`;
  let aside = wanted;
  for (let n = 2; existsSync(aside); n++) aside = `${wanted}-${n}`;
  // The database comes last: until then who opens it meets the damage, and waits for the end of this.
  for (const suffix of [...SIDE_FILES, ""]) {
    if (existsSync(path + suffix)) Deno.renameSync(path + suffix, aside + suffix);
  }
}

/** The files that were put aside and still lie there, oldest first. */
export function filesAside(path: string): string[] {
  const [folder, prefix] = [dirname(path), `${basename(path)}.corrupt-`];
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name)
      .filter((name) => name.startsWith(prefix) && !SIDE_FILES.some((end) => name.endsWith(end)))
      .sort().map((name) => `${folder}/${name}`);
  } catch {
    return []; // where there is no folder nothing lies in it
  }
}

/**
 * Does the work while no other program does it with the same database.
 *
 * @throws What the work throws.
 */
export function alone<T>(path: string, work: () => T): T {
  const lock = `${path}.repair`;
  const file = Deno.openSync(lock, { create: true, write: true, mode: 0o600 });
  try {
    lockIfPossible(file);
    return work();
  } finally {
    // Whoever waits for this very file finds the work done when its turn comes.
    removeIfThere(lock);
    file.close();
  }
}

/** Some network file systems know no locks. */
function lockIfPossible(file: Deno.FsFile): void {
  try {
    file.lockSync(true);
  } catch {
    // Then two that come at the same moment both do it: the later one puts a new file aside.
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
