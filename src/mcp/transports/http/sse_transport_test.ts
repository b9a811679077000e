import assert from "node:assert/strict";
import { createSseTransport } from "./sse_transport.ts";

/** A clock whose waits end when the test says so. */
function handClock() {
  let now = 0;
  let wake = () => {};
  return {
    now: () => now,
    delay: (_milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        wake = resolve;
        signal?.addEventListener("abort", () => resolve());
      }),
    pass(milliseconds: number) {
      now += milliseconds;
      wake();
    },
  };
}

async function open(clock = handClock()) {
  const transport = createSseTransport({
    messagesPath: "/messages?sessionId=1",
    keepAliveMs: 1000,
    clock,
  });
  await transport.start();
  const reader = transport.stream.pipeThrough(new TextDecoderStream()).getReader();
  return { transport, clock, next: async () => (await reader.read()).value, reader };
}

const call = (id: number) => ({ jsonrpc: "2.0" as const, id, method: "ping" });

Deno.test("a stream begins with the path for messages and brings each message as an event", async () => {
  const { transport, next, reader } = await open();
  assert.equal(await next(), "event: endpoint\ndata: /messages?sessionId=1\n\n");
  await transport.send({ jsonrpc: "2.0", id: 1, result: { text: "two\nlines \ud83d" } });
  assert.equal(
    await next(),
    'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{"text":"two\\nlines \ufffd"}}\n\n',
  );
  await reader.cancel();
});

Deno.test("a silent stream is kept alive by comments, and a busy one needs none", async () => {
  const { transport, clock, next } = await open();
  await next();
  clock.pass(1000);
  assert.equal(await next(), ": keepalive\n\n");
  clock.pass(900);
  await transport.send({ jsonrpc: "2.0", id: 1, result: {} });
  assert.match(await next() ?? "", /^event: message/);
  clock.pass(900);
  await transport.send({ jsonrpc: "2.0", id: 2, result: {} });
  assert.match(await next() ?? "", /"id":2/);
  await transport.close();
  assert.equal(await next(), undefined);
});

Deno.test("a client that leaves closes the connection, once", async () => {
  const { transport, reader } = await open();
  let closed = 0;
  transport.onclose = () => closed++;
  transport.receive(call(1));
  await reader.cancel();
  await transport.close();
  await transport.answered();
  await transport.send({ jsonrpc: "2.0", id: 1, result: {} });
  assert.equal(closed, 1);
});

Deno.test("two open requests have no id in common, and an answer makes it free", async () => {
  const { transport, reader } = await open();
  const seen: unknown[] = [];
  transport.onmessage = (message) => seen.push(message);
  assert.equal(transport.receive(call(1)), true);
  assert.equal(transport.receive(call(1)), false);
  assert.equal(transport.receive(call(2)), true);
  await transport.send({ jsonrpc: "2.0", id: 1, result: {} });
  assert.equal(transport.receive(call(1)), true);
  transport.receive({
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: 2 },
  });
  assert.equal(seen.length, 4);
  const answered = transport.answered();
  await transport.send({ jsonrpc: "2.0", id: 1, result: {} });
  await answered;
  await reader.cancel();
});

Deno.test("a client that does not read what it is sent is given up", async () => {
  const { transport, reader, next } = await open();
  await next();
  let closed = false;
  const errors: string[] = [];
  transport.onclose = () => closed = true;
  transport.onerror = ({ message }) => errors.push(message);
  const big = "x".repeat(1_000_000);
  for (let n = 0; n < 80 && !closed; n++) {
    await transport.send({ jsonrpc: "2.0", method: "notifications/message", params: { big } });
  }
  assert.equal(closed, true);
  assert.deepEqual(errors, ["The client does not read what it is sent"]);
  // What it has not read is kept no longer, and its connection breaks.
  await assert.rejects(async () => {
    for (let n = 0; n < 5; n++) await reader.read();
  }, /does not read/);
});

Deno.test("a long message comes in pieces, since the runtime counts those that it keeps", async () => {
  const { transport, reader, next } = await open();
  await next();
  const long = "x".repeat(100_000);
  await transport.send({ jsonrpc: "2.0", method: "notifications/message", params: { long } });
  let text = "";
  while (!text.endsWith("\n\n")) {
    const { value } = await reader.read();
    assert.ok(value!.length <= 16_384);
    text += value;
  }
  assert.equal(JSON.parse(text.replace(/^event: message\ndata: /, "")).params.long, long);
  await reader.cancel();
});
