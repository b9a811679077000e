import assert from "node:assert/strict";
import type { JSONRPCMessage } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { createStdioTransport } from "./stdio.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** A message of the protocol, as tests read and write it. */
type Message = Record<string, unknown>;

const request = (id: unknown, more: Message = {}): Message => ({
  jsonrpc: "2.0",
  id,
  method: "ping",
  ...more,
});
const answer = (id: unknown, result: unknown = {}) =>
  ({ jsonrpc: "2.0", id, result }) as JSONRPCMessage;
const line = (message: unknown) => JSON.stringify(message) + "\n";

/** A transport on streams that the test holds. */
function wire(write?: (bytes: Uint8Array) => Promise<void>) {
  let feed!: ReadableStreamDefaultController<Uint8Array>;
  const input = new ReadableStream<Uint8Array>({
    start: (controller) => {
      feed = controller;
    },
  });
  let written = "";
  const transport = createStdioTransport({
    input,
    write: write ?? ((bytes) => {
      written += new TextDecoder().decode(bytes);
      return Promise.resolve();
    }),
  });
  const received: Message[] = [];
  const errors: Error[] = [];
  transport.onmessage = (message) => received.push(message as Message);
  transport.onerror = (error) => errors.push(error);
  return {
    transport,
    received,
    errors,
    feed,
    send: (text: string | Uint8Array) =>
      feed.enqueue(typeof text === "string" ? encode(text) : text),
    written: () => written.split("\n").filter(Boolean).map((line) => JSON.parse(line)),
  };
}

/** Everything that goes in before the end of input, read to that end. */
async function read(...chunks: (string | Uint8Array)[]) {
  const connection = wire();
  await connection.transport.start();
  for (const chunk of chunks) connection.send(chunk);
  connection.feed.close();
  await connection.transport.inputEnded;
  await connection.transport.answered().catch(() => {});
  return connection;
}

Deno.test("messages arrive whole and in order, however the input is cut", async () => {
  const messages = fc.array(
    fc.string({ unit: "grapheme" }).map((text) => ({
      jsonrpc: "2.0",
      method: "m",
      params: { text },
    })),
    { minLength: 1, maxLength: 5 },
  );
  const cuts = fc.array(fc.nat(), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(messages, cuts, fc.boolean(), async (sent, cuts, lastLineFeed) => {
      const text = sent.map(line).join("");
      const bytes = encode(lastLineFeed ? text : text.slice(0, -1));
      const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b)];
      const chunks = places.map((place, index) => bytes.slice(place, places[index + 1]));
      const { received, errors } = await read(...chunks);
      assert.deepEqual(received, sent);
      assert.deepEqual(errors, []);
    }),
    { numRuns: 50 },
  );
});

Deno.test("empty lines and carriage returns do not matter", async () => {
  const message = { jsonrpc: "2.0", method: "m" };
  const { received, written } = await read("\n\r\n  \n", JSON.stringify(message) + "\r\n");
  assert.deepEqual(received, [message]);
  assert.deepEqual(written(), []);
});

/** Lines that are not messages, with the code and the id of the error that they get. */
const BAD: [string, string | Uint8Array, number, unknown][] = [
  ["no JSON", "hello", -32700, null],
  ["cut JSON", '{"jsonrpc":', -32700, null],
  ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), -32700, null],
  ["a batch", "[{}]", -32600, null],
  ["no JSON-RPC", '{"id":7,"method":"ping"}', -32600, 7],
  ["null", "null", -32600, null],
  ["an id of a wrong type", '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, null],
];

Deno.test("each line that is not a message gets an error, and the next line is read", async (t) => {
  for (const [name, bad, code, id] of BAD) {
    await t.step(name, async () => {
      const next = { jsonrpc: "2.0", method: "next" };
      const { received, written } = await read(bad, "\n", line(next));
      assert.deepEqual(received, [next]);
      const [refusal, ...others] = written();
      assert.deepEqual([refusal.error.code, refusal.id], [code, id]);
      assert.deepEqual(others, []);
    });
  }
});

Deno.test("a line of more than 16 MiB is refused without being kept, also as the last one", async () => {
  const chunk = new Uint8Array(1024 * 1024).fill(120);
  const next = { jsonrpc: "2.0", method: "next" };
  const long = Array.from({ length: 17 }, () => chunk);
  const { received, written } = await read(...long, "\n", line(next), ...long);
  assert.deepEqual(received, [next]);
  assert.deepEqual(written().map(({ error }) => error.code), [-32600, -32600]);
  assert.match(written()[0].error.message, /16 MiB/);

  const most = await read(`{"jsonrpc":"2.0","method":"${"x".repeat(16 * 1024 * 1024 - 29)}"}\n`);
  assert.equal(most.received.length, 1);
});

Deno.test("a second request with the id of an unanswered one is refused, and later ones are taken", async () => {
  const { transport, received, send, written, feed } = wire();
  await transport.start();
  send(line(request(1)) + line(request(1)) + line(request("1")));
  feed.close();
  await transport.inputEnded;
  assert.deepEqual(received.map(({ id }) => id), [1, "1"]);
  await transport.send(answer(1));
  assert.deepEqual(written().map(({ id, error }) => [id, error?.code]), [
    [1, -32600],
    [1, undefined],
  ]);
});

Deno.test("answered waits for the last answer to be written; a cancelled request needs none", async () => {
  const gate = Promise.withResolvers<void>();
  const { transport, send, feed } = wire(() => gate.promise);
  await transport.start();
  await transport.answered();
  const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } };
  send(line(request(1)) + line(request(2)) + line(cancelled));
  feed.close();
  await transport.inputEnded;

  let answered = false;
  const waiting = transport.answered().then(() => answered = true);
  const sent = transport.send(answer(1));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(answered, false);
  gate.resolve();
  await sent;
  await waiting;
});

Deno.test("messages go out whole and in the order in which they were sent", async () => {
  const order: string[] = [];
  const { transport } = wire(async (bytes) => {
    const text = new TextDecoder().decode(bytes);
    order.push(`begin ${text}`);
    await new Promise((resolve) => setTimeout(resolve));
    order.push(`end ${text}`);
  });
  await Promise.all([1, 2, 3].map((id) => transport.send(answer(id))));
  assert.deepEqual(
    order,
    [1, 2, 3].flatMap((id) => [`begin ${line(answer(id))}`, `end ${line(answer(id))}`]),
  );
});

Deno.test("a result that cannot be written as JSON becomes an error with its id", async () => {
  const { transport, written } = wire();
  await transport.send(answer(5, { big: 1n }));
  assert.equal(written()[0].id, 5);
  assert.equal(written()[0].error.code, -32603);
});

Deno.test("what is no Unicode in a text goes out as U+FFFD, since strict clients refuse the rest", async () => {
  const texts = [
    "half \ud83d",
    "\ude00 half",
    "whole 😀",
    "\\ud83d",
    "\\\ud83d",
    "a\\\\ud83d\udc00",
  ];
  const { transport, written } = wire();
  await transport.send(answer(1, { texts }));
  assert.deepEqual(written()[0].result.texts, texts.map((text) => text.toWellFormed()));
});

Deno.test("when output cannot be written, the input counts as ended and nobody waits for ever", async () => {
  const { transport, errors, send } = wire(() => Promise.reject(new Error("broken pipe")));
  await transport.start();
  send(line(request(1)));
  await new Promise((resolve) => setTimeout(resolve));
  await assert.rejects(transport.send(answer(1)), /broken pipe/);
  await transport.inputEnded;
  await transport.answered();
  await transport.firstWritten;
  assert.deepEqual(errors.map(({ message }) => message), ["broken pipe"]);
});

Deno.test("an input that breaks ends like one that ends", async () => {
  const { transport, errors, feed } = wire();
  await transport.start();
  feed.error(new Error("input gone"));
  await transport.inputEnded;
  assert.deepEqual(errors.map(({ message }) => message), ["input gone"]);
});

Deno.test("close waits for what is being written, and tells of it once", async () => {
  const gate = Promise.withResolvers<void>();
  let closed = 0;
  const { transport } = wire(() => gate.promise);
  transport.onclose = () => closed++;
  const sent = transport.send(answer(1));
  const closing = transport.close();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(closed, 0);
  gate.resolve();
  await Promise.all([sent, closing, transport.close()]);
  assert.equal(closed, 1);
});
