/** How much of the disk the store takes, and how the database gives back what it does not use. */
import { basename, dirname } from "node:path";
import type { Database } from "./database.ts";
import { sideFilesOf } from "./damage.ts";

/** What lies on the disk, in bytes. */
export interface StoreSizes {
  /** The database with its journal. */
  database: number;
  /** What jobs have printed and answered. */
  output: number;
  /** What aimux keeps for CLIs. */
  state: number;
  total: number;
}

/** A file of the folders beside the database. */
export interface StoredFile {
  path: string;
  /** The job or the session that it belongs to, by its name. */
  owner: string;
  bytes: number;
  /** In milliseconds since the epoch; 0 where the system does not tell. */
  changedAt: number;
}

/** Where a store is. */
export interface StorePlace {
  /** The database. */
  path: string;
  outputDir: string;
  stateDir: string;
}

/** The place of a store by the path of its database. */
export function placeOf(path: string): StorePlace {
  const folder = path.replace(/[^/\\]*$/, "");
  return { path, outputDir: `${folder}output`, stateDir: `${folder}state` };
}

/** Measures it; what is not there counts nothing. Other things go on meanwhile. */
export async function sizesOf({ path, outputDir, stateDir }: StorePlace): Promise<StoreSizes> {
  const parts = await Promise.all([path, ...sideFilesOf(path)].map(bytesOf));
  const database = parts.reduce((sum, bytes) => sum + bytes, 0);
  const [output, state] = [sum(await filesIn(outputDir)), sum(await filesIn(stateDir))];
  return { database, output, state, total: database + output + state };
}

function sum(files: readonly StoredFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}

async function bytesOf(path: string): Promise<number> {
  return (await Deno.stat(path).catch(() => undefined))?.size ?? 0;
}

/** The files of one of the folders. */
export async function filesIn(folder: string): Promise<StoredFile[]> {
  const found: StoredFile[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile) continue;
      const path = `${folder}/${name}`;
      const info = await Deno.stat(path).catch(() => undefined);
      if (!info) continue; // it was deleted meanwhile
      const owner = name.replace(/\..*$/s, "");
      found.push({ path, owner, bytes: info.size, changedAt: info.mtime?.getTime() ?? 0 });
    }
  } catch {
    // There is no such folder yet.
  }
  return found;
}

/**
 * Whether another database lies in the same folder: then output and state may be its own, and what
 * this one does not know is not its to delete.
 */
export async function isShared({ path }: StorePlace): Promise<boolean> {
  const [folder, own] = [dirname(path), basename(path)];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || name.startsWith(own)) continue;
    if (await beginsLikeDatabase(`${folder}/${name}`)) return true;
  }
  return false;
}

async function beginsLikeDatabase(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path);
    const begin = new Uint8Array(15);
    await file.read(begin);
    return new TextDecoder().decode(begin) === "SQLite format 3";
  } catch {
    return false;
  }
}

/** The pages of a database. */
export interface Pages {
  /** Bytes of the pages in which something is. */
  inUse(): number;
  /**
   * Gives some of the free pages back to the disk.
   *
   * @returns Whether there are more of them.
   */
  giveBack(): boolean;
  /** Writes the journal into the database and empties it, where no other server reads in it. */
  emptyJournal(): void;
}

/** So many pages are given back at once, so that nobody waits long: 4 MB. */
const STEP_PAGES = 1000;

/** Makes it for a database. */
export function createPages(db: Database): Pages {
  const pragma = (name: string) => Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
  return {
    inUse: () => (pragma("page_count") - pragma("freelist_count")) * pragma("page_size"),
    giveBack() {
      const before = pragma("freelist_count");
      if (before === 0) return false;
      // One row for each page: all must be asked for.
      db.prepare(`PRAGMA incremental_vacuum(${STEP_PAGES})`).all();
      const after = pragma("freelist_count");
      return after > 0 && after < before;
    },
    emptyJournal() {
      db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    },
  };
}
