/** The set of characters that draws lines: DEC's special graphics. */

const SET = [..."◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"];

/** The text as a terminal shows it while that set is chosen. */
export function drawLines(text: string): string {
  return text.replace(/[`-~]/g, (letter) => SET[letter.charCodeAt(0) - 0x60] ?? letter);
}
