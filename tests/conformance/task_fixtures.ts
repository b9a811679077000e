/** The fixtures of the Tasks extension: tasks in memory. */
import {
  acceptedContent,
  type CallToolResult,
  inputRequired,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { createdTask, serveTasks, takesTasks, type Task } from "../../src/mcp/tasks.ts";
import { form, REQUEST_STATE } from "./input_fixtures.ts";

/** A task, and what of it nobody sees. */
interface Kept {
  task: Task;
  cancelled: AbortController;
  /** Called when all that was asked is answered. */
  answered?: (answers: Record<string, unknown>) => void;
  answers: Record<string, unknown>;
}

/** What a task does; it may ask. */
type Run = (
  ask: (questions: Record<string, unknown>) => Promise<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<CallToolResult>;

const tasks = new Map<string, Kept>();

const text = (said: string, isError = false): CallToolResult => ({
  content: [{ type: "text", text: said }],
  ...isError && { isError },
});

function update(kept: Kept, change: Partial<Task>): void {
  if (["completed", "failed", "cancelled"].includes(kept.task.status)) return;
  kept.task = { ...kept.task, ...change, lastUpdatedAt: new Date().toISOString() };
}

function start(run: Run): Task {
  const now = new Date().toISOString();
  const kept: Kept = {
    task: {
      taskId: crypto.randomUUID(),
      status: "working",
      createdAt: now,
      lastUpdatedAt: now,
      ttlMs: 60_000,
      pollIntervalMs: 200,
    },
    cancelled: new AbortController(),
    answers: {},
  };
  tasks.set(kept.task.taskId, kept);
  const ask = (inputRequests: Record<string, unknown>) => {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    kept.answered = resolve;
    update(kept, { status: "input_required", inputRequests });
    return promise;
  };
  run(ask, kept.cancelled.signal).then(
    (result) => update(kept, { status: "completed", result }),
    (error: Error) =>
      update(kept, { status: "failed", error: { code: -32603, message: error.message } }),
  );
  return kept.task;
}

function answer(kept: Kept, answers: Record<string, unknown>): void {
  const { inputRequests = {} } = kept.task;
  const [taken, open] = [Object.keys(answers), { ...inputRequests }];
  for (const key of taken.filter((key) => key in open)) {
    kept.answers[key] = answers[key];
    delete open[key];
  }
  if (Object.keys(open).length > 0) return update(kept, { inputRequests: open });
  const { inputRequests: _, ...task } = kept.task;
  kept.task = task;
  update(kept, { status: "working" });
  kept.answered?.(kept.answers);
}

const pause = (seconds: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

/** Registers them. */
export function registerTaskFixtures(server: McpServer): void {
  serveTasks(server, {
    find: (id) => Promise.resolve(tasks.get(id)?.task),
    cancel(id) {
      const kept = tasks.get(id)!;
      update(kept, { status: "cancelled" });
      kept.cancelled.abort();
      return Promise.resolve();
    },
    answer: (id, answers) => Promise.resolve(answer(tasks.get(id)!, answers)),
  });
  const tool = <Shape extends z.ZodRawShape>(
    name: string,
    shape: Shape,
    run: (given: Record<string, unknown>) => Run,
  ) =>
    server.registerTool(
      name,
      { description: "Runs as a task", inputSchema: z.object(shape) },
      async (given: Record<string, unknown>, ctx: ServerContext) => {
        if (takesTasks(ctx)) return createdTask(start(run(given)));
        return await run(given)(() => Promise.resolve({}), ctx.mcpReq.signal);
      },
    );
  server.registerTool("greet", {
    description: "Greets",
    inputSchema: z.object({ name: z.string() }),
  }, ({ name }) => text(`Hello, ${name}!`));
  tool(
    "slow_compute",
    { seconds: z.number().default(1) },
    ({ seconds }) => async (_ask, signal) => {
      await pause(Number(seconds), signal);
      return text(`Computed for ${seconds} s`);
    },
  );
  tool("failing_job", {}, () => async () => {
    await pause(1);
    return text("This job always fails", true);
  });
  tool("protocol_error_job", {}, () => async () => {
    await pause(0.2);
    throw new Error("This job always breaks");
  });
  tool("confirm_delete", { filename: z.string().default("") }, ({ filename }) => async (ask) => {
    await ask({ confirm: form(`Delete ${filename}?`, "confirm", "boolean") });
    return text(`Deleted ${filename}`);
  });
  tool("multi_input", {}, () => async (ask) => {
    const answers = await ask({
      first: form("What is your first name?", "name"),
      second: form("What is your second name?", "name"),
    });
    return text(`${Object.keys(answers).length} answers`);
  });
  server.registerTool("test_tool_with_task", {
    description: "Asks first, and then runs as a task",
    inputSchema: z.object({}),
  }, async (_given, { mcpReq }) => {
    const name = acceptedContent(mcpReq.inputResponses, "user_name")?.["name"];
    if (typeof name === "string") {
      return createdTask(start(async () => {
        await pause(0.2);
        return text(`Hello, ${name}!`);
      }));
    }
    return inputRequired({
      inputRequests: { user_name: form("What is your name?", "name") },
      requestState: await REQUEST_STATE.mint({ round: 1 }),
    });
  });
}
