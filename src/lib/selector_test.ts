import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSelector, select, SelectorError } from "./selector.ts";

const DOCUMENT = {
  type: "result",
  result: "yes",
  "total cost": 3,
  content: [
    { type: "text", text: "a" },
    { type: "image", url: "u", error: null },
    { type: "text", text: "b", n: 2 },
  ],
  usage: { in: 1, out: 2 },
};

Deno.test("a selector finds members, elements, and those for which a filter holds", () => {
  const found: [string, unknown[]][] = [
    ["$", [DOCUMENT]],
    ["$.result", ["yes"]],
    ["$['total cost']", [3]],
    ['$["total cost"]', [3]],
    ["$.content[0].text", ["a"]],
    ["$.content[-1].text", ["b"]],
    ["$.content[9]", []],
    ["$.content[*].text", ["a", "b"]],
    ["$.usage.*", [1, 2]],
    ["$.usage[*]", [1, 2]],
    ["$.content[?(@.type=='text')].text", ["a", "b"]],
    ["$.content[?@.type == 'text' && @.n == 2].text", ["b"]],
    ["$.content[?(@.type=='image' || @.n==2)].type", ["image", "text"]],
    ["$.content[?(!@.text)].url", ["u"]],
    ["$.content[?(@.error==null)].url", ["u"]],
    ["$.content[?(@.type!='text')].url", ["u"]],
    ["$.content[?(@.n)].text", ["b"]],
    ["$.nothing.at.all", []],
    ["$.result.length", []],
    ["$.constructor", []],
    ["$.__proto__", []],
  ];
  for (const [selector, values] of found) {
    assert.deepEqual(select(parseSelector(selector), DOCUMENT), values, selector);
  }
});

Deno.test("a text that is no selector is told with the place where that shows", () => {
  const wrong: [string, string][] = [
    ["", 'Expected "$" at character 1, found the end'],
    ["result", 'Expected "$" at character 1, found "result"'],
    ["$.", "Expected a name or * at character 3, found the end"],
    ["$..result", 'Expected a name or * at character 3, found ".result"'],
    ["$.a b", 'Expected ".", "[" or the end at character 4, found " b"'],
    ["$[", "Expected an index, a quoted name, * or ? at character 3, found the end"],
    ["$[1:2]", 'Expected "]" at character 4, found ":2]"'],
    ["$['a]", `Expected an index, a quoted name, * or ? at character 3, found "'a]"`],
    ["$[?(@.a=='b']", 'Expected "&&", "||" or ")" at character 13, found "]"'],
    ["$[?@.a=='b'", 'Expected "&&", "||" or "]" at character 12, found the end'],
    ["$[?(a==1)]", 'Expected "@" at character 5, found "a==1)]"'],
    [
      "$[?(@.a==b)]",
      'Expected a quoted text, a number, true, false or null at character 10, found "b)]"',
    ],
    [
      "$[?(@.a===1)]",
      'Expected a quoted text, a number, true, false or null at character 10, found "=1)]"',
    ],
    [`$.${"a".repeat(500)}`, "It has more than 500 characters"],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseSelector(text), { name: "SelectorError", message }, text);
  }
});

Deno.test("whatever the text and the value, reading and selecting never fails in another way", () => {
  const piece = fc.constantFrom(
    ...["$", ".", "[", "]", "?", "(", ")", "@", "==", "!=", "!", "&&", "||", "'", '"', "\\", "*"],
    ...["a", "type", "1", "-1", "true", "null", " ", "é"],
  );
  fc.assert(
    fc.property(fc.array(piece).map((all) => `$${all.join("")}`), fc.anything(), (text, value) => {
      try {
        assert.ok(Array.isArray(select(parseSelector(text), value)));
      } catch (error) {
        assert.ok(error instanceof SelectorError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a filter that cannot be satisfied looks at each element once", () => {
  const many = { list: Array.from({ length: 200_000 }, (_, n) => ({ n, type: "x" })) };
  const selector = parseSelector("$.list[?(@.type=='y' && @.n==1 || @.n==-1)].n");
  assert.deepEqual(select(selector, many), []);
});
