/** Aligned columns for a terminal. */
import { cutToWidth, displayWidth, padToWidth } from "./display_width.ts";

/** A cell: its text, and what makes it stand out once its place is known. */
export interface Cell {
  text: string;
  paint?(text: string): string;
}

const INDENT = "  ";
const GAP = "  ";
/** A cell that is not the last of its row is cut off after so many lines. */
const MOST_LINES = 3;
/** Where a column would become narrower, what follows the first one goes below it. */
const NARROWEST = 12;
const BELOW = "    ";

/** Rows as lines that are narrower than `columns`; what does not fit beside the rest is wrapped. */
export function tableLines(rows: readonly (readonly Cell[])[], columns: number): string[] {
  // The last place of a line stays free: some terminals begin a new one there.
  const room = columns - 1;
  const widths = widthsFor(rows, room - INDENT.length);
  return rows.flatMap((row) => widths ? beside(row, widths) : stacked(row, room));
}

/** The first column as wide as it is, the others no wider than all of them can be. */
function widthsFor(rows: readonly (readonly Cell[])[], room: number): number[] | undefined {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const [first = 0, ...others] = Array.from(
    { length: count },
    (_, index) => Math.max(...rows.map((row) => widest(row[index]?.text ?? ""))),
  );
  const left = room - first - others.length * GAP.length;
  let most = Math.max(0, ...others);
  while (most >= NARROWEST && sum(others, most) > left) most--;
  if (sum(others, most) > left) return undefined;
  return [first, ...others.map((width) => Math.min(width, most))];
}

function sum(widths: readonly number[], most: number): number {
  return widths.reduce((total, width) => total + Math.min(width, most), 0);
}

function widest(text: string): number {
  return Math.max(...text.split("\n").map(displayWidth));
}

function beside(row: readonly Cell[], widths: readonly number[]): string[] {
  const cells = row.map(({ text }, index) => {
    const lines = wrapped(text, widths[index]!);
    const last = index === row.length - 1;
    return last ? lines : shortened(lines, widths[index]!);
  });
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = row.map(({ paint = same }, index) => {
      const text = cells[index]![line] ?? "";
      return (text && paint(text)) + padToWidth(text, widths[index]!).slice(text.length);
    });
    return `${INDENT}${parts.join(GAP)}`.trimEnd();
  });
}

function stacked(row: readonly Cell[], room: number): string[] {
  return row.filter(({ text }) => text !== "").flatMap(({ text, paint = same }, index) => {
    const indent = index === 0 ? INDENT : BELOW;
    return wrapped(text, Math.max(1, room - indent.length)).map((line) => indent + paint(line));
  });
}

function shortened(lines: readonly string[], width: number): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), cutToWidth(`${lines[MOST_LINES - 1]} …`, width)];
}

function wrapped(text: string, columns: number): string[] {
  return text.split("\n").flatMap((line) => wrap(line, columns));
}

/** Breaks a line at spaces, and within a word only where that is wider than a line. */
function wrap(text: string, columns: number): string[] {
  if (displayWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    while (displayWidth(word) > columns) {
      const part = cutToWidth(word, columns + 1).slice(0, -1) || [...word][0]!;
      lines.push(part);
      word = word.slice(part.length);
    }
    line = word;
  }
  return [...lines, line];
}

function same(text: string): string {
  return text;
}
