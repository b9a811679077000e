/** Breaks lines at 80 columns as Python's rich does: at a word, with the space left at the end. */
export function wrap(text: string, columns = 80): string {
  return text.split("\n").map((line) => wrapLine(line, columns)).join("\n");
}

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const lines: string[] = [];
  let current = "";
  for (let word of line.match(/^\s+|\S+\s*/g) ?? []) {
    if (current.length + word.trimEnd().length > columns && current !== "") {
      lines.push(current);
      current = "";
    }
    while (word.trimEnd().length > columns) {
      lines.push(word.slice(0, columns));
      word = word.slice(columns);
    }
    current += word;
  }
  return [...lines, current].join("\n");
}
