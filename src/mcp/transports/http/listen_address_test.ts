import assert from "node:assert/strict";
import { listenAddress } from "./listen_address.ts";

Deno.test("without a host both loopback addresses are listened at", () => {
  for (const text of [":8080", "localhost:8080", "LOCALHOST:8080"]) {
    assert.deepEqual(listenAddress(text), {
      hostnames: ["127.0.0.1", "::1"],
      port: 8080,
      loopback: true,
      wildcard: false,
    });
  }
  assert.equal(listenAddress(":0").port, 0);
});

Deno.test("a loopback address is known in every way to write it", () => {
  for (const host of ["127.0.0.1", "127.3.2.1", "[::1]", "[0:0:0:0:0:0:0:1]", "127.1"]) {
    const { loopback, wildcard } = listenAddress(`${host}:80`);
    assert.deepEqual([host, loopback, wildcard], [host, true, false]);
  }
  assert.deepEqual(listenAddress("[::1]:80").hostnames, ["::1"]);
});

Deno.test("every other address can be reached by others, whatever it looks like", () => {
  for (
    const host of [
      ...["0.0.0.0", "[::]", "0", "0x0", "[0:0::0]", "[::ffff:0.0.0.0]"],
      ...["192.168.1.5", "[fe80::1]", "myhost", "localhost.example", "127.0.0.1.example"],
      ...["1270.0.0.1", "[::ffff:127.0.0.1]", "128.0.0.1"],
    ]
  ) {
    assert.deepEqual([host, listenAddress(`${host}:80`).loopback], [host, false]);
  }
  for (const host of ["0.0.0.0", "[::]", "0", "[0:0::0]", "[::ffff:0.0.0.0]"]) {
    assert.deepEqual([host, listenAddress(`${host}:80`).wildcard], [host, true]);
  }
});
