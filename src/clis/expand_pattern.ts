/** Paths with `~`, variables and `*`, as profiles and the list of well-known folders write them. */

/**
 * Expands one pattern to the paths that exist for it. A pattern without `*` is returned whether
 * its path exists or not; one with a variable that is empty or not set yields nothing.
 *
 * @param pattern For example `~/.nvm/versions/node/*\/bin` or `$APPDATA/npm`.
 */
export async function expandPattern(
  pattern: string,
  { env, home }: { env: Record<string, string>; home: string },
): Promise<string[]> {
  let unset = false;
  const path = pattern.replace(
    /^~(?=$|[/\\])|\$(?:\{(\w+)\}|(\w+))/g,
    (found, braced?: string, bare?: string) => {
      if (found === "~") return home;
      const value = env[braced ?? bare ?? ""];
      if (!value) unset = true;
      return value ?? "";
    },
  );
  if (unset) return [];
  const [first = "", ...rest] = path.split(/[/\\]/);
  let bases = [first];
  for (const segment of rest) {
    bases = segment.includes("*")
      ? (await Promise.all(bases.map((base) => matching(base, segment)))).flat()
      : bases.map((base) => `${base}/${segment}`);
  }
  return bases;
}

/** The entries of a folder that match, the highest version first. */
async function matching(folder: string, segment: string): Promise<string[]> {
  const escaped = segment.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  const pattern = new RegExp(`^${escaped}$`);
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder || "/")) {
      if (pattern.test(name)) names.push(name);
    }
  } catch {
    return []; // no such folder
  }
  const byVersion = new Intl.Collator("en", { numeric: true });
  return names.sort((a, b) => byVersion.compare(b, a)).map((name) => `${folder}/${name}`);
}
