import assert from "node:assert/strict";
import { environmentBlock, wideString } from "./environment_block.ts";

const read = (bytes: Uint8Array<ArrayBuffer>) =>
  new TextDecoder("utf-16le", { ignoreBOM: true }).decode(bytes);

Deno.test("variables are ordered by name without regard to case, and ended twice", () => {
  const env = { b: "2", Path: "C:\\é;D:\\", A: "x=y\n", _: "", 日本: "😀" };
  assert.equal(
    read(environmentBlock(env)),
    "A=x=y\n\0b=2\0Path=C:\\é;D:\\\0_=\0日本=😀\0\0",
  );
  assert.equal(read(environmentBlock({})), "\0\0");
});

Deno.test("what is no variable is refused", () => {
  assert.throws(() => environmentBlock({ "": "x" }), TypeError);
  assert.throws(() => environmentBlock({ "=C:": "C:\\" }), TypeError);
  assert.throws(() => environmentBlock({ A: "a\0b" }), /"A=a\\u0000b"/);
});

Deno.test("a text is written in UTF-16 with a NUL at its end", () => {
  assert.deepEqual([...wideString("aé")], [0x61, 0, 0xe9, 0, 0, 0]);
  assert.equal(read(wideString("😀")), "😀\0");
  assert.throws(() => wideString("a\0"), TypeError);
});
