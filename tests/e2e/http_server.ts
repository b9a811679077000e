/** Starts the real program on a free port, and makes real clients of it. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { denoEnv, PROGRAM } from "./program.ts";
import { callTool, type Result } from "./server.ts";
import type { Workplace } from "./workplace.ts";

/** How the program ended. */
export interface HttpEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/** A program that listens, or has refused to. */
export interface HttpServer extends AsyncDisposable {
  pid: number;
  /** The first address that it listens at, without a path. */
  url: string;
  /** All that it printed to standard error so far. */
  stderr(): string;
  /** Asks it to end and waits until it has. */
  stop(signal?: Deno.Signal): Promise<HttpEnd>;
  ended: Promise<HttpEnd>;
}

/** What a test can vary. */
export interface HttpOptions {
  transport?: "http" | "sse";
  port?: string;
  env?: Record<string, string>;
  /** The most files and connections that it may have open; needs a POSIX shell. */
  openFiles?: number;
}

/** Starts the program in a workplace; resolves when it listens, rejects when it ends instead. */
export async function startHttp(
  workplace: Workplace,
  { transport = "http", port = ":0", env = {}, openFiles }: HttpOptions = {},
): Promise<HttpServer> {
  const { command, args } = openFiles === undefined ? PROGRAM : {
    command: "/bin/sh",
    args: ["-c", `ulimit -n ${openFiles}; exec "$0" "$@"`, PROGRAM.command, ...PROGRAM.args],
  };
  const child = new Deno.Command(command, {
    args,
    cwd: workplace.project,
    clearEnv: true,
    env: { ...denoEnv(), ...workplace.env, MCP_TRANSPORT: transport, PORT: port, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  const listening = Promise.withResolvers<string>();
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += text;
      const [, url] = /^aimux serves MCP at (https?:\/\/\S+?)\/\w+$/m.exec(stderr) ?? [];
      if (url !== undefined) listening.resolve(url);
    }
  })();
  const stdout = new Response(child.stdout).text();
  const ended = Promise.all([child.status, stdout, reading])
    .then(([{ code }, stdout]) => ({ code, stdout, stderr }));
  void ended.then(({ code }) => listening.reject(new Error(`It ended with ${code}: ${stderr}`)));
  const stop = async (signal: Deno.Signal = "SIGTERM") => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
    }
    return await ended;
  };
  return {
    pid: child.pid,
    url: await listening.promise,
    stderr: () => stderr,
    stop,
    ended,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** A client of the SDK's current line. */
export interface HttpClient extends AsyncDisposable {
  client: Client;
  call(
    tool: string,
    args: Record<string, unknown>,
    options?: {
      signal?: AbortSignal;
      onprogress?: (progress: { message?: string | undefined }) => void;
    },
  ): Promise<Result>;
}

/** Connects a client to `/mcp`. */
export async function connectHttp(
  { url }: Pick<HttpServer, "url">,
  { era = "auto", token }: { era?: "auto" | "legacy"; token?: string } = {},
): Promise<HttpClient> {
  const client = new Client({ name: "aimux-tests", version: "1.0.0" }, {
    versionNegotiation: { mode: era },
  });
  const headers = { ...token !== undefined && { authorization: `Bearer ${token}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }),
  );
  return {
    client,
    call: (name, args, options) => callTool(client, name, args, options),
    async [Symbol.asyncDispose]() {
      await client.close();
    },
  };
}
