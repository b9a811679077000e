import assert from "node:assert/strict";
import { followLines } from "./follow_lines.ts";

/** Files that grow. */
function growing() {
  const folder = Deno.makeTempDirSync({ prefix: "lines_" });
  const files = { stdout: `${folder}/stdout`, stderr: `${folder}/stderr` };
  return {
    files,
    print(text: string | Uint8Array, to: "stdout" | "stderr" = "stdout") {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      Deno.writeFileSync(files[to], bytes, { append: true });
    },
    again: () => Deno.truncateSync(files.stdout),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

Deno.test("each line comes once, when it is complete, from both streams", () => {
  using at = growing();
  const next = followLines({ output_format: "text" }, at.files);
  assert.deepEqual(next(), []);
  at.print("one\ntw");
  at.print("a warning\n", "stderr");
  assert.deepEqual(next(), ["one", "a warning"]);
  at.print("o\n\n  three \x1b[31mred\x1b[0m\r\nfou");
  assert.deepEqual(next(), ["two", "three red"]);
  assert.deepEqual(next(), []);
});

Deno.test("a character that was written in two halves is one", () => {
  using at = growing();
  const next = followLines({ output_format: "text" }, at.files);
  const bytes = new TextEncoder().encode("漢字\n");
  at.print(bytes.subarray(0, 4));
  assert.deepEqual(next(), []);
  at.print(bytes.subarray(4));
  assert.deepEqual(next(), ["漢字"]);
});

Deno.test("events come in words, and one JSON document not at all", () => {
  using at = growing();
  const events = followLines({ output_format: "jsonl" }, at.files);
  const document = followLines({ output_format: "json" }, at.files);
  at.print('{"type":"item.completed","item":{"type":"agent_message","text":"Hello"}}\n');
  at.print('{"type":"turn.completed","usage":{"input_tokens":1}}\nplain words\n');
  at.print("on the way\n", "stderr");
  assert.deepEqual(events(), ["Hello", "plain words", "on the way"]);
  assert.deepEqual(document(), ["on the way"]);
});

Deno.test("of a flood the end comes, without a line that was cut", () => {
  using at = growing();
  const next = followLines({ output_format: "text" }, at.files);
  for (let chunk = 0; chunk < 100; chunk++) {
    at.print(Array.from({ length: 100 }, (_, i) => `line ${chunk * 100 + i} of many\n`).join(""));
  }
  const lines = next();
  assert.ok(lines.length > 1000 && lines.length < 10_000, `${lines.length} lines`);
  assert.equal(lines.at(-1), "line 9999 of many");
  assert.equal(lines[0], `line ${10_000 - lines.length} of many`);
});

Deno.test("a second attempt is followed from its beginning", () => {
  using at = growing();
  const next = followLines({ output_format: "text" }, at.files);
  at.print("the first attempt\n");
  next();
  at.again();
  at.print("again\n");
  assert.deepEqual(next(), ["again"]);
});
