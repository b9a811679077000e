/** The table of owners: the servers that share the database. */
import type { Database } from "./database.ts";

/** A server, alive for as long as it renews its lease. */
export interface Owner {
  id: string;
  pid: number;
  startTime: string | undefined;
  leaseUntil: number;
}

/** Reads and changes owners. */
export interface OwnerTable {
  /** Registers an owner or renews its lease, also where another server has removed it. */
  register(owner: Owner): void;
  all(): Owner[];
  remove(id: string): void;
}

/** The table of owners in a database. */
export function createOwnerTable(db: Database): OwnerTable {
  return {
    register({ id, pid, startTime, leaseUntil }) {
      db.prepare(`INSERT INTO owners (id, pid, start_time, lease_until)
        VALUES (:id, :pid, :start, :until)
        ON CONFLICT (id) DO UPDATE SET lease_until = :until`)
        .run({ id, pid, start: startTime ?? null, until: leaseUntil });
    },
    all: () =>
      db.prepare("SELECT * FROM owners").all().map((row) => ({
        id: String(row["id"]),
        pid: Number(row["pid"]),
        startTime: row["start_time"] === null ? undefined : String(row["start_time"]),
        leaseUntil: Number(row["lease_until"]),
      })),
    remove(id) {
      db.prepare("DELETE FROM owners WHERE id = :id").run({ id });
    },
  };
}
