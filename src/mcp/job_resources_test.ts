import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, McpServer } from "@modelcontextprotocol/server";
import { testStore } from "../store/testing.ts";
import { registerJobResources } from "./job_resources.ts";

/** A client that reads resources of a store, as Ann. */
async function reader() {
  const store = testStore();
  const server = new McpServer({ name: "t", version: "1" }, { capabilities: { resources: {} } });
  registerJobResources(server, { principal: "ann", store: () => Promise.resolve(store) });
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
      store[Symbol.dispose]();
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
  Deno.writeTextFileSync(at.store.files("job_1").answer, "all of it");
  assert.equal((await at.read("aimux://jobs/job_1/answer")).text, "all of it");
});

Deno.test("a job of another principal, an unknown one and a path are not found", async () => {
  await using at = await reader();
  at.store.addJob("job_2", { principal: "bob", sessionId: "ses_2" });
  Deno.writeTextFileSync(at.store.files("job_2").stdout, "secret");
  for (const id of ["job_2", "job_3", "..%2F..%2Fetc", "%2e%2e"]) {
    await assert.rejects(at.read(`aimux://jobs/${id}/output`), /not found/i, id);
  }
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
