import assert from "node:assert/strict";
import { configSchema } from "../config/schema.ts";
import { listenAddress } from "../mcp/transports/http/listen_address.ts";
import { CannotServe, readTls, tokensOf } from "./http_settings.ts";

type Server = Parameters<typeof tokensOf>[0];

function settings(server: Partial<Server> = {}): Server {
  return { ...configSchema.parse({}).server, ...server };
}

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CannotServe) return error.message;
    throw error;
  }
  return "";
}

Deno.test("a token is optional on loopback and needed elsewhere", () => {
  assert.deepEqual(tokensOf(settings(), listenAddress(":8080")), {});
  for (const port of ["0.0.0.0:8080", "[::]:8081", "192.168.1.5:1", "myhost:1"]) {
    const server = settings({ transport: { ...settings().transport, port } });
    const message = refusalOf(() => tokensOf(server, listenAddress(port)));
    assert.ok(message.startsWith(`Other machines can reach "${port}"`), message);
    assert.match(message, /Set AIMUX_AUTH_TOKEN/);
    const given = tokensOf({ ...server, auth_token: "x" }, listenAddress(port));
    assert.deepEqual(given, { default: "x" });
  }
});

Deno.test("the one token is that of default, beside those that have names", () => {
  const address = listenAddress(":1");
  const server = settings({ auth_token: "one", auth_tokens: { alice: "two" } });
  assert.deepEqual(tokensOf(server, address), { default: "one", alice: "two" });
  const same = settings({ auth_token: "one", auth_tokens: { default: "one" } });
  assert.deepEqual(tokensOf(same, address), { default: "one" });
});

Deno.test("tokens that clash are refused, without telling them", () => {
  const address = listenAddress(":1");
  for (
    const server of [
      settings({ auth_token: "secret-one", auth_tokens: { default: "secret-two" } }),
      settings({ auth_tokens: { alice: "secret-one", bob: "secret-one" } }),
      settings({ auth_token: "secret-one", auth_tokens: { bob: "secret-one" } }),
    ]
  ) {
    const message = refusalOf(() => tokensOf(server, address));
    assert.match(message, /they differ|the same token/);
    assert.doesNotMatch(message, /secret-/);
  }
});

Deno.test("TLS needs a certificate and its key, and files that can be read", () => {
  const { transport } = settings();
  const tls = (tls_cert: string, tls_key: string) =>
    refusalOf(() => readTls({ ...transport, tls_cert, tls_key }));
  assert.equal(readTls(transport), undefined);
  assert.match(tls("/a.pem", ""), /tls_cert is set, but server.transport.tls_key is not/);
  assert.match(tls("", "/a.pem"), /tls_key is set, but server.transport.tls_cert is not/);
  assert.match(tls("/nowhere/a.pem", "/b"), /^Cannot read "\/nowhere\/a.pem" \(server.transport.t/);
  const file = Deno.makeTempFileSync();
  try {
    assert.match(tls(file, file), /is not a PEM file$/);
  } finally {
    Deno.removeSync(file);
  }
});
