/** Keeps what an agent and aimux say to each other, on its way. */
import { type Case, type Stage, urlOf } from "./cases.ts";

/** How aimux is reached: a program to start, or a URL. */
export type Reach = Stage["stdio"] | { type: "http" | "sse"; url: string };

/** A way to aimux that listens in. */
export interface Overheard extends AsyncDisposable {
  reach: Reach;
  /** The agent's messages so far, as they came. */
  asked(): Promise<string>;
  /** Those of aimux. */
  told(): Promise<string>;
}

/** Listens in on a case's transport. */
export function overhear(stage: Stage, transport: Case["transport"]): Overheard {
  return transport === "stdio" ? overhearStdio(stage) : overhearHttp(stage, transport);
}

function overhearStdio({ folder, stdio: { command, args, env } }: Stage): Overheard {
  const [asked, told] = [`${folder}/asked.jsonl`, `${folder}/told.jsonl`];
  return {
    reach: {
      command: "/bin/sh",
      args: ["-c", `tee ${asked} | "$0" "$@" | tee ${told}`, command, ...args],
      env,
    },
    asked: () => Deno.readTextFile(asked),
    told: () => Deno.readTextFile(told),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** By a proxy of its own. */
function overhearHttp(stage: Stage, type: "http" | "sse"): Overheard {
  const to = new URL(urlOf(stage, type));
  const asked: string[] = [];
  const told: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, passOn);
  return {
    reach: { type, url: `http://127.0.0.1:${server.addr.port}${to.pathname}` },
    asked: () => Promise.resolve(asked.join("")),
    told: () => Promise.resolve(told.join("")),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };

  async function passOn(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    asked.push(body);
    const headers = new Headers(request.headers);
    headers.delete("host");
    const { status, headers: given, body: answer } = await fetch(to.origin + pathname + search, {
      method: request.method,
      headers,
      ...body !== "" && { body },
      signal: request.signal,
    });
    const kept = answer?.pipeThrough(new TextDecoderStream()).pipeThrough(keeping(told))
      .pipeThrough(new TextEncoderStream());
    const passed = ["content-type", "mcp-session-id", "allow"].flatMap((name) => {
      const value = given.get(name);
      return value === null ? [] : [[name, value] as [string, string]];
    });
    return new Response(kept ?? null, { status, headers: passed });
  }
}

function keeping(texts: string[]): TransformStream<string, string> {
  return new TransformStream({
    transform(text, controller) {
      texts.push(text);
      controller.enqueue(text);
    },
  });
}
