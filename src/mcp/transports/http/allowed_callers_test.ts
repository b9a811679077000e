import assert from "node:assert/strict";
import { isAllowedHost, isAllowedOrigin, isListedOrigin } from "./allowed_callers.ts";
import { listenAddress } from "./listen_address.ts";

const on = (address: string, hosts: string[] = []) => (host: string | null) =>
  isAllowedHost(host, { address: listenAddress(address), hosts });

Deno.test("on loopback only the names of loopback are taken, with any port", () => {
  const allowed = on(":8080");
  for (
    const host of [
      "localhost",
      "LocalHost:8080",
      "127.0.0.1:9",
      "[::1]:8080",
      "127.9.9.9",
      "localhost.",
    ]
  ) {
    assert.equal(allowed(host), true, host);
  }
  for (
    const host of [
      ...["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"],
      ...["", null, "localhost@evil.example", "evil.example#localhost", "localhost/", "a b", ":"],
      ...["192.168.1.5", "[::2]", "localhost:99999", "xn--lcalhost-n1a", "evil.example\\localhost"],
    ]
  ) {
    assert.equal(allowed(host), false, String(host));
  }
});

Deno.test("a server that others reach is addressed by its own name, or by those it is told", () => {
  const named = on("192.168.1.5:80", ["aimux.example"]);
  assert.equal(named("192.168.1.5:80"), true);
  assert.equal(named("AIMUX.example:443"), true);
  assert.equal(named("192.168.1.6"), false);
  assert.equal(named("sub.aimux.example"), false);
  assert.equal(on("myhost:80")("myhost:81"), true);
  assert.equal(on("[fe80::1]:80")("[fe80::1]:80"), true);
});

Deno.test("a server that listens everywhere is addressed by any IP address, and by no name", () => {
  for (const address of ["0.0.0.0:80", "[::]:80"]) {
    assert.equal(on(address)("10.1.2.3:80"), true);
    assert.equal(on(address)("[fe80::1]"), true);
    assert.equal(on(address)("evil.example"), false);
    assert.equal(on(address, ["aimux.example"])("aimux.example"), true);
  }
});

Deno.test("of pages only local ones may call, and those that are listed", () => {
  const origins = ["https://app.example", "moz-extension://1234"];
  for (
    const origin of [
      ...[null, "http://localhost:3000", "https://127.0.0.1", "http://[::1]:80"],
      ...["https://APP.example", "moz-extension://1234"],
    ]
  ) {
    assert.equal(isAllowedOrigin(origin, { origins }), true, String(origin));
  }
  for (
    const origin of [
      ...["null", "", "http://evil.example", "http://app.example", "https://app.example:444"],
      ...["http://localhost.evil.example", "file://", "ftp://localhost", "localhost"],
      ...[
        "moz-extension://5678",
        "https://app.example.evil.example",
        "http://localhost@evil.example",
      ],
    ]
  ) {
    assert.equal(isAllowedOrigin(origin, { origins }), false, origin);
  }
  assert.equal(isListedOrigin("http://localhost:3000", { origins }), false);
});
