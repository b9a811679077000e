import assert from "node:assert/strict";
import { createOutput } from "./output.ts";
import { printJson } from "./print_json.ts";
import { ACTING, testOutput } from "./testing.ts";

const nowhere = () => Promise.resolve();

Deno.test("colours are for terminals that take them", () => {
  const styled = (terminal: boolean, env: Record<string, string>) =>
    createOutput({ terminal, env, write: nowhere }).styled;
  assert.equal(styled(true, { TERM: "xterm" }), true);
  assert.equal(styled(true, {}), true);
  assert.equal(styled(true, { NO_COLOR: "" }), true);
  assert.equal(styled(true, { NO_COLOR: "1" }), false);
  assert.equal(styled(true, { NO_COLOR: "0" }), false);
  assert.equal(styled(true, { TERM: "dumb" }), false);
  assert.equal(styled(false, { TERM: "xterm" }), false);
});

Deno.test("a line is as long as it likes where no terminal is", () => {
  const columns = (terminal: boolean, env: Record<string, string>) =>
    createOutput({ terminal, env, write: nowhere }).columns();
  assert.equal(columns(false, { COLUMNS: "40" }), Infinity);
  assert.ok(columns(true, {}) > 0);
});

Deno.test("a reader that has gone is no failure, a full disk is one", async () => {
  const failing = (error: Error) =>
    createOutput({ terminal: false, env: {}, write: () => Promise.reject(error) });
  await failing(new Deno.errors.BrokenPipe("Broken pipe")).write("text");
  await assert.rejects(failing(new Error("No space left on device")).write("text"));
});

Deno.test("JSON stays what it was, and a terminal does not act on it", async () => {
  const output = testOutput();
  const value = { text: "\x1b[31m \x7f \x9b31m \u202e \u2028 é 漢", list: [1, null] };
  await printJson(value, output);
  assert.deepEqual(JSON.parse(output.text), value);
  assert.doesNotMatch(output.text, ACTING);
  assert.ok(output.text.includes("é 漢"));
});
