import assert from "node:assert/strict";
import { handshakeOf, sessionIdFor } from "./legacy_session.ts";

Deno.test("a session id says what its client can do, and no two are the same", () => {
  const handshake = {
    protocolVersion: "2025-06-18",
    capabilities: { elicitation: {}, experimental: { ä: 1 } },
  };
  const ids = [sessionIdFor(handshake), sessionIdFor(handshake)];
  assert.deepEqual(ids.map(handshakeOf), [handshake, handshake]);
  assert.notEqual(ids[0], ids[1]);
  // All that may stand in the header.
  assert.ok(ids.every((id) => /^[\x21-\x7e]+$/.test(id)));
});

Deno.test("an id of somebody else, or one that was changed, says nothing", () => {
  const id = sessionIdFor({ protocolVersion: "2025-06-18", capabilities: {} });
  const with_ = (json: string) => `${id.slice(0, 36)}.${btoa(json).replaceAll("=", "")}`;
  for (
    const other of [
      ...["", "stale", crypto.randomUUID(), `${id}x.y`, `${id.slice(0, 36)}.!!!`, id.slice(0, -3)],
      ...[with_("1"), with_("null"), with_('{"protocolVersion":1,"capabilities":{}}')],
      ...[
        with_('{"protocolVersion":"x","capabilities":[]}'),
        `${id.slice(0, 36)}.${"a".repeat(3000)}`,
      ],
    ]
  ) {
    assert.equal(handshakeOf(other), undefined, other);
  }
  const huge = { protocolVersion: "2025-06-18", capabilities: { x: "y".repeat(3000) } };
  assert.equal(handshakeOf(sessionIdFor(huge)), undefined);
});
