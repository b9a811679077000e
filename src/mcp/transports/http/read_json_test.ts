import assert from "node:assert/strict";
import { systemClock } from "../../../lib/clock.ts";
import { readJson } from "./read_json.ts";

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

async function read(
  body: BodyInit | null,
  { headers = JSON_TYPE, clock = systemClock }: {
    headers?: Record<string, string>;
    clock?: typeof systemClock;
  } = {},
): Promise<unknown> {
  const request = new Request("http://localhost/mcp", { method: "POST", headers, body });
  const result = await readJson(request, { maxBytes: 100, clock });
  if ("value" in result) return result.value;
  const { error } = await result.refused.json();
  return [result.refused.status, error.code, error.message];
}

Deno.test("a body is read as JSON, also one that comes in pieces", async () => {
  assert.deepEqual(await read('{"a": "ä"}'), { a: "ä" });
  const bytes = new TextEncoder().encode('{"a":"ä"}');
  const pieces = ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte)));
  assert.deepEqual(await read(pieces), { a: "ä" });
});

Deno.test("a body that is none says why", async () => {
  for (
    const [body, status, code, message] of [
      ["{", 400, -32700, /^Invalid JSON: /],
      ["", 400, -32700, /^Invalid JSON: /],
      [Uint8Array.of(0x22, 0xff, 0x22), 400, -32700, /^Invalid UTF-8/],
      [`"${"x".repeat(99)}"`, 413, -32000, /at most 100 bytes$/],
      [ReadableStream.from([new Uint8Array(60), new Uint8Array(60)]), 413, -32000, /at most 100/],
      ['[{"method":"a","id":1},{"method":"b","id":1}]', 400, -32600, /the same id$/],
    ] as const
  ) {
    const [told, ofRpc, why] = await read(body) as [number, number, string];
    assert.deepEqual([told, ofRpc], [status, code]);
    assert.match(why, message);
  }
});

Deno.test("only JSON is taken", async () => {
  for (
    const type of ["text/plain", "", "application/json-patch", "application/x-www-form-urlencoded"]
  ) {
    const told = await read("{}", { headers: { "content-type": type } }) as unknown[];
    assert.equal(told[0], 415, type);
  }
});

Deno.test("a body that never ends is given up", async () => {
  const never = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
  });
  const told = await read(never, { clock: { now: () => 0, delay: () => Promise.resolve() } });
  assert.deepEqual(told, [408, -32000, "The body did not arrive within 30 s"]);
});

Deno.test("a length that is told to be too long is refused before anything is read", async () => {
  const told = await read(
    new ReadableStream({ pull: () => assert.fail("It was read") }, { highWaterMark: 0 }),
    { headers: { ...JSON_TYPE, "content-length": "101" } },
  ) as unknown[];
  assert.equal(told[0], 413);
});
