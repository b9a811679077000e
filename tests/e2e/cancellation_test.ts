import assert from "node:assert/strict";
import { startHttp } from "./http_server.ts";
import { type RawClient, rawHttp, rawSse, rawStdio } from "./raw_clients.ts";
import { createWorkplace } from "./workplace.ts";

const HANG = '#emulate [{"print": "half"}, {"hang": true}]\nwait for ever';

const CONFIG = {
  server: { kill_grace_seconds: 0.5, shutdown_grace_seconds: 0, transport: { sse: true } },
};

function call(client: RawClient, name: string, args: Record<string, unknown>) {
  return client.request("tools/call", { name, arguments: args });
}

/** The structured result of a call. */
async function resultOf(client: RawClient, name: string, args: Record<string, unknown>) {
  const { result } = await call(client, name, args).answer;
  return result.structuredContent;
}

/** The jobs that run, when there are so many. */
async function untilRunning(client: RawClient, count: number): Promise<string[]> {
  for (;;) {
    const { sessions } = await resultOf(client, "sessions", { action: "list", status: "running" });
    if (sessions.length === count) {
      return sessions.map(({ last_job_id }: { last_job_id: string }) => last_job_id);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A job that a call waits for, and one that no call waits for. */
async function twoJobs(client: RawClient) {
  const started = call(client, "exec", { prompt: HANG, cli: "codex", async: true });
  const { job_id: background } = (await started.answer).result.structuredContent;
  const waiting = call(client, "exec", { prompt: HANG, cli: "codex" });
  const waitedFor = (await untilRunning(client, 2)).find((job) => job !== background)!;
  return { started, background, waiting, waitedFor };
}

/** How a job stands; one that is about to end has ended then. */
async function statusOf(client: RawClient, job_id: string, wait_seconds: number): Promise<string> {
  return (await resultOf(client, "status", { job_id, wait_seconds })).status;
}

for (const transport of ["stdio", "http", "sse"] as const) {
  Deno.test(`notifications/cancelled ends the job that its call waits for, and no asynchronous one (${transport})`, async () => {
    await using workplace = await createWorkplace({ emulators: ["codex"], config: CONFIG });
    await using server = transport === "stdio" ? undefined : await startHttp(workplace);
    {
      await using client = !server
        ? await rawStdio(workplace)
        : await (transport === "http" ? rawHttp : rawSse)(server);
      const { started, background, waiting, waitedFor } = await twoJobs(client);
      for (const { id } of [started, waiting]) {
        await client.notify("notifications/cancelled", { requestId: id, reason: "Not needed" });
      }
      assert.equal(await statusOf(client, waitedFor, 30), "cancelled");
      assert.equal(await statusOf(client, background, 0), "running");
      const cancel = await resultOf(client, "sessions", { action: "cancel", job_id: background });
      assert.equal(cancel.status, "cancelled");
    }
    await server?.stop();
    assert.deepEqual(workplace.processesLeft(), []);
  });
}

for (const [transport, connect] of [["http", rawHttp], ["sse", rawSse]] as const) {
  Deno.test(`a stream that its client closes ends the job that waits on it, and no asynchronous one (${transport})`, async () => {
    await using workplace = await createWorkplace({ emulators: ["codex"], config: CONFIG });
    await using server = await startHttp(workplace);
    await using other = await rawHttp(server);
    await using client = await connect(server);
    const { background, waiting, waitedFor } = await twoJobs(client);

    waiting.leave();

    await assert.rejects(waiting.answer);
    assert.equal(await statusOf(other, waitedFor, 30), "cancelled");
    assert.equal(await statusOf(other, background, 0), "running");
    await server.stop();
    assert.deepEqual(workplace.processesLeft(), []);
  });
}
