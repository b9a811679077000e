import assert from "node:assert/strict";
import { startHttp } from "./http_server.ts";
import { createWorkplace } from "./workplace.ts";

const FOLDER = new URL("../fixtures/tls/", import.meta.url).pathname;

Deno.test("with a certificate and its key it speaks TLS, HTTP/2 too, and checks as it does without", async () => {
  await using workplace = await createWorkplace({
    config: {
      server: { transport: { tls_cert: `${FOLDER}cert.pem`, tls_key: `${FOLDER}key.pem` } },
    },
  });
  await using server = await startHttp(workplace);
  const url = server.url.replace("127.0.0.1", "localhost");
  assert.match(url, /^https:/);
  const caCerts = [await Deno.readTextFile(`${FOLDER}cert.pem`)];
  for (const versions of [{ http1: true, http2: false }, { http1: false, http2: true }]) {
    using client = Deno.createHttpClient({ caCerts, ...versions });
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${url}${path}`, { ...init, client });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await ask("/health"), 200, JSON.stringify(versions));
    const ping = {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
    };
    assert.equal(await ask("/mcp", ping), 200);
    const foreign = { ...ping.headers, origin: "https://evil.example" };
    assert.equal(await ask("/mcp", { ...ping, headers: foreign }), 403);
  }
  // Those who speak no TLS get no answer.
  const plain = url.replace("https:", "http:");
  await assert.rejects(fetch(`${plain}/health`), TypeError);
});

Deno.test("a certificate that is of no use stops the start, and is named", async () => {
  await using workplace = await createWorkplace();
  const key = `${workplace.home}/key.pem`;
  await Deno.writeTextFile(key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  for (
    const [cert, keyFile, told] of [
      [`${FOLDER}cert.pem`, "", /tls_cert is set, but server\.transport\.tls_key is not/],
      [
        "/nowhere.pem",
        `${FOLDER}key.pem`,
        /Cannot read "\/nowhere\.pem" \(server\.transport\.tls_cert\)/,
      ],
      [`${FOLDER}cert.pem`, key, /tls_cert|tls_key/],
    ] as const
  ) {
    const env = {
      AIMUX_SERVER_TRANSPORT_TLS_CERT: cert,
      AIMUX_SERVER_TRANSPORT_TLS_KEY: keyFile,
    };
    await assert.rejects(startHttp(workplace, { env }), ({ message }: Error) => {
      assert.match(message, /^It ended with 1: aimux cannot start: /);
      assert.match(message, told);
      return true;
    });
  }
});
