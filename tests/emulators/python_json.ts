/** JSON as Python's `json.dumps` prints it, with spaces after commas and colons. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `"${key}": ${pythonJson(item)}`);
  return `{${entries.join(", ")}}`;
}
