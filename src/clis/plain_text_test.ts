import assert from "node:assert/strict";
import { plainText } from "./plain_text.ts";

Deno.test("escape sequences go, the text between them stays", () => {
  assert.equal(plainText("\x1b[31merror:\x1b[0m no\r\n"), "error: no\n");
  assert.equal(plainText("\x1b]0;title\x07a\x1b[2K\x1b(Bb\x1b[?25h"), "ab");
});

Deno.test("a sequence that broke off takes no text along", () => {
  assert.equal(plainText("\x1b]8;;unended\nthe answer"), "\x1b]8;;unended\nthe answer");
});
