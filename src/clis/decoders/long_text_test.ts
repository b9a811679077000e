import assert from "node:assert/strict";
import { outputText } from "../../lib/output_text.ts";
import { aider } from "./aider.ts";
import { text } from "./text.ts";

const stderr = outputText("");
const LINE = "word ".repeat(199) + "word\n";

Deno.test("a long answer is held by its ends, and can be read whole", () => {
  const whole = "\n\nfirst line\n" + LINE.repeat(6000) + "last line\n\n";
  const { text: held, long, warnings } = text({ stdout: outputText(whole), stderr });
  assert.deepEqual(warnings, []);
  assert.ok(held.length < 130_000);
  assert.ok(held.startsWith("first line\nword ") && held.endsWith("word\nlast line"));
  assert.equal([...long!.pieces()].join(""), whole);
  const { head, missing, tail } = long!;
  assert.equal(head.length + missing + tail.length, whole.trim().length);
  assert.equal(whole.trim().slice(0, head.length), head);
  assert.equal(whole.trim().slice(-tail.length), tail);
});

Deno.test("what is long only by its escape sequences is whole", () => {
  const colours = "\x1b[31m\x1b[0m".repeat(10);
  const whole = Array.from({ length: 60_000 }, (_, n) => n % 60 === 0 ? "x" : "").join(colours);
  const { text: held, long } = text({ stdout: outputText(whole), stderr });
  assert.deepEqual([held, long], ["x".repeat(1000), undefined]);
});

Deno.test("a long text of aider's is judged by its ends", () => {
  const good = LINE.repeat(6000) + "\nTokens: 1k sent, 5 received.\n";
  const answer = aider({ stdout: outputText(good), stderr });
  assert.deepEqual([answer.failure, answer.usage?.output_tokens], [undefined, 5]);
  assert.ok(answer.long);
  const bad = LINE.repeat(6000) + "\nlitellm.AuthenticationError: bad key\n";
  assert.equal(aider({ stdout: outputText(bad), stderr }).failure?.code, "auth");
});
