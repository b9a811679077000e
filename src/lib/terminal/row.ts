/** One row of a terminal, as wide as its text. */
import { charWidth } from "./char_width.ts";
import { TERMINAL_SIZE } from "./size.ts";

/** The column behind which a cursor cannot be sent, unless text is there already. */
const LAST_COLUMN = TERMINAL_SIZE.columns - 1;
/** The most that one sequence erases, so that a long row with many of them stays cheap. */
const MOST_ERASED = 1024;

/**
 * Text with a cursor. It is a plain string as long as it is only appended to; the first move of the
 * cursor makes cells of it, one a column: a character with what combines with it, or "" for the
 * further columns of a wide character and of a tab.
 */
export class Row {
  #text = "";
  #cells: string[] | undefined;
  /** Where there are cells; a string has its cursor at its end. */
  #column = 0;

  /** The cursor's column, from 0. */
  get column(): number {
    this.#divide();
    return this.#column;
  }

  /** Places the cursor; beyond the last column it stays at that. */
  set column(column: number) {
    const cells = this.#divide();
    const last = Math.max(LAST_COLUMN, cells.length);
    this.#column = Math.max(0, Math.min(column, last));
  }

  /** Whether nothing was ever written, so that the cursor may stand nowhere but at its beginning. */
  get isNew(): boolean {
    return this.#cells === undefined && this.#text === "";
  }

  /** Writes text without control characters over what is there. */
  write(text: string): void {
    if (this.#cells === undefined) this.#text += text;
    else this.#overwrite(this.#cells, text);
  }

  /** Goes to the next eighth column; a tab at the end of the text is kept as one. */
  tab(): void {
    if (this.#cells === undefined) {
      this.#text += "\t";
      return;
    }
    const cells = this.#cells;
    const stop = this.#column < LAST_COLUMN
      ? this.#column - this.#column % 8 + 8
      : this.#column + 1;
    this.#pad(cells, this.#column);
    if (cells.length < stop) cells.push("\t");
    while (cells.length < stop) cells.push("");
    this.#column = stop;
  }

  /** Erases the cursor's column and what is right of it. */
  eraseRight(): void {
    const cells = this.#cells;
    if (cells === undefined || this.#column >= cells.length) return;
    if (cells[this.#column] === "") this.#part(cells, this.#column);
    cells.length = this.#column;
  }

  /** Erases what is left of the cursor, and its column. */
  eraseLeft(): void {
    const cells = this.#divide();
    const end = Math.min(this.#column + 1, cells.length);
    this.#blank(cells, Math.max(0, end - MOST_ERASED), end);
  }

  /** Erases the row; the cursor stays. */
  eraseAll(): void {
    this.#divide().length = 0;
  }

  /** Erases so many columns from the cursor on. */
  eraseNext(count: number): void {
    const cells = this.#divide();
    const end = Math.min(cells.length, this.#column + Math.min(count, MOST_ERASED));
    this.#blank(cells, this.#column, end);
  }

  /** What a reader sees; in a row that was written over, spaces at its end are what erased it. */
  toString(): string {
    if (this.#cells === undefined) return this.#text;
    const text = this.#cells.join("");
    let end = text.length;
    while (text[end - 1] === " ") end--;
    return text.slice(0, end);
  }

  #divide(): string[] {
    if (this.#cells !== undefined) return this.#cells;
    const text = this.#text;
    this.#text = "";
    this.#cells = [];
    const [first = "", ...rest] = text.split("\t");
    this.#overwrite(this.#cells, first);
    for (const part of rest) {
      this.tab();
      this.#overwrite(this.#cells, part);
    }
    return this.#cells;
  }

  #overwrite(cells: string[], text: string): void {
    if (text === "") return;
    this.#pad(cells, this.#column);
    // In the middle of a wide character the whole of it is meant: not everybody counts columns.
    const start = startOf(cells, this.#column);
    if (cells[start] !== "\t") this.#column = start;
    for (const char of text) {
      const width = charWidth(char);
      if (width === 0 && this.#combine(cells, char)) continue;
      const end = this.#column + (width || 1);
      if (cells[this.#column] === "") this.#part(cells, this.#column);
      if (cells[end] === "") this.#part(cells, end);
      cells[this.#column++] = char;
      if (this.#column < end) cells[this.#column++] = "";
    }
  }

  /** Adds a character of no width to the one before it; false where there is none. */
  #combine(cells: string[], char: string): boolean {
    if (this.#column === 0) return false;
    cells[startOf(cells, this.#column - 1)] += char;
    return true;
  }

  /** Makes spaces of a wide character or a tab that goes over the left edge of this column. */
  #part(cells: string[], at: number): void {
    const start = startOf(cells, at);
    cells[start] = " ";
    for (let next = start + 1; cells[next] === ""; next++) cells[next] = " ";
  }

  #blank(cells: string[], from: number, end: number): void {
    if (from >= end) return;
    if (cells[from] === "") this.#part(cells, from);
    if (cells[end] === "") this.#part(cells, end);
    cells.fill(" ", from, end);
  }

  #pad(cells: string[], length: number): void {
    while (cells.length < length) cells.push(" ");
  }
}

/** The first column of the character that takes this one. */
function startOf(cells: readonly string[], column: number): number {
  while (cells[column] === "") column--;
  return column;
}
