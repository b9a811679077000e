import assert from "node:assert/strict";
import fc from "fast-check";
import { captureTo } from "./capture.ts";
import { joinParts } from "./output_file.ts";

/** A folder to record in, gone with its scope. */
function place() {
  const folder = Deno.makeTempDirSync({ prefix: "capture_" });
  return {
    path: `${folder}/out`,
    names: () => Array.from(Deno.readDirSync(folder), ({ name }) => name),
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

Deno.test("what the disk does not take is held, told, and written when it takes it again", () => {
  using at = place();
  let now = 1000;
  const path = `${at.path}/later/out`;
  const capture = captureTo(path, { now: () => now });
  // More than a short output, which is in memory anyway.
  const chunk = encode("x".repeat(99) + "\n");
  for (let n = 0; n < 4000; n++) capture.write(chunk);
  assert.ok(capture.failure instanceof Deno.errors.NotFound);
  assert.deepEqual([capture.bytes, capture.lost], [400_000, 0]);
  assert.equal(capture.text().text(), "x".repeat(99).concat("\n").repeat(4000));
  assert.equal([...capture.text().lines()].length, 4000);
  assert.equal(capture.text().bytes, 400_000);

  Deno.mkdirSync(`${at.path}/later`, { recursive: true });
  capture.write(chunk);
  assert.notEqual(capture.failure, undefined, "it is not tried at each chunk");
  now += 1000;
  capture.write(chunk);
  assert.equal(capture.failure, undefined);
  capture.close();
  assert.equal(Deno.statSync(path).size, 400_200);
  assert.equal([...capture.text().lines()].length, 4002);
});

Deno.test("the end of the output is a last chance to write it", () => {
  using at = place();
  const capture = captureTo(`${at.path}/later/out`);
  capture.write(encode("all of it"));
  Deno.mkdirSync(`${at.path}/later`, { recursive: true });
  capture.close();
  assert.equal(capture.failure, undefined);
  assert.equal(Deno.readTextFileSync(`${at.path}/later/out`), "all of it");
});

Deno.test("of what neither disk nor memory takes the middle is lost, and that is told", () => {
  using at = place();
  const capture = captureTo(`${at.path}/no/such/folder`);
  const chunk = new Uint8Array(1_000_000).fill(0x61);
  for (let n = 0; n < 30; n++) capture.write(chunk);
  capture.write(encode("the end"));
  capture.close();
  assert.ok(capture.lost >= 12_000_000 && capture.lost < 30_000_000, `${capture.lost}`);
  const text = capture.text().text();
  assert.ok(text.startsWith(`\n[… ${capture.lost} bytes left out …]\naaa`));
  assert.ok(text.endsWith("aaathe end"));
});

Deno.test({
  name: "a disk that is full takes nothing away from a short output",
  ignore: Deno.build.os !== "linux",
  fn() {
    const capture = captureTo("/dev/full");
    capture.write(encode("an answer"));
    capture.close();
    assert.match(String(capture.failure), /No space left on device/);
    assert.deepEqual([capture.lost, capture.text().text()], [0, "an answer"]);
  },
});

Deno.test("of an output above its bound beginning and end are kept, and what is missing is told", () => {
  using at = place();
  const capture = captureTo(at.path, { maxBytes: 1_000_000 });
  const lines = Array.from({ length: 40_000 }, (_, n) => `line ${String(n).padStart(93, "0")}\n`);
  for (const line of lines) capture.write(encode(line));
  assert.equal(capture.bytes, 40_000 * 99);
  capture.close();
  assert.ok(capture.leftOut > 2_900_000 && capture.leftOut < 3_300_000, `${capture.leftOut}`);
  assert.ok(Deno.statSync(at.path).size <= 1_000_100);
  const text = capture.text().text();
  const [head, tail] = text.split(`\n[… ${capture.leftOut} bytes left out …]\n`);
  const whole = lines.join("");
  assert.ok(whole.startsWith(head!) && whole.endsWith(tail!));
  assert.equal(head!.length + tail!.length + capture.leftOut, whole.length);
  assert.deepEqual(at.names(), ["out"]);
});

Deno.test("an output just above the half of its bound is whole", () => {
  using at = place();
  for (const size of [499_999, 500_000, 500_001, 900_000, 999_999]) {
    const capture = captureTo(at.path, { maxBytes: 1_000_000 });
    const bytes = new Uint8Array(size).map((_, index) => 97 + index % 26);
    for (let from = 0; from < size; from += 70_000) {
      capture.write(bytes.subarray(from, from + 70_000));
    }
    capture.close();
    assert.equal(capture.leftOut, 0);
    assert.deepEqual(Deno.readFileSync(at.path), bytes);
  }
});

Deno.test("the parts of an output whose writer died are joined by who finds them", () => {
  using at = place();
  const capture = captureTo(at.path, { maxBytes: 400 });
  for (let n = 0; n < 100; n++) capture.write(encode(`line ${n}\n`));
  assert.ok(at.names().length > 1);
  const missing = joinParts(at.path);
  const text = Deno.readTextFileSync(at.path);
  assert.match(text, new RegExp(`^line 0\nline 1\n[^…]*\\[… ${missing} bytes left out …\\]\n`));
  assert.ok(text.endsWith("line 98\nline 99\n"));
  assert.equal(joinParts(at.path), 0);
  assert.deepEqual(at.names(), ["out"]);
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
