/**
 * Measures the program as a client sees it, and prints a table beside the budgets.
 *
 *     deno task bench                                   # the sources
 *     AIMUX_TEST_BINARY=dist/aimux deno task bench      # the binary
 *
 * Nothing here asserts: speed depends on the machine.
 */
import { PROGRAM } from "../e2e/program.ts";
import { callLine, type RawProgram, requestLine, startRaw } from "../e2e/raw.ts";
import { writeProgram } from "../program_file.ts";
import { createWorkplace, type Workplace } from "../e2e/workplace.ts";

/** An instant CLI: a profile of its own and a shell script. */
async function installInstant(workplace: Workplace): Promise<void> {
  const folder = `${workplace.home}/.config/aimux/cli.d`;
  const profiles: Record<string, string> = {
    instant: "echo hi",
    // 50 MB in lines of 1 kB, as fast as the pipe takes them.
    flood: "yes $(printf %01000d 0 | tr 0 x) | head -c 50000000",
  };
  for (const [name, script] of Object.entries(profiles)) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    await Deno.writeTextFile(
      `${folder}/${name}/profile.yaml`,
      `name: ${name}\nbinary: ${name}\ncommand:\n  base: ${name}\noutput_format: text\n`,
    );
    await writeProgram(`${workplace.bin}/${name}`, `#!/bin/sh\n${script}\n`);
  }
}

const INITIALIZE = requestLine(1, "initialize", {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "bench", version: "1" },
});

/** A started program with its ids counted. */
class Session {
  #next = 1;
  constructor(readonly program: RawProgram) {}

  async request(line: (id: number) => string): Promise<void> {
    const id = ++this.#next;
    await this.program.write(line(id));
    await this.program.message((message) => message.id === id);
  }
}

async function open(workplace: Workplace): Promise<Session> {
  const program = startRaw(workplace);
  await program.write(INITIALIZE);
  await program.message(({ id }) => id === 1);
  return new Session(program);
}

async function close({ program }: Session): Promise<void> {
  await program.end();
  await program.ended;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function samples(count: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push(await timed(work));
  return times.sort((a, b) => a - b)[Math.floor(count / 2)]!;
}

function residentMegabytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const rows: [string, string, string][] = [];
const row = (what: string, value: string, budget: string) => rows.push([what, value, budget]);

await using workplace = await createWorkplace({
  config: { server: { max_concurrent_jobs: 8, sync_wait_seconds: 300 } },
});
await installInstant(workplace);

const start = await samples(15, async () => {
  const session = await open(workplace);
  // The end is not part of the start.
  void close(session);
});
row("start to initialize reply, median of 15", `${start.toFixed(0)} ms`, "3 x a bare program");

const session = await open(workplace);
const list = await samples(200, () => session.request((id) => requestLine(id, "tools/list")));
row("tools/list, median of 200", `${list.toFixed(2)} ms`, "1 ms");
row("memory after start", `${residentMegabytes(session.program.pid).toFixed(0)} MB`, "75 MB");

const direct = await samples(
  100,
  () => new Deno.Command(`${workplace.bin}/instant`, { stdout: "piped", stderr: "piped" }).output(),
);
const exec = () => session.request((id) => callLine(id, "exec", { prompt: "hi", cli: "instant" }));
await samples(20, exec);
const execTime = await samples(100, exec);
row("direct spawn, median of 100", `${direct.toFixed(2)} ms`, "");
row("exec, median of 100", `${execTime.toFixed(2)} ms`, "");
row("exec overhead", `${(execTime - direct).toFixed(2)} ms`, "2.5 ms");

const many = await timed(() => Promise.all(Array.from({ length: 2000 }, exec)));
row("2,000 concurrent execs", `${(many / 1000).toFixed(1)} s`, "9 s");
row(
  "memory after 2,000 execs",
  `${residentMegabytes(session.program.pid).toFixed(0)} MB`,
  "110 MB",
);
await close(session);

const flooded = await open(workplace);
await flooded.request((id) => callLine(id, "exec", { prompt: "hi", cli: "instant" }));
const before = residentMegabytes(flooded.program.pid);
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, residentMegabytes(flooded.program.pid));
}, 20);
const flood = await timed(() =>
  flooded.request((id) => callLine(id, "exec", { prompt: "hi", cli: "flood" }))
);
clearInterval(watch);
row("50 MB of output", `${(flood / 1000).toFixed(2)} s`, "2 s");
row("memory growth meanwhile", `${(peak - before).toFixed(0)} MB`, "100 MB");
await close(flooded);

console.log(
  `${PROGRAM.args.length === 0 ? PROGRAM.command : "sources"}, Deno ${Deno.version.deno}`,
);
console.log("");
for (const [what, value, budget] of [["what", "measured", "budget"], ...rows]) {
  console.log(`${what!.padEnd(42)} ${value!.padStart(10)}   ${budget}`);
}
