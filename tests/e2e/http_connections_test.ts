import assert from "node:assert/strict";
import { compareVersions } from "../../src/lib/version_numbers.ts";
import { runCommand } from "./command.ts";
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
    answer.catch(() => {});
    await begun.promise;

    const held: Deno.TcpConn[] = [];
    const letGo = () => {
      for (const connection of held.splice(0)) connection.close();
    };
    const { deno } = JSON.parse((await runCommand(workplace, ["version", "--json"])).stdout);
    const toldAtOnce = compareVersions(deno, "2.9")! >= 0;
    try {
      const { hostname, port } = new URL(server.url);
      const hold = () => holdOne(hostname, Number(port));
      if (toldAtOnce) { while (held.length < 200) held.push(await persistently(hold)); }
      else {
        // An older runtime tells that it has given up when its connections have ended.
        await assert.rejects(async () => {
          while (held.length < 200) held.push(await hold());
        }, { name: /^Connection(Refused|Reset)$/ });
        letGo();
      }
      await untilItAnswers(server.url);

      // The connections that sent nothing whole were closed for it.
      await using another = await connectHttp(server);
      assert.equal((await another.client.listTools()).tools.length, 3);
      assert.equal((await answer).status, "completed");
    } finally {
      letGo();
    }
    const { code } = await server.stop();
    assert.equal(code, 0);
  },
});

/** A connection on which no request becomes whole. */
async function holdOne(hostname: string, port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname, port });
  await connection.write(HALF_A_HEAD).catch(() => {});
  return connection;
}

/** What was connected before is taken or dropped then. */
async function untilItAnswers(url: string): Promise<void> {
  const response = await persistently(() => fetch(`${url}/health`));
  await response.body?.cancel();
  assert.equal(response.status, 200);
}

/** For a moment no connection may be taken, or one that was is dropped. */
async function persistently<Value>(connect: () => Promise<Value>): Promise<Value> {
  for (let tries = 0;; tries++) {
    try {
      return await connect();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

Deno.test("requests that never become whole do not keep the server from ending in order", async () => {
  await using workplace = await createWorkplace();
  await using server = await startHttp(workplace);
  const { hostname, port } = new URL(server.url);
  const held = await Promise.all(["", "Content-Length: 1000\r\n\r\n{"].map(async (more) => {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    await connection.write(new TextEncoder().encode(head + more));
    return connection;
  }));
  // They were sent before it.
  await (await fetch(`${server.url}/health`)).body?.cancel();

  const { code, stderr } = await server.stop();
  for (const connection of held) connection.close();

  assert.equal(code, 0, stderr);
  assert.deepEqual(workplace.processesLeft(), []);
});
