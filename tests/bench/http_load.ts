/**
 * Many clients at once over HTTP, each with calls of its own: no answer may be lost or come to
 * another, and what the server takes meanwhile it must give back.
 *
 *     deno task bench:http                                   # 1,000 clients
 *     deno task bench:http --clients 100
 *     AIMUX_TEST_BINARY=dist/aimux deno task bench:http      # the binary
 *
 * It talks to loopback only and stops by itself after five minutes at the latest. It fails, with
 * exit code 1, where something is lost, crossed or kept.
 */
import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { parseArgs } from "node:util";
import { startHttp } from "../e2e/http_server.ts";
import { PROGRAM } from "../e2e/program.ts";
import { createWorkplace } from "../e2e/workplace.ts";
import { writeProgram } from "../program_file.ts";

/** How often each client asks. */
const TURNS = 5;
const LONGEST_MS = 300_000;
const CALL_MS = 120_000;
/** How long the memory may take to come back to what it was before the first client, and how near. */
const RETURN_SECONDS = 60;
const RETURN_MEGABYTES = 10;

const { values } = parseArgs({ options: { clients: { type: "string", default: "1000" } } });
const count = Number(values.clients);

// deno-lint-ignore prefer-const -- it may be read before it is set
let watching: ReturnType<typeof setInterval> | undefined;
const overdue = setTimeout(async () => {
  console.error(`Not done after ${LONGEST_MS / 1000} s: ${answers} answers`);
  clearInterval(watching);
  await server.stop("SIGKILL");
  Deno.exit(1);
}, LONGEST_MS);

/** What a client is: one of four kinds, in turn. */
const KINDS = ["modern", "legacy", "modern", "sse"] as const;

interface LoadClient {
  n: number;
  client: Client;
  /** What it was told while it waited. */
  told: string[];
}

await using workplace = await createWorkplace({
  config: {
    server: {
      max_concurrent_jobs: 8,
      sync_wait_seconds: 50,
      transport: { sse: true },
    },
  },
  profiles: {
    parrot: {
      name: "parrot",
      binary: "parrot",
      command: { base: "parrot" },
      output_format: "text",
    },
  },
});
await writeProgram(`${workplace.bin}/parrot`, '#!/bin/sh\necho "$@"\n');
await using server = await startHttp(workplace);

/** What the clients connect by; a pool of their runtime's would keep their connections open. */
const connections = Deno.createHttpClient({});
const fetchBy = (url: URL | string, init?: RequestInit) =>
  fetch(url, { ...init, client: connections });

const problems: string[] = [];
const jobs = new Map<string, number>();
let answers = 0;

async function connect(n: number): Promise<LoadClient> {
  const kind = KINDS[n % KINDS.length]!;
  const client = new Client({ name: `load-${n}`, version: "1.0.0" }, {
    versionNegotiation: { mode: kind === "modern" ? "auto" : "legacy" },
  });
  const by = { fetch: fetchBy };
  const transport = kind === "sse"
    ? new SSEClientTransport(new URL(`${server.url}/sse`), by)
    : new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), by);
  await client.connect(transport, { timeout: CALL_MS });
  return { n, client, told: [] };
}

async function call(
  { client, told }: LoadClient,
  name: string,
  args: Record<string, unknown>,
  // deno-lint-ignore no-explicit-any -- read field by field
): Promise<any> {
  const result = await client.callTool({ name, arguments: args }, {
    timeout: CALL_MS,
    onprogress: ({ message }) => void told.push(message ?? ""),
  });
  answers++;
  return result.structuredContent;
}

/** Calls whose answers name what was asked; every tenth client runs a prompt, too. */
async function work(mine: LoadClient): Promise<void> {
  const { n, client } = mine;
  for (let turn = 0; turn < TURNS; turn++) {
    const job_id = `job-of-${n}-${turn}.`;
    const { error } = await call(mine, "status", { job_id });
    if (!error?.message.includes(job_id)) problems.push(`Client ${n} got ${JSON.stringify(error)}`);
  }
  const { tools } = await client.listTools(undefined, { timeout: CALL_MS });
  answers++;
  if (!tools.some(({ name }) => name === "exec")) problems.push(`Client ${n} got other tools`);
  if (n % 10 < 2) await run(mine, n % 10 === 1);
}

/** A run that is waited for, or an asynchronous one, and its output. */
async function run(mine: LoadClient, async: boolean): Promise<void> {
  const { n, told, client } = mine;
  const word = `parrot-of-${n}.`;
  const { job_id } = await call(mine, "exec", { prompt: word, cli: "parrot", async });
  if (jobs.has(job_id)) problems.push(`${job_id} was told to ${n} and to ${jobs.get(job_id)}`);
  jobs.set(job_id, n);
  let job;
  do job = await call(mine, "status", { job_id, wait_seconds: 45 }); while (
    job.status === "running" || job.status === "queued"
  );
  if (job.status !== "completed" || job.content !== word) {
    problems.push(`Client ${n} got ${job.status} "${job.content}" for "${word}"`);
  }
  const { contents } = await client.readResource({ uri: job.output_uri }, { timeout: CALL_MS });
  answers++;
  if (!JSON.stringify(contents).includes(word)) problems.push(`Client ${n} read another's output`);
  const foreign = told.filter((line) => /parrot-of-/.test(line) && !line.includes(word));
  if (foreign.length > 0) problems.push(`Client ${n} was told "${foreign[0]}"`);
}

/** What the server holds of its own: pages of the program's file are no memory that it took. */
function residentMegabytes(): number {
  const status = Deno.readTextFileSync(`/proc/${server.pid}/status`);
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** The memory when it is not above a bound, or else after a minute. */
async function settled(bound: number): Promise<number> {
  const start = performance.now();
  let now = residentMegabytes();
  while (now > bound && performance.now() - start < RETURN_SECONDS * 1000) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    now = residentMegabytes();
  }
  return now;
}

/** All at once; what fails is a problem of its client. */
async function all<T>(work: (n: number) => Promise<T>): Promise<{ done: T[]; seconds: number }> {
  const start = performance.now();
  const results = await Promise.allSettled(Array.from({ length: count }, (_, n) => work(n)));
  const done = results.flatMap((result, n) => {
    if (result.status === "fulfilled") return [result.value];
    problems.push(`Client ${n}: ${result.reason}`);
    return [];
  });
  return { done, seconds: (performance.now() - start) / 1000 };
}

// Its parts are built when it is listening, at the latest when it says how it is.
await (await fetch(`${server.url}/health`)).body?.cancel();
const before = residentMegabytes();
let peak = before;
watching = setInterval(() => peak = Math.max(peak, residentMegabytes()), 50);

const connected = await all(connect);
const worked = await all(async (n) => {
  const mine = connected.done.find((client) => client.n === n);
  if (mine) await work(mine);
});
const told = connected.done.reduce((sum, mine) => sum + mine.told.length, 0);
await all(async (n) => await connected.done.find((client) => client.n === n)?.client.close());
connections.close();
clearInterval(watching);

const emptied = performance.now();
const after = await settled(before + RETURN_MEGABYTES);
const back = (performance.now() - emptied) / 1000;
if (after > before + RETURN_MEGABYTES) {
  problems.push(`Memory is ${after.toFixed(0)} MB, and was ${before.toFixed(0)} MB before`);
}
const runs = Array.from({ length: count }, (_, n) => n).filter((n) => n % 10 < 2).length;
if (jobs.size !== runs) problems.push(`${jobs.size} jobs were told of, not ${runs}`);
const { code } = await server.stop();
if (code !== 0) problems.push(`The server ended with ${code}`);
const left = workplace.processesLeft();
if (left.length > 0) problems.push(`Processes are left: ${left.join("; ")}`);

const rate = (answers / worked.seconds).toFixed(0);
console.log(
  `${PROGRAM.args.length === 0 ? PROGRAM.command : "sources"}, Deno ${Deno.version.deno}`,
);
console.log(`
clients at once            ${connected.done.length}: ${KINDS.join(", ")} in turn
to connect                 ${connected.seconds.toFixed(1)} s
answers                    ${answers} in ${worked.seconds.toFixed(1)} s (${rate} a second)
progress notifications     ${told}
jobs                       ${jobs.size}, each told to one client
memory at the start        ${before.toFixed(0)} MB
memory at most             ${peak.toFixed(0)} MB
memory after ${back.toFixed(0).padStart(2)} s          ${after.toFixed(0)} MB
lost, crossed or kept      ${problems.length}`);
for (const problem of problems.slice(0, 20)) console.error(problem);
clearTimeout(overdue);
if (problems.length > 0) Deno.exitCode = 1;
