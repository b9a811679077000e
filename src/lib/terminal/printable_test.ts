import assert from "node:assert/strict";
import { printable, printableLine } from "./printable.ts";

const HOSTILE: Record<string, [given: string, shown: string]> = {
  "colours": ["\x1b[1;31mred\x1b[m", "red"],
  "a moved cursor": ["\x1b[2J\x1b[Hgone", "gone"],
  "a title": ["\x1b]0;owned\x07text", "text"],
  "a title that ends with ST": ["\x1b]2;owned\x1b\\text", "text"],
  "a title that never ends": ["\x1b]0;owned\nnext", "\nnext"],
  "a link": ["\x1b]8;;https://x.example\x1b\\here\x1b]8;;\x1b\\", "here"],
  "a clipboard write": ["\x1b]52;c;ZXZpbA==\x07!", "!"],
  "device control": ['\x1bP$q"p\x1b\\text', "text"],
  "one-byte CSI and OSC": ["\x9b31mred\x9d0;owned\x9ctext", "redtext"],
  "a reset": ["\x1bctext", "text"],
  "a lone escape": ["\x1b", ""],
  "an escape in the middle of another": ["\x1b[\x1b[31mtext", "text"],
  "backspaces over a word": ["safe\b\b\b\bevil", "evil"],
  "a bell and a NUL": ["a\x07b\x00c", "abc"],
  "a carriage return over a word": ["safe\revil", "evil"],
  "line ends of Windows": ["a\r\nb\r\n", "a\nb\n"],
  "a turned direction": ["\u202Eevil", "\uFFFDevil"],
  "what is harmless": [
    "tab\t\u00e9 \u6f22 \u{1F600} <&> \\x1b",
    "tab\t\u00e9 \u6f22 \u{1F600} <&> \\x1b",
  ],
};

Deno.test("nothing that is shown can act on the terminal", async (t) => {
  for (const [name, [given, shown]] of Object.entries(HOSTILE)) {
    await t.step(name, () => assert.equal(printable(given), shown));
  }
});

Deno.test("what was cleaned is clean", () => {
  for (const [given] of Object.values(HOSTILE)) {
    assert.equal(printable(printable(given)), printable(given));
  }
});

Deno.test("one line is made of several", () => {
  assert.equal(printableLine("  a\tb\r\n\n c "), "a b c");
});
