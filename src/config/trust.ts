/**
 * The projects whose configuration the user trusts: one small file for each in the user's own
 * folder, so that servers and commands need no common lock.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { AimuxError, messageOf } from "../lib/errors.ts";
import { makePrivateFolderOf } from "../lib/private_files.ts";
import { isMap } from "./merge.ts";
import { readTextFile } from "./text_file.ts";

/** A project that is trusted with the content that its files had. */
export interface TrustedProject {
  /** Its folder, without symbolic links. */
  folder: string;
  /** Of the content. */
  fingerprint: string;
  /** Milliseconds since the epoch. */
  since: number;
}

/** Keeps which projects are trusted. */
export interface Trust {
  /** Whether a folder is trusted with this very content. */
  holds(folder: string, fingerprint: string): boolean;
  /**
   * Trusts a folder with this content, and no longer with another one.
   *
   * @throws AimuxError `storage` where that cannot be kept
   */
  give(project: TrustedProject): void;
  /**
   * Trusts a folder no longer.
   *
   * @returns Whether it was trusted.
   * @throws AimuxError `storage` where that cannot be kept
   */
  take(folder: string): boolean;
  /** All of them, by their folders. */
  list(): TrustedProject[];
}

/** No path is longer than a few thousand bytes. */
const MAX_BYTES = 64 * 1024;

/** The trust that the user of this home folder has given. */
export function createTrust(home: string): Trust {
  const place = join(home, ".config", "aimux", "trusted");
  const fileOf = (folder: string) => join(place, `${digest(folder)}.json`);

  return {
    holds(folder, fingerprint) {
      const known = read(fileOf(folder));
      return known?.folder === folder && known.fingerprint === fingerprint;
    },
    give(project) {
      const file = fileOf(project.folder);
      const fresh = `${file}.${crypto.randomUUID()}`;
      kept(place, () => {
        makePrivateFolderOf(place);
        Deno.mkdirSync(place, { recursive: true, mode: 0o700 });
        Deno.writeTextFileSync(fresh, JSON.stringify(project), { mode: 0o600, createNew: true });
        Deno.renameSync(fresh, file);
      });
    },
    take(folder) {
      return kept(place, () => {
        try {
          Deno.removeSync(fileOf(folder));
          return true;
        } catch (error) {
          if (error instanceof Deno.errors.NotFound) return false;
          throw error;
        }
      });
    },
    list() {
      return namesIn(place).filter((name) => name.endsWith(".json"))
        .flatMap((name) => read(join(place, name)) ?? [])
        .sort((a, b) => a.folder < b.folder ? -1 : 1);
    },
  };
}

function kept<Value>(place: string, change: () => Value): Value {
  try {
    return change();
  } catch (cause) {
    throw new AimuxError("storage", `Cannot write to "${place}": ${messageOf(cause)}`, {
      hint: "See to it that the folder can be written to",
      cause,
    });
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What cannot be read trusts nothing. */
function read(file: string): TrustedProject | undefined {
  try {
    const value: unknown = JSON.parse(readTextFile(file, file, MAX_BYTES) ?? "null");
    if (!isMap(value)) return undefined;
    const { folder, fingerprint, since } = value;
    if (typeof folder !== "string" || typeof fingerprint !== "string") return undefined;
    return { folder, fingerprint, since: typeof since === "number" ? since : 0 };
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}
