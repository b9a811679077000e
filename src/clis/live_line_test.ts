import assert from "node:assert/strict";
import fc from "fast-check";
import { liveLine, type PrintedForm, type StreamEnd } from "./live_line.ts";
import { testProfile } from "./testing.ts";

const nothing: StreamEnd = { tail: "", cut: false, at: 0 };

/** What is shown of a standard output. */
function shown(
  format: PrintedForm["output_format"],
  tail: string,
  more: Partial<StreamEnd> = {},
): string | undefined {
  return liveLine({ output_format: format }, {
    stdout: { tail, cut: false, at: 1, ...more },
    stderr: nothing,
  });
}

Deno.test("the newest line of a text is shown, also while it is not ended", () => {
  assert.equal(shown("text", "first\nsecond\n\n"), "second");
  assert.equal(shown("text", "first\nhalf an ans"), "half an ans");
  assert.equal(shown("text", "\x1b[32mok\x1b[0m 3 tests\r\n"), "ok 3 tests");
  assert.equal(shown("text", "done\n----------\n}\n"), "done");
  assert.equal(shown("text", ""), undefined);
});

Deno.test("events are told in words, and those that say nothing are passed over", () => {
  const message = { type: "item.completed", item: { type: "agent_message", text: "at work" } };
  const usage = { type: "turn.completed", usage: {} };
  assert.equal(shown("jsonl", `${JSON.stringify(message)}\n${JSON.stringify(usage)}\n`), "at work");
  assert.equal(shown("jsonl", `${JSON.stringify(message)}\n{"type":"item.comp`), "at work");
  assert.equal(shown("jsonl", "Loading the workspace\n"), "Loading the workspace");
  assert.equal(shown("jsonl", `${JSON.stringify(usage)}\n`), undefined);
});

Deno.test("what a profile selects of an event is shown in place of the usual fields", () => {
  const form = testProfile({
    output_format: "jsonl",
    output: { text: "$.result", progress: ["$.step.title", "$[?(@.kind=='note')].said"] },
  });
  const shown = (...events: object[]) => {
    const tail = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    return liveLine(form, { stdout: { tail, cut: false, at: 1 }, stderr: nothing });
  };
  const step = { step: { title: "Reading\nthe parser \n" }, text: "not this" };
  assert.equal(shown(step), "the parser");
  assert.equal(shown(step, { type: "text", text: "nor this" }), "the parser");
  assert.equal(shown(step, { kind: "note", said: "Half done" }), "Half done");
  assert.equal(shown({ type: "text", text: "nothing of it" }), undefined);
});

Deno.test("one JSON document tells nothing before its end", () => {
  assert.equal(shown("json", '{\n  "response": "half'), undefined);
});

Deno.test("the stream that printed last is shown", () => {
  const stderr = { tail: "Retrying in 2 s\n", cut: false, at: 5 };
  const stdout = { tail: "an answer\n", cut: false, at: 3 };
  assert.equal(liveLine({ output_format: "text" }, { stdout, stderr }), "Retrying in 2 s");
  assert.equal(
    liveLine({ output_format: "text" }, { stdout: { ...stdout, at: 7 }, stderr }),
    "an answer",
  );
  const noise = { ...stderr, tail: "Reading prompt from stdin...\n" };
  assert.equal(liveLine({ output_format: "text" }, { stdout, stderr: noise }), "an answer");
  const document = {
    ...stderr,
    tail: '{\n  "error": {\n    "message": "no",\n    "code": 41\n  }\n}',
  };
  assert.equal(
    liveLine({ output_format: "json" }, { stdout: nothing, stderr: document }),
    undefined,
  );
});

Deno.test("the rest of a line whose beginning is lost is not shown beside whole lines", () => {
  assert.equal(shown("text", "st of a line\n", { cut: true }), undefined);
  assert.equal(shown("text", "one endless line", { cut: true }), "one endless line");
});

Deno.test("a long line is cut at a whole character", () => {
  const line = shown("text", "x".repeat(299) + "😀".repeat(10))!;
  assert.equal(line, `${"x".repeat(299)}…`);
});

Deno.test("whatever is printed, no raw event and no control character is shown", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom("\n", "\r\n", "\x1b[31m", "{", '"a": 1,', "]", '{"type":"x","id":3}\n'),
  );
  fc.assert(fc.property(
    fc.array(piece, { maxLength: 20 }),
    fc.constantFrom("text", "json", "jsonl"),
    (pieces, format) => {
      const line = shown(format, pieces.join(""));
      if (line === undefined) return;
      assert.ok(line.length <= 301 && line.trim() !== "");
      // deno-lint-ignore no-control-regex -- that is what is looked for
      assert.doesNotMatch(line, /\n|\x1b\[/);
      if (format === "jsonl") assert.doesNotMatch(line, /^\{"type"/);
    },
  ));
});
