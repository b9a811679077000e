/** What an argument of a resource or a prompt can be, as its beginning is typed. */
import type { ToolContext } from "./tools/define_tool.ts";

/** What completing looks at. */
export type CompletionParts = Pick<ToolContext, "store" | "config" | "health" | "principal">;

/** The most values of which one asks the database; a client is shown 100 of them. */
const MOST = 1000;

/**
 * Completes by what an argument means: every value that begins as `typed` does, of the caller's own
 * jobs and sessions the newest first.
 */
export const COMPLETIONS = {
  job: (typed, { store, principal }) => store.jobs.ids(principal, typed, MOST),
  session: (typed, { store, principal }) => store.sessions.ids(principal, typed, MOST),
  cli: async (typed, { health, principal }) =>
    (await health(principal)).clis.map(({ name }) => name).filter((name) => name.startsWith(typed)),
  role: (typed, { config }) =>
    Object.keys(config.roles).toSorted().filter((name) => name.startsWith(typed)),
} satisfies Record<
  string,
  (typed: string, parts: CompletionParts) => string[] | Promise<string[]>
>;

/** What an argument can mean. */
export type ArgumentMeaning = keyof typeof COMPLETIONS;

/** Makes the callback that the SDK asks. Where nothing can be looked up, nothing is proposed. */
export function completer(
  meaning: ArgumentMeaning,
  parts: () => Promise<CompletionParts>,
): (typed: string) => Promise<string[]> {
  return async function complete(typed) {
    try {
      return await COMPLETIONS[meaning](typed, await parts());
    } catch {
      return [];
    }
  };
}
