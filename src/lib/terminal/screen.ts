/** The screen that a terminal would show, with everything that has scrolled out of it. */
import { type Control, controlAt } from "./control.ts";
import { drawLines } from "./line_drawing.ts";
import { Row } from "./row.ts";
import { TERMINAL_SIZE } from "./size.ts";

/** So many last rows can still be written over; what is above has scrolled out of reach. */
const ROWS = TERMINAL_SIZE.rows;

/** What a screen takes for a control character. */
export interface ScreenOptions {
  /** Also U+007F to U+009F; without it they are text. */
  eightBit?: boolean;
}

/** A screen that is written line by line. */
export interface Screen {
  /** Writes a part of a line, without line feeds. */
  write(text: string): void;
  /** Goes to the beginning of the next line. */
  newLine(): void;
  /** Hands out what is left. */
  finish(): void;
}

/**
 * Makes a screen. As a reader of its text would want it, and unlike a real one, it has no right
 * edge, and what is cleared as a whole is not forgotten but stands before what comes after.
 *
 * @param emit Called with each line that cannot change any more, in order.
 */
export function createScreen(
  emit: (line: string) => void,
  { eightBit = true }: ScreenOptions = {},
): Screen {
  let rows = [new Row()];
  let cursor = 0;
  let saved: { row: number; column: number } | undefined;
  const charsets = ["B", "B"];
  let shift: 0 | 1 = 0;

  return {
    write,
    newLine: () => lineFeed(0),
    finish() {
      for (const row of rows) emit(row.toString());
      rows = [];
    },
  };

  function write(text: string): void {
    // Colours are most of what there is; a sequence that holds an escape is no plain colour.
    const colourless = text.includes("\x1b[") ? text.replace(COLOURS, "") : text;
    if (nextControl(colourless, 0) === colourless.length) return put(colourless);
    for (let at = 0; at < text.length;) {
      const next = nextControl(text, at);
      if (next > at) put(text.slice(at, next));
      if (next === text.length) return;
      const found = controlAt(text, next);
      obey(found);
      at = found.end;
    }
  }

  /** Where the next control character stands; the length of the text where there is none. */
  function nextControl(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < 0x20 || (eightBit && code >= 0x7f && code < 0xa0)) break;
    }
    return at;
  }

  function put(text: string): void {
    row().write(charsets[shift] === "0" ? drawLines(text) : text);
  }

  function obey({ action, params = [], charset }: Control): void {
    if (action === undefined) return;
    const count = Math.max(1, params[0] ?? 1);
    switch (action) {
      case "return":
        return place(cursor, 0);
      case "backspace":
        return place(cursor, row().column - 1);
      case "tab":
        return row().tab();
      case "left":
        return place(cursor, row().column - count);
      case "right":
        return place(cursor, row().column + count);
      case "column":
        return place(cursor, count - 1);
      case "up":
        return place(cursor - count, row().column);
      case "down":
        return place(cursor + count, row().column);
      case "previous_line":
        return place(cursor - count, 0);
      case "next_line":
        return params.length === 0 ? lineFeed(0) : place(cursor + count, 0);
      case "line_feed":
        return lineFeed(row().column);
      case "reverse_line_feed":
        return reverseLineFeed(row().column);
      case "row":
        return place(count - 1, row().column);
      case "position":
        return place(count - 1, (params[1] || 1) - 1);
      case "save":
        saved = { row: cursor, column: row().column };
        return;
      case "restore":
        return saved && place(saved.row, saved.column);
      case "erase_line":
        return eraseLine(params[0] ?? 0);
      case "erase_chars":
        return row().eraseNext(count);
      case "erase_screen":
        return eraseScreen(params[0] ?? 0);
      case "new_page":
        return newPage();
      case "charset":
        charsets[charset!.set] = charset!.name;
        return;
      case "shift_out":
      case "shift_in":
        shift = action === "shift_out" ? 1 : 0;
    }
  }

  function row(): Row {
    return rows[cursor]!;
  }

  /** Places the cursor within the screen; rows that nothing was written to are made. */
  function place(at: number, column: number): void {
    cursor = Math.max(0, Math.min(at, ROWS - 1));
    while (rows.length <= cursor) rows.push(new Row());
    if (column > 0 || !row().isNew) row().column = column;
  }

  function lineFeed(column: number): void {
    if (cursor === ROWS - 1) {
      emit(rows.shift()!.toString());
      if (saved) saved.row = Math.max(0, saved.row - 1);
      cursor--;
    }
    place(cursor + 1, column);
  }

  function reverseLineFeed(column: number): void {
    if (cursor === 0) {
      rows.unshift(new Row());
      rows.length = Math.min(rows.length, ROWS);
      cursor++;
    }
    place(cursor - 1, column);
  }

  function eraseLine(part: number): void {
    if (part === 0) row().eraseRight();
    if (part === 1) row().eraseLeft();
    if (part === 2) row().eraseAll();
  }

  function eraseScreen(part: number): void {
    if (part === 1) return row().eraseLeft();
    row().eraseRight();
    rows.length = cursor + 1;
  }

  function newPage(): void {
    const last = rows.findLastIndex((row) => row.toString() !== "");
    for (const row of rows.slice(0, last + 1)) emit(row.toString());
    rows = [new Row()];
    cursor = 0;
    saved = undefined;
  }
}

const COLOURS = new RegExp(String.raw`\x1b\[[\d;:]*m`, "g");
