import assert from "node:assert/strict";
import fc from "fast-check";
import { readPage } from "./read_page.ts";

/** A file with this content, gone with its scope. */
function file(content: string | Uint8Array<ArrayBuffer>) {
  const path = Deno.makeTempFileSync();
  const write = (content: string | Uint8Array<ArrayBuffer>) =>
    Deno.writeFileSync(path, typeof content === "string" ? encode(content) : content);
  write(content);
  return { path, write, [Symbol.dispose]: () => Deno.removeSync(path) };
}

const encode = (text: string) => new TextEncoder().encode(text);

/** Reads on as `next` says until there is no more. */
function pages(path: string, limit: number, next: (at: number, text: string) => number) {
  const texts: string[] = [];
  const { size } = Deno.statSync(path);
  for (let at = 0; at < size;) {
    const { text } = readPage(path, at, limit)!;
    texts.push(text);
    const following = next(at, text);
    assert.ok(following > at);
    at = following;
  }
  return texts.join("");
}

/** Texts of characters of one to four bytes, byte order marks among them. */
const texts = fc.array(
  fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\ufeff", "é", "語", "😀", "\0", "\n")),
  { maxLength: 20 },
).map((parts) => parts.join(""));

Deno.test("pages join to the whole text by next_offset, by adding the limit, and by adding the bytes", () => {
  using at = file("");
  fc.assert(fc.property(texts, fc.integer({ min: 1, max: 40 }), (text, limit) => {
    at.write(text);
    const byNext = pages(at.path, limit, (offset) => {
      const { nextOffset, totalBytes } = readPage(at.path, offset, limit)!;
      return nextOffset ?? totalBytes;
    });
    assert.equal(byNext, text);
    assert.equal(pages(at.path, limit, (offset) => offset + limit), text);
    // A page of no character would not go on; those of at least four bytes have one.
    const most = Math.max(limit, 4);
    assert.equal(pages(at.path, most, (offset, page) => offset + encode(page).length), text);
  }));
});

Deno.test("no page loses a byte of what is no UTF-8", () => {
  using at = file("");
  const byte = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x80, 0xbf, 0x41, 0xc3, 0xe2, 0xf0));
  const contents = fc.array(byte, { maxLength: 30 });
  fc.assert(fc.property(contents, fc.integer({ min: 1, max: 12 }), (content, limit) => {
    const bytes = Uint8Array.from(content);
    at.write(bytes);
    const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assert.equal(pages(at.path, limit, (offset) => offset + limit), whole);
  }));
});

Deno.test("a page has at most the limit and the rest of its last character", () => {
  using at = file("😀😀😀");
  assert.deepEqual(readPage(at.path, 0, 1), { text: "😀", nextOffset: 4, totalBytes: 12 });
  assert.deepEqual(readPage(at.path, 0, 5), { text: "😀😀", nextOffset: 8, totalBytes: 12 });
  assert.deepEqual(readPage(at.path, 5, 4), { text: "😀", totalBytes: 12 });
  assert.deepEqual(readPage(at.path, 9, 1), { text: "", totalBytes: 12 });
});

Deno.test("behind the end there is nothing, and a file that is absent is told", () => {
  using at = file("abc");
  assert.deepEqual(readPage(at.path, 3, 10), { text: "", totalBytes: 3 });
  assert.deepEqual(readPage(at.path, 2 ** 40, 10), { text: "", totalBytes: 3 });
  assert.deepEqual(readPage(at.path, 0, 2 ** 40), { text: "abc", totalBytes: 3 });
  assert.equal(readPage(`${at.path}.gone`, 0, 10), undefined);
});

Deno.test("of a file that grows, a character that is cut off waits for its rest", () => {
  const path = Deno.makeTempFileSync();
  try {
    const bytes = new TextEncoder().encode("a€😀b");
    let text = "";
    let offset = 0;
    for (let length = 0; length <= bytes.length; length++) {
      Deno.writeFileSync(path, bytes.subarray(0, length));
      const page = readPage(path, offset, 100, true)!;
      text += page.text;
      offset = page.nextOffset ?? length;
    }
    assert.equal(text, "a€😀b");
    assert.equal(offset, bytes.length);
  } finally {
    Deno.removeSync(path);
  }
});
