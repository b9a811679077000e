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

Deno.test("what a terminal shows around JSON is passed over, and nothing within it is touched", () => {
  const events = [{ a: "\x1b[31m\b\r\t\x07" }, { b: "\x7f\x85\x9b1m" }, { c: 3 }];
  const [first, second, third] = events.map((event) => JSON.stringify(event));
  const terminal = `\x1b[?25l⠋ Thinking\r\x1b[K\x1b[32m${first}\x1b[0m\n` +
    `⠙ Thinking about it\r${second}\x1b[K\r\n|\b/\b${third}\x1b[?25h\x1b]0;done\x07\n`;
  assert.deepEqual(read(terminal), { events, warnings: [] });
  assert.deepEqual(read(`\x1b[1m{\x1b[0m\n  "a": [\x1b[K\n    1\n  ]\n}\x1b[0m\n`).events, [{
    a: [1],
  }]);
  assert.deepEqual(read('say \x1b[1m{"a":1}\x1b[0m\n').events, [{ a: 1 }]);
});

Deno.test("an indented document and a byte order mark are read", () => {
  assert.deepEqual(read('\uFEFF{"a":1}\n').events, [{ a: 1 }]);
  assert.deepEqual(read('\uFEFF{\r\n  "a": 1\r\n}\r\n').events, [{ a: 1 }]);
  assert.deepEqual(read('  {\n    "a": 1\n  }\n').events, [{ a: 1 }]);
});
