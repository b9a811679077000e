/** Finds out what a control character or an escape sequence in a text does. */

/** What a terminal does with its cursor and its screen. */
export type Action =
  | "return"
  | "backspace"
  | "tab"
  | "up"
  | "down"
  | "right"
  | "left"
  | "next_line"
  | "previous_line"
  | "line_feed"
  | "reverse_line_feed"
  | "column"
  | "row"
  | "position"
  | "erase_line"
  | "erase_screen"
  | "erase_chars"
  | "new_page"
  | "save"
  | "restore"
  | "charset"
  | "shift_out"
  | "shift_in";

/** One control character or sequence. */
export interface Control {
  /** Where the text goes on. */
  end: number;
  /** Absent for what has no place on the screen: colours, links, titles, modes, questions. */
  action?: Action;
  /** The numbers of a CSI sequence, 0 for one that is left out. */
  params?: readonly number[];
  /** Of a charset: which of the two sets, and the character that names it. */
  charset?: { set: 0 | 1; name: string };
}

/**
 * Reads what begins at a control character. What is cut off or malformed ends where it stops being
 * a sequence; the text behind it stays.
 *
 * C1 characters (U+0080 to U+009F) begin a sequence only where a whole one follows: in text they
 * may also come from a wrong decoding.
 */
export function controlAt(text: string, at: number): Control {
  const code = text.charCodeAt(at);
  if (code === 0x1b) return escapeAt(text, at);
  const action = SINGLE[code];
  if (action !== undefined) return { end: at + 1, action };
  const opener = C1_OPENERS[code];
  const control = opener && sequenceAt(opener, text, at + 1);
  return control && control.whole ? control : { end: at + 1 };
}

const SINGLE: Readonly<Record<number, Action>> = {
  0x08: "backspace",
  0x09: "tab",
  0x0d: "return",
  0x0e: "shift_out",
  0x0f: "shift_in",
  0x84: "line_feed",
  0x85: "next_line",
  0x8d: "reverse_line_feed",
};

const C1_OPENERS: Readonly<Record<number, string>> = {
  0x90: "P",
  0x98: "X",
  0x9b: "[",
  0x9d: "]",
  0x9e: "^",
  0x9f: "_",
};

/** CSI: parameters and intermediates, then the final character that tells what it is about. */
const CSI = /([ -?]*)([@-~]?)/y;

/** OSC, ended by BEL or ST; without an end it goes to the next escape or to the end of the line. */
const OSC = controlRegExp(String.raw`[^\a\e\n\x18\x1a\x9c]*(\a|\e\\|[\x18\x1a\x9c])?`);

/** Linux's own two, which have no end: a colour of the palette, and its reset. */
const LINUX_PALETTE = /P[0-9a-fA-F]{7}|R(?![;\d])/y;

/** DCS, SOS, PM and APC, ended by ST. */
const STRING = controlRegExp(String.raw`[^\e\n\x18\x1a\x9c]*(\e\\|[\x18\x1a\x9c])?`);

/** The title of screen and tmux, only where it is whole: elsewhere `ESC k` stands alone. */
const TITLE = controlRegExp(String.raw`[^\a\e\n]*(\e\\)`);

/** Everything else: intermediates and a final character. */
const SHORT = /([ -/]*)([0-~]?)/y;

function controlRegExp(source: string): RegExp {
  return new RegExp(source.replaceAll("\\e", "\\x1b").replaceAll("\\a", "\\x07"), "y");
}

function escapeAt(text: string, at: number): Control {
  const opener = text[at + 1] ?? "";
  const sequence = sequenceAt(opener, text, at + 2);
  if (sequence) return sequence;
  const [short = "", between = "", final = ""] = matchAt(SHORT, text, at + 1) ?? [];
  const end = at + 1 + short.length;
  if (between === "(" || between === ")") {
    return { end, action: "charset", charset: { set: between === "(" ? 0 : 1, name: final } };
  }
  const action = between === "" ? ESCAPES[final] : undefined;
  return action ? { end, action } : { end };
}

const ESCAPES: Readonly<Record<string, Action>> = {
  "7": "save",
  "8": "restore",
  D: "line_feed",
  E: "next_line",
  M: "reverse_line_feed",
  c: "new_page",
};

/** A sequence of many characters by its opener; undefined for another opener. */
function sequenceAt(
  opener: string,
  text: string,
  from: number,
): Control & { whole: boolean } | undefined {
  switch (opener) {
    case "[":
      return csiAt(text, from);
    case "]":
      return stringAt(LINUX_PALETTE, text, from) ?? stringAt(OSC, text, from);
    case "P":
    case "X":
    case "^":
    case "_":
      return stringAt(STRING, text, from);
    case "k":
      return stringAt(TITLE, text, from);
  }
}

function stringAt(pattern: RegExp, text: string, from: number) {
  const match = matchAt(pattern, text, from);
  return match === null
    ? undefined
    : { end: from + match[0].length, whole: match[1] !== undefined };
}

function csiAt(text: string, from: number): Control & { whole: boolean } {
  const [all = "", given = "", final = ""] = matchAt(CSI, text, from) ?? [];
  const control = { end: from + all.length, whole: final !== "" };
  if (ALTERNATE_SCREEN.test(given)) {
    return final === "h" || final === "l" ? { ...control, action: "new_page" } : control;
  }
  const action = CSI_ACTIONS[final];
  // Selective erasing has a question mark; nothing is protected from it here.
  const numbers = action?.startsWith("erase_") ? given.replace(/^\?/, "") : given;
  if (action === undefined || !NUMBERS.test(numbers)) return control;
  const params = numbers === "" ? [] : numbers.split(";").map(Number);
  if (action === "erase_screen" && (params[0] ?? 0) > 1) return { ...control, action: "new_page" };
  return { ...control, action, params };
}

const ALTERNATE_SCREEN = /^\?(?:47|1047|1049)$/;
const NUMBERS = /^\d{0,9}(?:;\d{0,9}){0,3}$/;

const CSI_ACTIONS: Readonly<Record<string, Action>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "next_line",
  F: "previous_line",
  G: "column",
  H: "position",
  J: "erase_screen",
  K: "erase_line",
  X: "erase_chars",
  "`": "column",
  a: "right",
  d: "row",
  e: "down",
  f: "position",
  s: "save",
  u: "restore",
};

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
