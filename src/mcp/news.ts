/** What clients should know, whatever they ask for: each is told it once. */

/** Tells what its client has not been told yet. */
export type News = () => string[];

/**
 * Makes the news of each client.
 *
 * @param notices What there is to tell, as things stand.
 * @returns The news by principal; a connection that does not last shares them with the others of
 * its principal.
 */
export function createNews(
  notices: () => string[],
): (principal: string, connection: { lasting: boolean }) => News {
  const told = new Map<string, Set<string>>();
  return function newsFor(principal, { lasting }) {
    const before = (!lasting && told.get(principal)) || new Set<string>();
    if (!lasting) told.set(principal, before);
    return function news() {
      const found = notices().filter((notice) => !before.has(notice));
      for (const notice of found) before.add(notice);
      return found;
    };
  };
}
