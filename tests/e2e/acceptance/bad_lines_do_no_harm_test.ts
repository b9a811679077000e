import assert from "node:assert/strict";
import { requestLine, startRaw } from "../raw.ts";
import { createWorkplace } from "../workplace.ts";

/** Lines that are not messages, each with the code of its error and the id it is told with. */
const BAD_LINES: [string, string | Uint8Array, number, unknown][] = [
  ["malformed JSON", '{"jsonrpc":', -32700, null],
  ["not JSON at all", "hello there", -32700, null],
  ["a batch", `[${requestLine(5, "ping").trim()}]`, -32600, null],
  ["an empty batch", "[]", -32600, null],
  ["a wrong version", '{"jsonrpc":"1.0","id":6,"method":"ping"}', -32600, 6],
  ["no method", '{"jsonrpc":"2.0","id":"a"}', -32600, "a"],
  ["params of a wrong type", '{"jsonrpc":"2.0","id":8,"method":"ping","params":"x"}', -32600, 8],
  ["a number", "42", -32600, null],
  ["null", "null", -32600, null],
  ["invalid UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), -32700, null],
  ["12 MB", new Uint8Array(12 * 1024 * 1024).fill(120), -32700, null],
  ["64 MB", new Uint8Array(64 * 1024 * 1024).fill(120), -32600, null],
];

Deno.test("malformed, invalid and huge lines get an error each, and the next ping is answered", async (t) => {
  await using workplace = await createWorkplace();
  const program = startRaw(workplace);
  let next = 100;
  for (const [name, line, code, id] of BAD_LINES) {
    await t.step(name, async () => {
      const before = (await pong()).count;
      await program.write(line);
      await program.write("\n");
      const { errors } = await pong();
      assert.equal(errors.length, before + 1);
      assert.equal(errors.at(-1)!.error.code, code);
      assert.equal(errors.at(-1)!.id, id);
      assert.ok(errors.at(-1)!.error.message.length > 10);
    });
  }
  await program.end();
  assert.equal((await program.ended).code, 0);

  async function pong() {
    const ping = next++;
    await program.write(requestLine(ping, "ping"));
    await program.message(({ id, result }) => id === ping && result !== undefined);
    const errors = program.messages.filter(({ error }) => error !== undefined);
    return { errors, count: errors.length };
  }
});
