import assert from "node:assert/strict";
import fc from "fast-check";
import corpus from "../../../tests/fixtures/terminal_text.json" with { type: "json" };
import { plainLines, plainPieces, plainText } from "./plain_text.ts";

for (const { name, raw, text } of corpus) {
  Deno.test(`terminal text: ${name}`, () => {
    assert.equal(plainText(raw), text);
  });
}

Deno.test("line by line the corpus reads the same", () => {
  for (const { name, raw, text } of corpus) {
    // What goes over several lines is only known where the whole text is.
    if (name.startsWith("DCS over several lines")) continue;
    assert.equal([...plainLines(raw.split("\n"))].join("\n"), text, name);
  }
  assert.deepEqual([...plainLines([])], []);
});

const CONTROL = new RegExp(String.raw`[\x00-\x08\x0b-\x1f\x7f-\x9f]`);
const PIECES = [
  ..."\x1b\r\b\t\n\x07\x0e\x0f\x18\x9b\x9c\x9d\x90\x85[]PX^_k\\;?()0B78DEM{}=> /!",
  ...["\x1b[", "\x1b]8;;", "\x1b\\", "\x1b(0", "\x1bP", "\x1b[2K", "\x1b[1K", "\x1b[3A", "\x1b[9C"],
  ...[
    "\x1b[2;3H",
    "\x1b[J",
    "\x1b[2J",
    "\x1b[?1049h",
    "\x1b7",
    "\x1b8",
    "\x1b[4X",
    "a",
    "日",
    "😀",
    "é",
    "e\u0301",
  ],
];
const mess = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) =>
  pieces.join("")
);

Deno.test("text without control characters is unchanged, line ends and tabs included", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    fc.pre(!CONTROL.test(text));
    assert.equal(plainText(text), text);
  }));
});

Deno.test("whatever was printed, no control character is left, and cleaning again changes nothing", () => {
  fc.assert(
    fc.property(mess, (text) => {
      const plain = plainText(text);
      assert.doesNotMatch(plain, CONTROL);
      assert.equal(plainText(plain), plain);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("text in colours is the text", () => {
  const style = fc.constantFrom(
    "\x1b[0m",
    "\x1b[38;5;9m",
    "\x1b]8;;http://x\x1b\\",
    "\x1b(B",
    "\x1b[?25l",
  );
  const text = fc.string().filter((text) => !CONTROL.test(text));
  fc.assert(fc.property(fc.array(fc.tuple(style, text)), (parts) => {
    const raw = parts.map((part) => part.join("")).join("");
    assert.equal(plainText(raw), parts.map(([, text]) => text).join(""));
  }));
});

Deno.test("with 7-bit controls alone, characters that JSON may hold stay", () => {
  const text = '\x1b[2K{"a":"\x7f\x85\x9b1m"}';
  assert.equal(plainText(text, { eightBit: false }), '{"a":"\x7f\x85\x9b1m"}');
});

Deno.test("long output is cleaned without being held, and whatever its controls it comes to an end", () => {
  function* lines() {
    for (let n = 0; n < 200_000; n++) yield `\x1b[32mline\x1b[0m ${n}\rLINE`;
  }
  let count = 0;
  for (const line of plainLines(lines())) assert.equal(line, `LINE ${count++}`);
  assert.equal(count, 200_000);

  const text = "x".repeat(2_000_000);
  assert.ok(plainText(`${text}\b!`) === `${text.slice(1)}!`);
  assert.ok(plainText(`\x1b[2K${text}\x1b[0m`) === text);
  const part = "x".repeat(20);
  assert.equal(plainText(`${part}\r`.repeat(100_000)), part);
  for (
    const nasty of [
      "\x1b[999999X",
      "\x1b[1K",
      "\x1b[999C",
      "\x1b[A\x1b[B",
      "\x1b[2J",
      "\x1b]",
      "\x1bP",
      "\r\r\r",
      "\x1b[99d",
    ]
  ) {
    plainText(text.slice(0, 200_000) + nasty.repeat(50_000));
  }
});

Deno.test("text in pieces is the same as at once, wherever it is cut", () => {
  const whole = [
    "plain\r\n",
    "\x1b[31mred\x1b[0m line\n",
    " 50%\r100%\n",
    "é語😀\n",
    "x".repeat(600_000) + "\x1b[1m bold\x1b[0m 😀" + "y".repeat(300_000) + "\n",
    "the end",
  ].join("");
  const expected = plainText(whole);
  for (const size of [1000, 77_777, 250_000, 1_000_000]) {
    const pieces = [];
    for (let at = 0; at < whole.length; at += size) pieces.push(whole.slice(at, at + size));
    assert.equal([...plainPieces(pieces)].join(""), expected, `${size}`);
  }
});
