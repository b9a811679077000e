import assert from "node:assert/strict";
import { parseYaml, YamlError } from "./yaml.ts";

Deno.test("parseYaml gives plain data", () => {
  const { value } = parseYaml('a: :8080\nb: [1, {c: true}]\nd: "x"\ne:\n');
  assert.deepEqual(value, { a: ":8080", b: [1, { c: true }], d: "x", e: null });
  assert.equal(parseYaml("# nothing\n").value, undefined);
});

Deno.test("parseYaml tells where keys and values stand", () => {
  const { position } = parseYaml("a:\n  b: 1\n  'c': \"x\"\n  d: [5, {e: 6}]\n  f:\r\n  g: 1\r\n");
  assert.deepEqual(position(["a"], "key"), { line: 1, column: 1 });
  assert.deepEqual(position(["a", "b"], "key"), { line: 2, column: 3 });
  assert.deepEqual(position(["a", "b"], "value"), { line: 2, column: 6 });
  assert.deepEqual(position(["a", "c"], "key"), { line: 3, column: 3 });
  assert.deepEqual(position(["a", "c"], "value"), { line: 3, column: 8 });
  assert.deepEqual(position(["a", "d", 1, "e"], "value"), { line: 4, column: 14 });
  assert.deepEqual(position(["a", "f"], "value"), { line: 5, column: 3 });
  assert.deepEqual(position(["a", "g"], "value"), { line: 6, column: 6 });
});

Deno.test("parseYaml points at the map around a key that is missing", () => {
  const { position } = parseYaml("a: 1\nb:\n  c: 1\n");
  assert.deepEqual(position(["b", "x"], "value"), { line: 2, column: 1 });
  assert.deepEqual(position(["x", "y"], "value"), { line: 1, column: 1 });
  assert.deepEqual(parseYaml("").position(["x"], "key"), {});
});

Deno.test("parseYaml does not count a byte order mark", () => {
  const { value, position } = parseYaml("\uFEFFa: 1\n");
  assert.deepEqual(value, { a: 1 });
  assert.deepEqual(position(["a"], "value"), { line: 1, column: 4 });
});

const refused: Record<string, [source: string, message: string, line: number, column: number]> = {
  "a duplicate key": ["a: 1\nb:\n  c: 1\n  c: 2\n", 'Duplicate key "c"', 4, 3],
  "a quoted duplicate key": ['"a": 1\n"a": 2\n', 'Duplicate key "a"', 2, 1],
  "a tab": ["a:\n\tb: 1\n", "Use spaces, not a tab, for indentation", 2, 1],
  "an alias": [
    "a: &x 1\nb: *x\n",
    "Aliases such as *name are not taken here; write the value out",
    2,
    5,
  ],
  "bad indentation": [
    "a:\n  b: 1\n   c: 2\n",
    "Invalid YAML: bad indentation of a mapping entry",
    3,
    5,
  ],
  "an unknown tag": ["a: !x 1\n", "Invalid YAML: unknown scalar tag !<!x>", 1, 4],
};

for (const [what, [source, message, line, column]] of Object.entries(refused)) {
  Deno.test(`parseYaml refuses ${what} and tells where`, () => {
    assert.throws(() => parseYaml(source), (error) => {
      assert(error instanceof YamlError);
      assert.equal(error.message, message);
      assert.deepEqual(error.position, { line, column });
      return true;
    });
  });
}

Deno.test("parseYaml refuses a bomb of aliases at once", () => {
  const lines = ["a0: &a0 [x]"];
  for (let n = 1; n < 40; n++) lines.push(`a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}]`);
  assert.throws(() => parseYaml(lines.join("\n")), /Aliases/);
});

Deno.test("parseYaml refuses a second document and a bottomless nesting", () => {
  assert.throws(() => parseYaml("a: 1\n---\nb: 2\n"), /Expected one YAML document, found 2/);
  assert.throws(() => parseYaml("[".repeat(10_000)), YamlError);
});
