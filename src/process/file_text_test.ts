import assert from "node:assert/strict";
import { fileText } from "./file_text.ts";
import { outputText } from "../lib/output_text.ts";

function file(content: string | Uint8Array<ArrayBuffer>) {
  const path = Deno.makeTempFileSync();
  Deno.writeFileSync(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return { path, [Symbol.dispose]: () => Deno.removeSync(path) };
}

Deno.test("a file reads the same as a text in memory, also where a chunk ends within a character or a line end", () => {
  const mega = 1024 * 1024;
  const texts = [
    "",
    "\n",
    "a",
    "a\r\nb\r\n\r\n",
    "a\rb\n",
    "x".repeat(mega - 1) + "😀\n",
    "x".repeat(mega - 1) + "\r\ny",
    "x".repeat(mega) + "\n" + "y".repeat(2 * mega),
    "line\n".repeat(500_000),
  ];
  for (const text of texts) {
    using at = file(text);
    const [read, held] = [fileText(at.path), outputText(text)];
    assert.equal(read.bytes, held.bytes);
    assert.ok(read.text() === text);
    const [lines, expected] = [[...read.lines()], [...held.lines()]];
    assert.equal(lines.length, expected.length);
    assert.ok(lines.every((line, index) => line === expected[index]));
  }
});

Deno.test("a file that does not exist counts as empty", () => {
  const text = fileText("/no/such/file");
  assert.deepEqual([text.bytes, text.text(), [...text.lines()]], [0, "", []]);
});

Deno.test("what is no UTF-8 becomes U+FFFD", () => {
  using at = file(new Uint8Array([0x61, 0xff, 0x62, 0xe2]));
  assert.equal(fileText(at.path).text(), "a\ufffdb\ufffd");
});

Deno.test("a reader that stops early leaves no file open", () => {
  using at = file("one\ntwo\n");
  for (const line of fileText(at.path).lines()) {
    assert.equal(line, "one");
    break;
  }
});

Deno.test("a line longer than memory should hold comes in parts, and nothing of it is missing", () => {
  const path = Deno.makeTempFileSync();
  try {
    const file = Deno.openSync(path, { write: true });
    const chunk = new TextEncoder().encode("é".repeat(500_000));
    file.writeSync(new TextEncoder().encode("first\n"));
    for (let n = 0; n < 140; n++) file.writeSync(chunk);
    file.writeSync(new TextEncoder().encode("\nlast\n"));
    file.close();
    const lines = [...fileText(path, [], 2_000_000).lines()];
    assert.deepEqual([lines[0], lines.at(-1)], ["first", "last"]);
    assert.ok(lines.length > 3);
    const length = lines.slice(1, -1).reduce((sum, line) => sum + line.length, 0);
    assert.equal(length, 70_000_000);
  } finally {
    Deno.removeSync(path);
  }
});
