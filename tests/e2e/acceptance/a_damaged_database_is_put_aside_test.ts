import assert from "node:assert/strict";
import { startServer, type TestServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("a damaged database is put aside and kept, and told in health and with the first answer to each client", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const folder = `${workplace.home}/.config/aimux`;
  const path = `${folder}/sessions.db`;
  {
    await using aimux = await startServer({ workplace });
    await aimux.call("exec", { prompt: "say hi" });
  }
  const damaged = await Deno.readFile(path);
  damaged.fill(0xa5, 0, 2000);
  await Deno.writeFile(path, damaged);

  const healthOf = async ({ client }: TestServer) => {
    const { contents: [content] } = await client.readResource({ uri: "aimux://health" });
    return JSON.parse((content as { text: string }).text);
  };
  const told = /was damaged\. It was put aside as ".*sessions\.db\.corrupt-.*a new one was begun/;
  // At the same moment, as when an editor opens its windows again.
  const servers = await Promise.all([1, 2, 3].map(() => startServer({ workplace })));
  try {
    for (const aimux of servers) {
      const answer = await aimux.call("exec", { prompt: "say hi" });
      assert.equal(answer.status, "completed");
      assert.match(answer.warnings.join("\n"), told);
      assert.match(answer.text, told);
      const next = await aimux.call("exec", { prompt: "say hi" });
      assert.doesNotMatch(next.warnings.join("\n"), told);
      const { status, database, warnings } = await healthOf(aimux);
      assert.deepEqual([status, database.state], ["degraded", "ok"]);
      assert.match(warnings.join("\n"), told);
    }
    const aside = Array.from(Deno.readDirSync(folder), ({ name }) => name)
      .filter((name) => /\.corrupt-[^-]*-[^-]*-[^-]*-[^-]*-[^-]*$/.test(name));
    assert.equal(aside.length, 1, aside.join());
    assert.deepEqual(await Deno.readFile(`${folder}/${aside[0]}`), damaged);
    const { total_sessions } = await servers[0]!.call("sessions", { action: "list" });
    assert.equal(total_sessions, 6);

    await Deno.remove(`${folder}/${aside[0]}`);
    assert.equal((await healthOf(servers[1]!)).status, "ok");
  } finally {
    for (const aimux of servers) await aimux[Symbol.asyncDispose]();
  }
});
