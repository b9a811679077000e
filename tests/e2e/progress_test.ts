import assert from "node:assert/strict";
import { emulator } from "../emulators/mod.ts";
import { callLine, type Message, requestLine, startRaw } from "./raw.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

const said = (text: string) =>
  JSON.stringify({ type: "item.completed", item: { id: "i", type: "agent_message", text } }) + "\n";

/** Says two things with a pause between them, and then answers. */
const talking = emulator.codex().prints(said("Reading the parser")).waits(700)
  .prints(said("Writing the fix\nin two files")).waits(1500);

interface Told {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

for (const era of ["auto", "legacy"] as const) {
  Deno.test(`a caller that asks for progress gets readable lines and heartbeats (${era})`, async () => {
    await using aimux = await startServer({
      era,
      emulators: { codex: talking },
      config: { server: { progress_interval_seconds: 0.5 } },
    });
    const told: Told[] = [];
    const result = await aimux.client.callTool(
      { name: "exec", arguments: { prompt: "fix it", cli: "codex" } },
      { onprogress: (progress) => told.push(progress), timeout: 60_000 },
    );
    const atTheEnd = told.length;
    assert.equal(result.isError, undefined);
    const messages = told.map(({ message }) => message ?? "");
    assert.ok(messages.includes("Reading the parser"), messages.join("\n"));
    assert.ok(messages.includes("in two files"), messages.join("\n"));
    assert.ok(
      messages.some((message) =>
        /^codex runs for \d+ s; last output \d+ s ago: (Reading the parser|in two files)$/
          .test(message)
      ),
      messages.join("\n"),
    );
    assert.ok(messages.every((message) => !message.includes("{")), messages.join("\n"));
    assert.ok(told.every(({ progress }, n) => n === 0 || progress > told[n - 1]!.progress));
    await aimux.call("sessions", { action: "health" });
    assert.equal(told.length, atTheEnd, "nothing comes after the result");
  });
}

Deno.test("progress goes under the caller's own token, and to nobody who did not ask", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: talking },
    config: { server: { progress_interval_seconds: 0.3 } },
  });
  const program = startRaw(workplace);
  const execute = (id: number, token?: string | number) =>
    requestLine(id, "tools/call", {
      name: "exec",
      arguments: { prompt: `task ${id}`, cli: "codex" },
      ...token !== undefined && { _meta: { progressToken: token } },
    });
  await program.write(execute(1) + execute(2, 0) + execute(3, "two words"));
  for (const id of [1, 2, 3]) await program.message((message) => message.id === id);
  await program.end();
  const { messages } = await program.ended;

  const tokens = new Set(notifications(messages).map(({ params }) => params.progressToken));
  assert.deepEqual([...tokens].sort(), [0, "two words"]);
  assert.deepEqual(
    messages.filter(({ method }) => method !== undefined && method !== "notifications/progress"),
    [],
  );
  for (const [id, token] of [[2, 0], [3, "two words"]] as const) {
    const result = messages.findIndex((message) => message.id === id);
    const mine = messages.flatMap(({ params }, at) => params?.progressToken === token ? [at] : []);
    assert.ok(mine.length > 2 && mine.every((at) => at < result), "before the result");
  }
});

Deno.test("output by the hundred a second comes as a few lines a second", async () => {
  const lines = (from: number) =>
    Array.from({ length: 50 }, (_, n) => `line ${from + n}\n`).join("");
  let busy = emulator.aider();
  for (let batch = 0; batch < 40; batch++) busy = busy.prints(lines(batch * 50)).waits(50);
  await using workplace = await createWorkplace({ emulators: { aider: busy } });
  const program = startRaw(workplace);
  const begun = Date.now();
  await program.write(requestLine(1, "tools/call", {
    name: "exec",
    arguments: { prompt: "count", cli: "aider" },
    _meta: { progressToken: 7 },
  }));
  await program.message(({ id }) => id === 1);
  const seconds = (Date.now() - begun) / 1000;
  await program.end();
  const told = notifications((await program.ended).messages);
  assert.ok(told.length >= 3, `${told.length} messages`);
  assert.ok(told.length <= 4 * seconds + 2, `${told.length} messages in ${seconds} s`);
  const numbers = told.map(({ params }) => Number(/^line (\d+)$/.exec(params.message)?.[1]));
  assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
});

Deno.test("status shows the same line as the notifications, also to another server", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().prints(said("Looking around")).thenHangs() },
  });
  await using first = await startServer({ workplace });
  await using second = await startServer({ workplace });
  const { job_id } = await first.call("exec", { prompt: "look", cli: "codex", async: true });
  for (const server of [first, second]) {
    const told = Promise.withResolvers<string>();
    const call = server.client.callTool(
      { name: "status", arguments: { job_id, wait_seconds: 45 } },
      { onprogress: ({ message }) => told.resolve(message ?? ""), timeout: 60_000 },
    );
    assert.equal(await told.promise, "Looking around");
    const { progress, output_bytes, last_output_at } = await server.call("status", { job_id });
    assert.equal(progress, "Looking around");
    assert.ok(output_bytes > 0 && Date.parse(last_output_at) <= Date.now());
    if (server === second) await first.call("sessions", { action: "cancel", job_id });
    else continue;
    const { structuredContent } = await call;
    assert.equal((structuredContent as { status: string }).status, "cancelled");
  }
});

function notifications(messages: readonly Message[]): Message[] {
  return messages.filter(({ method }) => method === "notifications/progress");
}

Deno.test("an asynchronous call has its handle at once and is told nothing more", async () => {
  await using workplace = await createWorkplace({ emulators: { codex: talking } });
  const program = startRaw(workplace);
  await program.write(requestLine(1, "tools/call", {
    name: "exec",
    arguments: { prompt: "fix it", cli: "codex", async: true },
    _meta: { progressToken: "t" },
  }));
  const { result } = await program.message(({ id }) => id === 1);
  const { job_id } = result.structuredContent;
  await program.write(callLine(2, "status", { job_id, wait_seconds: 30 }));
  await program.message(({ id }) => id === 2);
  await program.end();
  assert.deepEqual(notifications((await program.ended).messages), []);
});
