import assert from "node:assert/strict";
import { outputText } from "../../lib/output_text.ts";
import { jsonEvents } from "./json_events.ts";

function read(text: string): { events: unknown[]; warnings: string[] } {
  const warnings: string[] = [];
  return { events: [...jsonEvents(outputText(text), warnings)], warnings };
}

Deno.test("a line that broke off does not take the lines after it along", () => {
  const { events, warnings } = read('{"a":1}\n{"b":{\n{"c":3}\n{"d":\n');

  assert.deepEqual(events, [{ a: 1 }, { c: 3 }]);
  assert.deepEqual(warnings, ["Skipped malformed JSON in the output: 2 times"]);
});

Deno.test("a pretty-printed document is one object, not its inner ones", () => {
  const document = { list: [{ a: 1 }, { b: [{}] }], text: "}\n{" };
  const { events, warnings } = read(`before\n${JSON.stringify(document, null, 2)}\nafter\n`);

  assert.deepEqual(events, [document]);
  assert.deepEqual(warnings, []);
});

Deno.test("a pretty-printed document that broke off gives nothing", () => {
  const { events } = read(JSON.stringify({ a: [{ b: 1 }, { c: 2 }] }, null, 2).slice(0, -4));

  assert.deepEqual(events, []);
});

Deno.test("lines in brackets that are no JSON are passed over without a warning", () => {
  assert.deepEqual(read('[STARTUP] {ready}\n{"a":1}\n'), { events: [{ a: 1 }], warnings: [] });
});

Deno.test("JSON within a line counts only where none begins a line", () => {
  assert.deepEqual(read('[log] sent {"a":1} ok\n').events, [{ a: 1 }]);
  assert.deepEqual(read('log {"a":1}\n{"b":2}\n').events, [{ b: 2 }]);
});

Deno.test("an indented document and a byte order mark are read", () => {
  assert.deepEqual(read('\uFEFF{"a":1}\n').events, [{ a: 1 }]);
  assert.deepEqual(read('  {\n    "a": 1\n  }\n').events, [{ a: 1 }]);
});
