import assert from "node:assert/strict";
import { coord, PROCESS_INFORMATION_BYTES, processInformation, startupInfo } from "./structs.ts";

// The offsets are those of winbase.h with 8-byte pointers.
Deno.test("a STARTUPINFOEXW names standard input and the attributes, and nothing else", () => {
  const bytes = startupInfo({ standardInput: 0x1122334455n, attributes: 0x7ffe0000aabbn });
  const view = new DataView(bytes.buffer);
  assert.equal(bytes.length, 112);
  assert.equal(view.getUint32(0, true), 112);
  assert.equal(view.getUint32(60, true), 0x100);
  assert.equal(view.getBigUint64(80, true), 0x1122334455n);
  assert.equal(view.getBigUint64(104, true), 0x7ffe0000aabbn);
  for (const [at, length] of [[0, 4], [60, 4], [80, 8], [104, 8]] as const) {
    bytes.fill(0, at, at + length);
  }
  assert.ok(bytes.every((byte) => byte === 0));
});

Deno.test("a PROCESS_INFORMATION is read", () => {
  const bytes = new Uint8Array(PROCESS_INFORMATION_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, 0x104n, true);
  view.setBigUint64(8, 0x108n, true);
  view.setUint32(16, 4242, true);
  view.setUint32(20, 4343, true);
  assert.deepEqual(processInformation(bytes), { process: 0x104n, thread: 0x108n, pid: 4242 });
});

Deno.test("a COORD is one number", () => {
  assert.equal(coord({ columns: 200, rows: 50 }), 0x003200c8);
});
