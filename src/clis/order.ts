/** The order in which CLIs are offered and tried: first the twelve, then others by name. */
const ORDER = [
  "codex",
  "gemini",
  "claude",
  "qwen",
  "aider",
  "goose",
  "crush",
  "gptme",
  "cline",
  "continue",
  "droid",
  "opencode",
];

/** Sorts names of CLIs into the fixed order. */
export function inOrder(names: Iterable<string>): string[] {
  const rank = (name: string) => ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length;
  return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, "en"));
}
