import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, McpServer } from "@modelcontextprotocol/server";
import { testEngine } from "../engine/testing.ts";
import { configSchema } from "../config/schema.ts";
import { registerJobResources } from "./job_resources.ts";

/** A client that reads resources, as Ann. */
async function reader() {
  const { store, engine, clock, ...rest } = testEngine();
  const server = new McpServer({ name: "t", version: "1" }, { capabilities: { resources: {} } });
  registerJobResources(server, {
    principal: "ann",
    context: () =>
      Promise.resolve({
        store,
        engine,
        clock,
        config: configSchema.parse({}),
        trust: { ask: () => Promise.resolve() },
        health: () => Promise.reject(new Error("not asked for")),
      }),
  });
  const client = new Client({ name: "t", version: "1" });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(ours), client.connect(theirs)]);
  store.addJob("job_1", { principal: "ann" });
  return {
    store,
    client,
    async read(uri: string): Promise<Record<string, unknown> & { text: string | undefined }> {
      const [page] = (await client.readResource({ uri })).contents;
      const text = page && "text" in page ? page.text : undefined;
      return { text, ...page?._meta };
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await rest[Symbol.asyncDispose]();
    },
  };
}

Deno.test("what a job has printed is read page by page, and the pages say how to go on", async () => {
  await using at = await reader();
  at.store.bring("job_1", "running");
  Deno.writeTextFileSync(at.store.files("job_1").stdout, "0123456789");
  assert.deepEqual(await at.read("aimux://jobs/job_1/output"), {
    text: "0123456789",
    offset: 0,
    total_bytes: 10,
    status: "running",
  });
  assert.deepEqual(await at.read("aimux://jobs/job_1/output?offset=2&limit=3"), {
    text: "234",
    offset: 2,
    next_offset: 5,
    total_bytes: 10,
    status: "running",
  });
  assert.equal((await at.read("aimux://jobs/job_1/output?offset=99")).text, "");
});

Deno.test("a page has at most a million bytes, whatever is asked for", async () => {
  await using at = await reader();
  Deno.writeTextFileSync(at.store.files("job_1").stdout, "x".repeat(2_500_000));
  const { text, next_offset } = await at.read("aimux://jobs/job_1/output?limit=2000000");
  assert.deepEqual([text?.length, next_offset], [1_000_000, 1_000_000]);
});

Deno.test("a job that has printed nothing yet has an empty output, and no answer", async () => {
  await using at = await reader();
  const empty = { text: "", offset: 0, total_bytes: 0, status: "queued" };
  assert.deepEqual(await at.read("aimux://jobs/job_1/output"), empty);
  await assert.rejects(at.read("aimux://jobs/job_1/answer"), /not found/i);
  at.store.bring("job_1", "running");
  at.store.jobs.finish("job_1", "completed", { attempts: [], warnings: [], content: "part" }, 3);
  assert.equal((await at.read("aimux://jobs/job_1/answer?limit=3")).text, "par");
  Deno.writeTextFileSync(at.store.files("job_1").answer, "all of it");
  assert.equal((await at.read("aimux://jobs/job_1/answer")).text, "all of it");
});

Deno.test("a job is read as JSON with its prompt, and as text", async () => {
  await using at = await reader();
  at.store.bring("job_1", "running");
  at.store.jobs.finish("job_1", "completed", { attempts: [], warnings: [], content: "42" }, 3);
  const { contents } = await at.client.readResource({ uri: "aimux://jobs/job_1" });
  assert.deepEqual(contents.map(({ mimeType }) => mimeType), ["application/json", "text/plain"]);
  const [json, text] = contents.map((each) => "text" in each ? each.text : "");
  const { job_id, status, prompt, content } = JSON.parse(json!);
  assert.deepEqual({ job_id, status, prompt, content }, {
    job_id: "job_1",
    status: "completed",
    prompt: "say hi",
    content: "42",
  });
  assert.match(text!, /^42\n\n---\nstatus: completed\n/);
});

Deno.test("ids of the caller's own jobs and sessions are completed, the newest first", async () => {
  await using at = await reader();
  at.store.addJob("job_2", { principal: "ann", sessionId: "ses_2" }, 5);
  at.store.addJob("job_3", { principal: "bob", sessionId: "ses_3" }, 6);
  const complete = async (uri: string, value: string) => {
    const { completion } = await at.client.complete({
      ref: { type: "ref/resource", uri },
      argument: { name: "id", value },
    });
    return completion.values;
  };
  assert.deepEqual(await complete("aimux://jobs/{id}", ""), ["job_2", "job_1"]);
  const output = "aimux://jobs/{id}/output{?offset,limit}";
  assert.deepEqual(await complete(output, "job_1"), ["job_1"]);
  assert.deepEqual(await complete(output, "job_3"), []);
  const transcript = "aimux://sessions/{id}/transcript{?offset,limit}";
  assert.deepEqual(await complete(transcript, "ses_"), ["ses_2", "ses_1"]);
});

Deno.test("a job of another principal, an unknown one and a path are not found", async () => {
  await using at = await reader();
  at.store.addJob("job_2", { principal: "bob", sessionId: "ses_2" });
  Deno.writeTextFileSync(at.store.files("job_2").stdout, "secret");
  for (const id of ["job_2", "job_3", "..%2F..%2Fetc", "%2e%2e"]) {
    await assert.rejects(at.read(`aimux://jobs/${id}/output`), /not found/i, id);
    await assert.rejects(at.read(`aimux://jobs/${id}`), /not found/i, id);
  }
  await assert.rejects(at.read("aimux://sessions/ses_2/transcript"), /not found/i);
});

Deno.test("an offset or a limit that is no whole number is refused by name", async () => {
  await using at = await reader();
  for (const query of ["offset=-1", "offset=x", "offset=1.5", "offset=", "limit=0", "limit=1e9"]) {
    const [name] = query.split("=");
    await assert.rejects(
      at.read(`aimux://jobs/job_1/output?${query}`),
      new RegExp(`Invalid ${name}`),
      query,
    );
  }
});
