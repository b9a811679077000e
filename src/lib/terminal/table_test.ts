import assert from "node:assert/strict";
import { displayWidth } from "./display_width.ts";
import { type Cell, tableLines } from "./table.ts";

const rows = (...texts: string[][]): Cell[][] => texts.map((row) => row.map((text) => ({ text })));

Deno.test("columns begin one below the other, wide characters counted as such", () => {
  assert.deepEqual(
    tableLines(rows(["NAME", "STATE", "WHERE"], ["漢字", "ok", "/bin/x"], ["a", "", ""]), 80),
    [
      "  NAME  STATE  WHERE",
      "  漢字  ok     /bin/x",
      "  a",
    ],
  );
});

Deno.test("what does not fit is wrapped at its own place", () => {
  assert.deepEqual(tableLines(rows(["codex", "one two three four five six seven"]), 34), [
    "  codex  one two three four five",
    "         six seven",
  ]);
  assert.deepEqual(tableLines(rows(["codex", "one\ntwo"]), 40), [
    "  codex  one",
    "         two",
  ]);
  assert.deepEqual(tableLines(rows(["key", "/a/long/path/to/a/file", "the origin of it"]), 38), [
    "  key  /a/long/path/t  the origin of",
    "       o/a/file        it",
  ]);
});

Deno.test("a cell that is not the last ends after three lines", () => {
  const [first, second, third, ...more] = tableLines(
    rows(["PATH", "/bin:".repeat(50), "where programs are looked for"]),
    50,
  );
  assert.match(first!, /^ {2}PATH {2}\/bin:\S+ {2}where programs/);
  assert.match(second!, /^ {8}\S+ {2}looked for/);
  assert.match(third!, /^ {8}\S*…$/);
  assert.deepEqual(more, []);
});

Deno.test("where columns would be too narrow, they go below the first", () => {
  assert.deepEqual(tableLines(rows(["codex", "ready", "in the usual folder"]), 20), [
    "  codex",
    "    ready",
    "    in the usual",
    "    folder",
  ]);
});

Deno.test("what stands out does not move what follows", () => {
  const bold = (text: string) => `<${text}>`;
  assert.deepEqual(tableLines([[{ text: "a", paint: bold }, { text: "x y", paint: bold }]], 80), [
    "  <a>  <x y>",
  ]);
});

Deno.test("no line is wider than the terminal, and nothing of the last column is lost", () => {
  const path = "/home/me/" + "漢字/".repeat(40) + "end";
  for (const columns of [10, 20, 33, 60, 80, 200]) {
    const lines = tableLines(rows(["name", path]), columns);
    for (const line of lines) assert.ok(displayWidth(line) < columns, `${columns}: ${line}`);
    const told = lines.map((line) => line.trim()).join("").replace(/^name\s*/, "");
    assert.equal(told, path);
  }
});

Deno.test("no rows make no lines", () => {
  assert.deepEqual(tableLines([], 80), []);
});
