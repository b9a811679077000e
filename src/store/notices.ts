/** What everybody who uses the database should know, told once to each client. */
import { filesAside } from "./damage.ts";

/** Damaged files that were put aside: what was in them is missing here. */
export function damageNotices(path: string, aside: readonly string[] = filesAside(path)): string[] {
  return aside.map((file) =>
    `The database "${path}" was damaged. It was put aside as "${file}", and a new one was begun; ` +
    "earlier sessions and jobs are in that file. Remove it when it is not needed any more"
  );
}
