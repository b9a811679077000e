import assert from "node:assert/strict";
import { shellWords } from "./shell_words.ts";

const WORDS = [
  "plain",
  "",
  "two words",
  "it's",
  '"quoted"',
  "$HOME `date` $(date) \\ ! * ? ~ # & | ; < > ( ) { } [ ]",
  "-c",
  "a=b",
  "line 1\nline 2\ttab's \\n",
  "é漢👩‍🔧",
];

Deno.test("words that look like nothing special stay as they are", () => {
  assert.equal(shellWords(["codex", "-c", "a.b=x/y", "--", "@1"]), "codex -c a.b=x/y -- @1");
});

Deno.test("nothing in a word can act on a terminal", () => {
  const line = shellWords(["\x1b[31m", "a\nb", "\u202e", "\x9b"]);
  assert.equal(line, String.raw`$'\u001b[31m' $'a\nb' $'\u202e' $'\u009b'`);
});

Deno.test("a shell reads the words back", { ignore: !hasBash() }, async () => {
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `printf '%s\\0' ${shellWords(WORDS)}`],
    env: { LC_ALL: "C.UTF-8" },
  }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), WORDS);
});

function hasBash(): boolean {
  try {
    return new Deno.Command("bash", { args: ["-c", "exit 0"] }).outputSync().success;
  } catch {
    return false;
  }
}
