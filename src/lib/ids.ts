/** Names for what the program stores: sortable by time of creation, unique across machines. */
import { monotonicFactory } from "ulid";

/** Makes ids; tests use one that counts. */
export interface Ids {
  job(): string;
  session(): string;
  owner(): string;
}

/** ULIDs, increasing within this process even in one millisecond. */
export function createIds(): Ids {
  const ulid = monotonicFactory();
  return {
    job: () => `job_${ulid()}`,
    session: () => `ses_${ulid()}`,
    owner: () => `own_${ulid()}`,
  };
}
