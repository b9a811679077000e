/** The few ways in which text stands out on a terminal. */

/** Begin and end of each, as SGR codes. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const;

/** A way to stand out. */
export type Style = keyof typeof STYLES;

/** Paints text for an output, which may not take any paint. */
export function paint(text: string, style: Style, { styled }: { styled: boolean }): string {
  const [begin, end] = STYLES[style];
  return styled && text !== "" ? `\x1b[${begin}m${text}\x1b[${end}m` : text;
}
