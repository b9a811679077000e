import assert from "node:assert/strict";
import fc from "fast-check";
import { captureTo } from "./capture.ts";

/** A folder to record in, gone with its scope. */
function place() {
  const folder = Deno.makeTempDirSync({ prefix: "capture_" });
  return {
    path: `${folder}/out`,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("what is written is on disk at once, and in the text, also when it was cut within a character", () => {
  using at = place();
  const bytes = encode("one\r\n😀 two\nthree");
  const chunks = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 });
  fc.assert(fc.property(chunks, (sizes) => {
    const capture = captureTo(at.path);
    let from = 0;
    for (const size of [...sizes, bytes.length]) {
      capture.write(bytes.subarray(from, from + size));
      from = Math.min(from + size, bytes.length);
      assert.deepEqual(Deno.readFileSync(at.path), bytes.slice(0, from));
    }
    assert.equal(capture.text().text(), "one\r\n😀 two\nthree");
    assert.deepEqual([...capture.text().lines()], ["one", "😀 two", "three"]);
    assert.equal(capture.bytes, bytes.length);
    assert.equal(capture.tail(), "one\r\n😀 two\nthree");
    capture.close();
  }));
});

Deno.test("a large output is read back from disk, the same", () => {
  using at = place();
  const capture = captureTo(at.path);
  const line = "é".repeat(499) + "\n";
  for (let n = 0; n < 1000; n++) capture.write(encode(line));
  assert.equal(capture.text().bytes, 999_000);
  assert.equal(capture.text().text(), line.repeat(1000));
  assert.equal([...capture.text().lines()].length, 1000);
  capture.close();
});

Deno.test("without output there is no file, and the text is empty", () => {
  using at = place();
  const capture = captureTo(at.path);
  capture.close();
  assert.equal(capture.text().text(), "");
  assert.equal(capture.tail(), "");
  assert.deepEqual([capture.bytes, capture.lastWriteAt], [0, 0]);
  assert.throws(() => Deno.statSync(at.path), Deno.errors.NotFound);
});

Deno.test({
  name: "the file is the user's alone, and an older one is replaced",
  ignore: Deno.build.os === "windows",
  fn() {
    using at = place();
    const umask = Deno.umask(0);
    const capture = captureTo(at.path);
    capture.write(encode("long text"));
    capture.close();
    Deno.umask(umask);
    assert.equal(Deno.statSync(at.path).mode! & 0o777, 0o600);
    const second = captureTo(at.path);
    second.write(encode("x"));
    second.close();
    assert.equal(Deno.readTextFileSync(at.path), "x");
  },
});

Deno.test("a tail that was cut does not begin within a word", () => {
  using at = place();
  const capture = captureTo(at.path);
  capture.write(encode("s".repeat(100) + " word".repeat(3270)));
  assert.match(capture.tail(), /^( word)+$/);
  capture.close();
});

Deno.test("the tail is the end of the output, and begins with a whole character", () => {
  using at = place();
  for (const write of [[1, 50_000], [3, 20_000], [100_000, 1]]) {
    const [size = 0, times = 0] = write;
    const capture = captureTo(at.path);
    // Three bytes a character, so that 8 KiB end within one.
    const bytes = encode("語".repeat(size * times / 3 + 1));
    for (let at = 0; at < bytes.length; at += size) capture.write(bytes.subarray(at, at + size));
    const tail = capture.tail();
    assert.match(tail, /^語+$/);
    assert.ok(tail.length > 2700, `${tail.length}`);
    capture.close();
  }
});

Deno.test("a chunk that comes after the end does not destroy what was recorded", () => {
  using at = place();
  const capture = captureTo(at.path);
  capture.write(encode("kept"));
  capture.close();
  capture.write(encode("late"));
  capture.close();
  assert.equal(Deno.readTextFileSync(at.path), "kept");
});

Deno.test("a failed write is told, and what follows is counted only", () => {
  using at = place();
  const capture = captureTo(`${at.path}/no/such/folder`);
  capture.write(encode("abc"));
  capture.write(encode("def"));
  assert.ok(capture.failure instanceof Deno.errors.NotFound);
  assert.equal(capture.bytes, 6);
  assert.equal(capture.tail(), "abcdef");
  capture.close();
});

Deno.test("a chunk's memory is the caller's again, so that many small ones do not add up", () => {
  using at = place();
  const capture = captureTo(at.path);
  const buffer = new Uint8Array(64 * 1024);
  for (const letter of "abc") {
    buffer.set(encode(letter));
    capture.write(buffer.subarray(0, 1));
  }
  assert.equal(capture.text().text(), "abc");
  capture.close();
});
