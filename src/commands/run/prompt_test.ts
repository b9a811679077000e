import assert from "node:assert/strict";
import { testProgram } from "../testing.ts";
import { readPrompt } from "./prompt.ts";

const read = (argument: string | undefined, input?: string, maxBytes = 1000) =>
  readPrompt(argument, testProgram(input === undefined ? {} : { input }).stdin, maxBytes);

Deno.test("the prompt is the argument; what else stands on standard input is not read", async () => {
  const stdin = {
    terminal: false,
    get readable(): ReadableStream<Uint8Array> {
      throw new Error("it was read");
    },
  };
  assert.equal(await readPrompt("say hi", stdin, 1000), "say hi");
  assert.equal(await readPrompt("", stdin, 1000), "");
});

Deno.test("without an argument, or with -, the prompt is standard input, to the byte", async () => {
  const text = "\uFEFFline 1\r\nline 2 漢\n\n";
  assert.equal(await read(undefined, text), text);
  assert.equal(await read("-", text), text);
});

Deno.test("on a terminal a prompt that is missing is told, not waited for", async () => {
  await assert.rejects(read(undefined), { code: "invalid_input", message: "No prompt" });
});

Deno.test("a prompt that never ends, or is no text, is refused", async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100)),
  });
  await assert.rejects(readPrompt("-", { terminal: false, readable: endless }, 1000), {
    code: "invalid_input",
    message: /larger than 1000 bytes/,
  });
  const readable = new Blob([new Uint8Array([0x68, 0xff])]).stream();
  await assert.rejects(readPrompt("-", { terminal: false, readable }, 1000), {
    code: "invalid_input",
    message: /not UTF-8/,
  });
});
