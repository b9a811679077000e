/** Starts the real program and talks to it through a real MCP client. */
import { Client, type ElicitResult } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { denoEnv, PROGRAM } from "./program.ts";
import { createWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/** A tool's result with its structured fields at hand. */
// deno-lint-ignore no-explicit-any -- tests read fields whose presence is what they test
export type Result = Record<string, any> & { text: string; isError: boolean };

/** A running server with its client. */
export interface TestServer extends AsyncDisposable {
  client: Client;
  workplace: Workplace;
  pid: number;
  /** Calls a tool; a tool error is a result with `isError`. */
  call(tool: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<Result>;
  /** Command lines of what this workplace started and still runs, the server left out. */
  processesLeft(): string[];
  /** Ends the input, as a client that goes away does, and waits until the server has ended. */
  stop(): Promise<void>;
}

/** What a test can vary. */
export interface ServerOptions extends WorkplaceOptions {
  /** Use this workplace instead of a new one; it is then not removed. */
  workplace?: Workplace;
  /** `auto` speaks 2026-07-28, `legacy` the handshake of before. */
  era?: "auto" | "legacy";
  /** What the user answers; without it the client cannot ask. */
  answers?(question: string): Promise<ElicitResult> | ElicitResult;
}

/** Starts a server; disposing stops it and removes its workplace. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const workplace = options.workplace ?? await createWorkplace(options);
  const transport = new StdioClientTransport({
    ...PROGRAM,
    env: { ...denoEnv(), ...workplace.env },
    cwd: workplace.project,
    stderr: "inherit",
  });
  const client = new Client({ name: "aimux-tests", version: "1.0.0" }, {
    versionNegotiation: { mode: options.era ?? "auto" },
    capabilities: options.answers ? { elicitation: { form: {} } } : {},
  });
  if (options.answers) {
    client.setRequestHandler(
      "elicitation/create",
      async ({ params }) => await options.answers!(params.message),
    );
  }
  await client.connect(transport);
  const pid = transport.pid!;
  const stop = () => client.close();
  return {
    client,
    workplace,
    pid,
    stop,
    processesLeft: () => workplace.processesLeft().filter((line) => !line.startsWith(`${pid} `)),
    call: (name, args, signal) => callTool(client, name, args, signal && { signal }),
    async [Symbol.asyncDispose]() {
      await stop();
      if (!options.workplace) await workplace[Symbol.asyncDispose]();
    },
  };
}

/** Calls a tool; a tool error is a result with `isError`. */
export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown>,
  options: Parameters<Client["callTool"]>[1] = {},
): Promise<Result> {
  const result = await client.callTool({ name, arguments: args }, { timeout: 120_000, ...options });
  const [block] = result.content;
  return {
    ...result.structuredContent as Record<string, unknown>,
    text: block?.type === "text" ? block.text : "",
    isError: result.isError === true,
  };
}
