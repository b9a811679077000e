/** Keeps the store within its bounds of age and size. */
import type { Config } from "../config/schema.ts";
import type { Clock } from "../lib/clock.ts";
import { isFinal } from "../store/job.ts";
import { filesIn, isShared, sizesOf, type StoredFile, type StoreSizes } from "../store/space.ts";
import type { Store } from "../store/store.ts";
import { whileBusy } from "../store/while_busy.ts";

/** How often a server looks by itself, whether anything has happened or not … */
const LOOK_MS = 3_600_000;
/** … and how soon where something has. */
const SOON_MS = 30_000;

/** What was used within this time stays: whoever waits for it has not seen it yet. */
const FRESH_MS = 10_000;
/** So many sessions are deleted in one transaction. */
const BATCH = 20;
/** Less than this is not worth being taken from a job. */
const SMALL_BYTES = 4096;

/** The bounds, and what is bounded. */
export interface Upkeep {
  store: Store;
  clock: Clock;
  ttlHours: number;
  /** Of database, output and state together. */
  maxBytes: number;
}

/** The bounds as they are configured. */
export function boundsOf(
  { session_ttl_hours: ttlHours, max_store_mb: megabytes }: Config["server"],
): Pick<Upkeep, "ttlHours" | "maxBytes"> {
  return { ttlHours, maxBytes: megabytes * 1_000_000 };
}

/** What was done. */
export interface Tidied {
  /** Sessions that were deleted for their age. */
  expired: number;
  /** Finished sessions that were deleted for want of room, the oldest first. */
  evicted: number;
  /** Old jobs of sessions in use whose output was deleted for want of room. */
  emptied: number;
  /** Files of jobs and sessions that do not exist. */
  orphans: number;
  /** How the store is after it. */
  sizes: StoreSizes;
}

/**
 * Deletes what is too old or too much: expired sessions, files that nobody knows, and then the
 * oldest finished sessions until the rest is within the bound. A session with an unfinished job,
 * the one that was used last, and what was used just now stay; of the first two the output of old
 * jobs goes, where that is not enough. Between any two steps everything else goes on.
 *
 * @param principal Only their sessions are deleted for their age, if given.
 */
export async function tidy(upkeep: Upkeep, principal?: string): Promise<Tidied> {
  const { store, clock, ttlHours, maxBytes } = upkeep;
  const { outputDir, stateDir } = store.place;
  const now = clock.now();
  const outdated = now - ttlHours * 3_600_000;

  const expired = await deleteExpired(upkeep, outdated, principal);
  const all = [...await filesIn(outputDir), ...await filesIn(stateDir)];
  const left = await withoutOrphans(all, outdated, upkeep);
  const used = filesByOwner(left);
  const room = { outside: left.reduce((sum, { bytes }) => sum + bytes, 0) };
  const isOver = () => room.outside + store.pages.inUse() > maxBytes;
  const evicted = await evict(used, room, isOver, upkeep);
  const emptied = await empty(used, room, isOver, upkeep);
  await shrink(upkeep);
  return {
    expired,
    evicted,
    emptied,
    orphans: all.length - left.length,
    sizes: await sizesOf(store.place),
  };
}

async function deleteExpired(
  { store, clock }: Upkeep,
  before: number,
  principal?: string,
): Promise<number> {
  const ids = store.sessions.expired(before, principal);
  let deleted = 0;
  for (let at = 0; at < ids.length; at += BATCH) {
    const batch = ids.slice(at, at + BATCH);
    const gone = await whileBusy(() => store.removeUnused(batch, before), { clock });
    deleted += gone.length;
    await clock.delay(0);
  }
  return deleted;
}

/** Such as the output of jobs whose database was put aside. @returns The files that are left. */
async function withoutOrphans(
  files: readonly StoredFile[],
  before: number,
  { store }: Upkeep,
): Promise<StoredFile[]> {
  const old = files.filter(({ owner, changedAt }) =>
    /^(?:job|ses)_\w+$/.test(owner) && changedAt < before
  );
  if (old.length === 0) return [...files];
  const unknown = store.unknown([...new Set(old.map(({ owner }) => owner))]);
  const orphans = new Set(old.filter(({ owner }) => unknown.has(owner)));
  if (orphans.size === 0 || await isShared(store.place)) return [...files];
  for (const { path } of orphans) await Deno.remove(path).catch(() => {});
  return files.filter((file) => !orphans.has(file));
}

function filesByOwner(files: readonly StoredFile[]): Map<string, StoredFile[]> {
  const byOwner = new Map<string, StoredFile[]>();
  for (const file of files) {
    byOwner.set(file.owner, [...byOwner.get(file.owner) ?? [], file]);
  }
  return byOwner;
}

/** What lies beside the database; it becomes less. */
interface Room {
  outside: number;
}

async function evict(
  used: ReadonlyMap<string, readonly StoredFile[]>,
  room: Room,
  isOver: () => boolean,
  { store, clock }: Upkeep,
): Promise<number> {
  const before = clock.now() - FRESH_MS;
  let evicted = 0;
  while (isOver()) {
    const id = store.sessions.oldestUnused(before);
    if (id === undefined) break;
    const [gone] = await whileBusy(() => store.removeUnused([id], before), { clock });
    if (!gone) break; // it has just been used again
    for (const owner of gone) {
      for (const { bytes } of used.get(owner) ?? []) room.outside -= bytes;
    }
    evicted++;
    await clock.delay(0);
  }
  return evicted;
}

/** What a file says whose content had to go. */
const EMPTIED = "[… deleted to keep the store below server.max_store_mb …]\n";

/** Jobs are told apart by when they began, which their ids begin with. */
async function empty(
  used: ReadonlyMap<string, readonly StoredFile[]>,
  room: Room,
  isOver: () => boolean,
  { store, clock }: Upkeep,
): Promise<number> {
  const before = clock.now() - FRESH_MS;
  const jobs = [...used.keys()].filter((owner) => owner.startsWith("job_")).sort().slice(0, -1);
  let emptied = 0;
  for (const id of jobs) {
    if (!isOver()) break;
    const large = used.get(id)!.filter(({ bytes }) => bytes > SMALL_BYTES);
    if (large.length === 0) continue;
    const job = store.jobs.find(id);
    if (!job || !isFinal(job.status) || job.finishedAt! >= before) continue;
    for (const { path, bytes } of large) {
      const done = await Deno.writeTextFile(path, EMPTIED, { create: false })
        .then(() => true, () => false);
      if (done) room.outside -= bytes;
    }
    emptied++;
  }
  return emptied;
}

async function shrink({ store, clock }: Upkeep): Promise<void> {
  for (let more = true; more;) {
    more = await whileBusy(() => store.pages.giveBack(), { clock });
    await clock.delay(0);
  }
  store.pages.emptyJournal();
}

/** What tells when there is something to do. */
export interface Activity {
  /** How many jobs this server has taken so far. */
  taken(): number;
  isIdle(): boolean;
}

/**
 * Does it now, every hour, and soon after jobs have been at work, until the signal aborts; a failure
 * is only told.
 */
export async function keepTidy(
  { activity, onError, ...upkeep }: Upkeep & { activity: Activity; onError(error: unknown): void },
  signal: AbortSignal,
): Promise<void> {
  const { clock } = upkeep;
  let next = -Infinity;
  let seen = activity.taken();
  while (!signal.aborted) {
    const grown = !activity.isIdle() || activity.taken() !== seen;
    if (grown || clock.now() >= next) {
      if (activity.isIdle()) seen = activity.taken();
      next = clock.now() + LOOK_MS;
      try {
        const { sizes } = await tidy(upkeep);
        // What was too fresh to be deleted will not be for long.
        if (sizes.total > upkeep.maxBytes) next = clock.now() + SOON_MS;
      } catch (error) {
        // Where the store was closed meanwhile there is nothing to tell.
        if (!signal.aborted) onError(error);
      }
    }
    await clock.delay(SOON_MS, signal);
  }
}
