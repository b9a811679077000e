import assert from "node:assert/strict";
import { connectHttp, startHttp } from "./http_server.ts";
import { createWorkplace } from "./workplace.ts";

const HALF_A_HEAD = new TextEncoder().encode("POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

Deno.test({
  name: "a server whose connections use up all descriptors goes on, and answers what is in flight",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using workplace = await createWorkplace({ emulators: ["codex"] });
    await using server = await startHttp(workplace, { openFiles: 128 });
    await using aimux = await connectHttp(server);
    const begun = Promise.withResolvers<void>();
    const prompt = '#emulate [{"print": "begun\\n"}, {"wait_ms": 3000}]\nsay hi';
    const answer = aimux.call("exec", { prompt, cli: "codex" }, {
      onprogress: () => begun.resolve(),
    });
    await begun.promise;

    const held: Deno.TcpConn[] = [];
    try {
      const { hostname, port } = new URL(server.url);
      while (held.length < 200) held.push(await holdOne(hostname, Number(port)));

      // The connections that sent nothing whole were closed for it.
      await using another = await connectHttp(server);
      assert.equal((await another.client.listTools()).tools.length, 3);
      assert.equal((await answer).status, "completed");
    } finally {
      for (const connection of held) connection.close();
    }
    const { code } = await server.stop();
    assert.equal(code, 0);
  },
});

/** A connection on which no request becomes whole; for a moment none may be taken. */
async function holdOne(hostname: string, port: number): Promise<Deno.TcpConn> {
  for (let tries = 0;; tries++) {
    try {
      const connection = await Deno.connect({ hostname, port });
      await connection.write(HALF_A_HEAD).catch(() => {});
      return connection;
    } catch (error) {
      if (tries === 100 || !(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
