/** What the protocol has besides tools, through clients of both eras. */
import type { Client } from "@modelcontextprotocol/client";
import assert from "node:assert/strict";
import { emulator } from "../emulators/mod.ts";
import { requestLine, startRaw } from "./raw.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

const said = (text: string) =>
  JSON.stringify({ type: "item.completed", item: { id: "i", type: "agent_message", text } }) + "\n";

/** Says something, waits, and says more: long enough for a client to subscribe. */
const talking = emulator.codex().prints(said("Reading")).waits(1500).prints(said("Writing"));

const TASKS: Record<string, object> = { "io.modelcontextprotocol/tasks": {} };

const KEYS = "io.modelcontextprotocol";
/** What each request of the new era says of its client. */
const ENVELOPE = {
  [`${KEYS}/protocolVersion`]: "2026-07-28",
  [`${KEYS}/clientInfo`]: { name: "raw", version: "1" },
  [`${KEYS}/clientCapabilities`]: {},
};

/** Collects what a client is told under a method, and waits for it. */
function listenTo(client: Client, method: "resources/updated" | "message") {
  const heard: Record<string, unknown>[] = [];
  let wake = Promise.withResolvers<void>();
  client.setNotificationHandler(`notifications/${method}`, ({ params }) => {
    heard.push(params);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  return {
    heard,
    async until(enough: (params: Record<string, unknown>) => boolean) {
      while (!heard.some(enough)) await wake.promise;
    },
  };
}

for (const era of ["auto", "legacy"] as const) {
  Deno.test(`a job is read, completed and followed to its end by subscription (${era})`, async (t) => {
    await using workplace = await createWorkplace({ emulators: { codex: talking } });
    await using aimux = await startServer({ workplace, era });
    await using other = await startServer({ workplace });
    const { client } = aimux;
    const updates = listenTo(client, "resources/updated");

    await t.step("templates are listed, always the same", async () => {
      const { resourceTemplates } = await client.listResourceTemplates();
      assert.deepEqual(resourceTemplates.map(({ uriTemplate }) => uriTemplate), [
        "aimux://jobs/{id}",
        "aimux://jobs/{id}/output{?offset,limit}",
        "aimux://jobs/{id}/answer{?offset,limit}",
        "aimux://sessions/{id}/transcript{?offset,limit}",
        "aimux://clis/{name}",
        "aimux://roles/{name}",
      ]);
      assert.deepEqual((await client.listResourceTemplates()).resourceTemplates, resourceTemplates);
    });

    // The job is another server's on the same database.
    const { job_id, session_id } = await other.call("exec", {
      prompt: "read and write",
      cli: "codex",
      async: true,
    });
    const job = `aimux://jobs/${job_id}`;
    const transcript = `aimux://sessions/${session_id}/transcript`;
    const status = async () => {
      const { contents: [json] } = await client.readResource({ uri: job });
      return JSON.parse(json && "text" in json ? json.text : "").status;
    };

    await t.step("changes are told until the end", async () => {
      const uris = [job, `${job}/output`, transcript];
      if (era === "legacy") {
        for (const uri of uris) await client.subscribeResource({ uri });
      } else {
        const { honoredFilter } = await client.listen({ resourceSubscriptions: uris });
        assert.deepEqual(honoredFilter.resourceSubscriptions, uris);
      }
      await updates.until(({ uri }) => uri === `${job}/output`);
      await updates.until(({ uri }) => uri === transcript);
      assert.equal(await status(), "completed");
      assert.ok(updates.heard.every(({ uri }) => uris.includes(String(uri))));
    });

    await t.step("the transcript has the turn", async () => {
      const { contents: [page] } = await client.readResource({ uri: transcript });
      const text = page && "text" in page ? page.text : "";
      assert.match(text, /\[User, job_.*\]\nread and write\n\n\[codex, completed, .*\]\n/);
      assert.match(text, /MOCK: read and write.*\n$/);
    });

    await t.step("arguments are completed", async () => {
      const complete = async (uri: string, name: string, value: string) =>
        (await client.complete({ ref: { type: "ref/resource", uri }, argument: { name, value } }))
          .completion.values;
      assert.deepEqual(await complete("aimux://jobs/{id}", "id", "job_"), [job_id]);
      assert.deepEqual(
        await complete("aimux://sessions/{id}/transcript{?offset,limit}", "id", ""),
        [session_id],
      );
      assert.deepEqual(await complete("aimux://clis/{name}", "name", "co"), ["codex", "continue"]);
      assert.deepEqual(await complete("aimux://roles/{name}", "name", "sec"), ["secaudit"]);
    });

    await t.step("a CLI and a role are read by name", async () => {
      const read = async (uri: string) => {
        const { contents: [json] } = await client.readResource({ uri });
        return JSON.parse(json && "text" in json ? json.text : "");
      };
      assert.equal((await read("aimux://clis/codex")).state, "ready");
      assert.equal((await read("aimux://roles/codereview")).advisory, true);
      await assert.rejects(read("aimux://roles/toString"), /not found/i);
    });

    await t.step("what is not there cannot be subscribed to", async () => {
      if (era !== "legacy") return;
      await assert.rejects(client.subscribeResource({ uri: "aimux://jobs/job_0" }), /not found/i);
      const health = client.subscribeResource({ uri: "aimux://health" });
      await assert.rejects(health, /Nothing is told of changes to "aimux:\/\/health"/);
    });

    assert.deepEqual(workplace.processesLeft().filter((line) => line.includes("codex")), []);
  });
}

Deno.test("a client of the old era that sets a log level is told what becomes of its jobs", async () => {
  await using aimux = await startServer({
    era: "legacy",
    emulators: ["codex"],
    env: { SOME_API_KEY: "correct-horse-battery" },
  });
  const messages = listenTo(aimux.client, "message");
  await aimux.call("exec", { prompt: "one", cli: "codex" });
  assert.deepEqual(messages.heard, [], "nobody asked");
  await aimux.client.setLoggingLevel("info");
  const { job_id } = await aimux.call("exec", {
    prompt: "two",
    cli: "codex",
    model: "correct-horse-battery",
  });
  await messages.until(({ data }) => (data as { message: string }).message === "Job ended");
  const told = messages.heard.map(({ level, logger, data }) => {
    const { message, job, status } = data as Record<string, unknown>;
    return { level, logger, message, job, ...status !== undefined && { status } };
  });
  const of = { level: "info", logger: "aimux", job: job_id };
  assert.deepEqual(told, [
    { ...of, message: "Job started" },
    { ...of, message: "Job ended", status: "completed" },
  ]);
  assert.doesNotMatch(JSON.stringify(messages.heard), /correct-horse/);
  await aimux.client.setLoggingLevel("error");
  await aimux.call("exec", { prompt: "three", cli: "codex" });
  assert.equal(messages.heard.length, told.length);
});

Deno.test("to a client that takes tasks a run is one, and its end is the task's", async (t) => {
  await using workplace = await createWorkplace({
    emulators: {
      codex: emulator.codex().waits(2000),
      goose: emulator.goose().fails("auth"),
      gemini: emulator.gemini().prints("thinking\n").thenHangs(),
    },
  });
  const program = startRaw(workplace);
  let requests = 0;
  const call = async (method: string, params: Record<string, unknown>, extensions = TASKS) => {
    const id = ++requests;
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": { extensions },
    };
    await program.write(requestLine(id, method, { ...params, _meta }));
    return await program.message((message) => message.id === id);
  };
  const exec = async (cli: string, extensions = TASKS) =>
    (await call("tools/call", { name: "exec", arguments: { prompt: "go", cli } }, extensions))
      .result;
  const until = async (taskId: string, status: string) => {
    for (;;) {
      const { result } = await call("tasks/get", { taskId });
      if (result.status === status) return result;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  await t.step("it is announced", async () => {
    const { result } = await call("server/discover", {});
    assert.deepEqual(result.capabilities.extensions, TASKS);
  });

  await t.step("a job that goes on is a task with its id, and then has its result", async () => {
    const { _meta, createdAt, lastUpdatedAt, taskId, statusMessage, ...task } = await exec("codex");
    assert.deepEqual(task, {
      resultType: "task",
      status: "working",
      ttlMs: 24 * 3_600_000,
      pollIntervalMs: 2000,
    });
    assert.match(taskId, /^job_/);
    assert.ok(createdAt <= lastUpdatedAt);
    assert.equal(typeof statusMessage, "string");
    const { result } = await until(taskId, "completed");
    assert.equal(result.structuredContent.job_id, taskId);
    assert.match(result.content[0].text, /^MOCK: go/);
  });

  await t.step(
    "a failure that comes at once is told at once, and is a completed task",
    async () => {
      const failed = await exec("goose");
      assert.deepEqual([failed.resultType, failed.isError], ["complete", true]);
      const { result } = await call("tasks/get", { taskId: failed.structuredContent.job_id });
      assert.deepEqual([result.status, result.result.isError], ["completed", true]);
      assert.equal(result.result.structuredContent.error.code, "auth");
    },
  );

  await t.step("a task is cancelled with its job, more than once too", async () => {
    const { taskId } = await exec("gemini");
    for (let n = 0; n < 2; n++) {
      const { result } = await call("tasks/cancel", { taskId });
      assert.equal(result.resultType, "complete");
      assert.equal((await until(taskId, "cancelled")).result, undefined);
    }
    assert.deepEqual((await call("tasks/update", { taskId, inputResponses: {} })).error, undefined);
  });

  await t.step("who takes no tasks gets none, and no task is made up", async () => {
    const { resultType, structuredContent: { status, job_id } } = await exec("codex", {});
    assert.deepEqual([resultType, status], ["complete", "completed"]);
    const { error } = await call("tasks/get", { taskId: job_id }, {});
    assert.deepEqual([error.code, error.data], [-32021, {
      requiredCapabilities: { extensions: TASKS },
    }]);
    for (const method of ["tasks/get", "tasks/cancel", "tasks/update"]) {
      const { error: { code, message } } = await call(method, { taskId: "job_0" });
      assert.deepEqual([code, message], [-32602, 'No task "job_0"']);
    }
    for (const method of ["tasks/list", "tasks/result"]) {
      assert.equal((await call(method, { taskId: job_id })).error.code, -32601);
    }
  });

  await program.end();
  await program.ended;
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("a client that still listens when it goes does not hold the server up", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  await aimux.client.listen({ resourceSubscriptions: ["aimux://jobs/job_1"] });
  const begun = Date.now();
  await aimux.stop();
  assert.ok(Date.now() - begun < 9000, "shorter than the grace of running calls");
});

for (const era of ["new", "old"] as const) {
  Deno.test(`wrong parameters are told as such, in words (${era} era)`, async () => {
    await using workplace = await createWorkplace();
    const program = startRaw(workplace);
    const template = { type: "ref/resource", uri: "aimux://clis/{name}" };
    const wrong: [string, Record<string, unknown>, RegExp][] = [
      ["resources/read", {}, /^Invalid parameters: params\.uri: /],
      [
        "tools/call",
        { name: "status", arguments: null },
        /^Invalid parameters: params\.arguments: /,
      ],
      ["tools/call", {}, /^Invalid parameters: params\.name: /],
      ["resources/read", { uri: 5 }, /params\.uri: .*number/],
      ["completion/complete", { ref: template, argument: { name: "name" } }, /argument\.value: /],
      ["completion/complete", { ref: { type: "ref/tool" } }, /params\.ref: /],
      ...era === "new" ? [] : [
        ["logging/setLevel", { level: "loud" }, /params\.level: .*"debug"/],
        ["resources/subscribe", { uri: null }, /params\.uri: .*null/],
      ] as [string, Record<string, unknown>, RegExp][],
    ];
    for (const [index, [method, params, told]] of wrong.entries()) {
      const _meta = era === "new" ? ENVELOPE : {};
      await program.write(requestLine(index, method, { ...params, _meta }));
      const { error } = await program.message(({ id }) => id === index);
      assert.equal(error.code, -32602, method);
      assert.match(error.message, told);
    }
    await program.end();
    assert.equal((await program.ended).code, 0);
  });
}

for (const era of ["new", "old"] as const) {
  Deno.test(`an unknown tool is answered with the nearest, and with all (${era} era)`, async () => {
    await using workplace = await createWorkplace();
    const program = startRaw(workplace);
    const _meta = era === "new" ? ENVELOPE : {};
    await program.write(requestLine(1, "tools/call", { name: "exce", arguments: {}, _meta }));
    const { error } = await program.message(({ id }) => id === 1);
    assert.deepEqual(error, {
      code: -32602,
      message: 'Unknown tool "exce". Did you mean "exec"? Tools: exec, status, sessions',
      data: { tool: "exce", valid: ["exec", "status", "sessions"] },
    });
    await program.end();
    assert.equal((await program.ended).code, 0);
  });
}

Deno.test("each request of the new era is of the revision that it names", async () => {
  await using workplace = await createWorkplace();
  const program = startRaw(workplace);
  const ask = async (id: number, version: string) => {
    const _meta = { ...ENVELOPE, [`${KEYS}/protocolVersion`]: version };
    await program.write(requestLine(id, "tools/list", { _meta }));
    return await program.message((message) => message["id"] === id);
  };
  assert.ok((await ask(1, "2026-07-28")).result.tools);
  const { error } = await ask(2, "2099-01-01");
  assert.equal(error.code, -32022);
  assert.deepEqual(error.data, { supported: ["2026-07-28"], requested: "2099-01-01" });
  assert.ok((await ask(3, "2026-07-28")).result.tools);
  await program.end();
  assert.equal((await program.ended).code, 0);
});
