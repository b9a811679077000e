import assert from "node:assert/strict";
import { childrenOf, emulator } from "../emulators/mod.ts";
import { denoEnv, PROGRAM } from "./program.ts";
import { callLine, type Message, startRaw } from "./raw.ts";
import { startServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

const STUBBORN = emulator.codex().prints("half an ans").ignoresTerm().forks().thenHangs();

/** Starts the program by a shell that makes more of it than `exec`; `"$@"` is the program. */
function startBy(script: string, workplace: Workplace) {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", `exec 3<&0; ${script}`, "sh", PROGRAM.command, ...PROGRAM.args],
    cwd: workplace.project,
    clearEnv: true,
    env: { ...denoEnv(), ...workplace.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  return {
    shell: child.pid,
    shellEnded: child.status,
    /** The next message that it prints; undefined when nobody holds its output any more. */
    async message(): Promise<Message | undefined> {
      while (!rest.includes("\n")) {
        const { value, done } = await output.read();
        if (done) return undefined;
        rest += value;
      }
      const line = rest.slice(0, rest.indexOf("\n"));
      rest = rest.slice(line.length + 1);
      return JSON.parse(line);
    },
    async call(id: number, tool: string, args: unknown): Promise<Message> {
      await input.write(new TextEncoder().encode(callLine(id, tool, args)));
      return (await this.message())!["result"].structuredContent;
    },
    deafen: () => output.cancel(),
    async end() {
      await input.close().catch(() => {});
      await child.status;
    },
  };
}

/** A job that has printed something and has started a grandchild. */
async function underWay(
  call: (id: number, tool: string, args: unknown) => Promise<Message>,
  { home }: Workplace,
): Promise<string> {
  const { job_id } = await call(1, "exec", { prompt: "hang", cli: "codex", async: true });
  for (let id = 2;; id++) {
    const { output_bytes = 0 } = await call(id, "status", { job_id, wait_seconds: 0.1 });
    if (output_bytes > 0 && (await childrenOf(home, "codex")).length > 0) return job_id;
  }
}

function pause(milliseconds = 50): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function untilGone({ processesLeft }: Workplace): Promise<void> {
  while (processesLeft().length > 0) await pause();
}

/** What the next server tells of a job. */
async function toldLater(workplace: Workplace, job_id: string) {
  await using aimux = await startServer({ workplace });
  return await aimux.call("status", { job_id });
}

function workplaceWithStubborn() {
  return createWorkplace({
    emulators: { codex: STUBBORN },
    config: { server: { kill_grace_seconds: 0.3 } },
  });
}

Deno.test({
  name: "a server whose parent has died ends its jobs, although somebody holds its input open",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using workplace = await workplaceWithStubborn();
    const program = startBy('"$@" <&3 & wait', workplace);
    const job_id = await underWay((...args) => program.call(...args), workplace);
    Deno.kill(program.shell, "SIGKILL");
    await program.shellEnded;
    assert.equal(await program.message(), undefined, "its output is closed");
    await untilGone(workplace);
    const { status, partial_output } = await toldLater(workplace, job_id);
    assert.equal(status, "interrupted");
    assert.match(partial_output, /half an ans/);
    await program.end();
  },
});

Deno.test({
  name: "a server goes on whose launcher has left at once, or that nohup keeps alive",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using workplace = await createWorkplace({ emulators: ["codex"] });
    const [launched, kept] = [
      startBy('"$@" <&3 & exit', workplace),
      startBy('nohup "$@" <&3 & wait', workplace),
    ];
    for (const program of [launched, kept]) await program.call(1, "sessions", { action: "health" });
    Deno.kill(kept.shell, "SIGKILL");
    await kept.shellEnded;
    // The look-out would have seen it by now.
    await pause(2500);
    for (const program of [launched, kept]) {
      assert.equal((await program.call(2, "exec", { prompt: "say hi" }))["status"], "completed");
    }
    await launched.end();
    while (workplace.processesLeft().length > 1) await pause();
    const [pid] = workplace.processesLeft().map((line) => Number(line.split(" ")[0]));
    Deno.kill(pid!, "SIGHUP");
    await pause();
    assert.equal((await kept.call(3, "sessions", { action: "health" }))["action"], "health");
    await kept.end();
    await untilGone(workplace);
  },
});

Deno.test("a client that does not read any more ends the server, whose jobs are interrupted", async () => {
  await using workplace = await workplaceWithStubborn();
  const program = startBy('exec "$@" <&3', workplace);
  const job_id = await underWay((...args) => program.call(...args), workplace);
  await program.deafen();
  await program.call(9999, "sessions", { action: "health" }).catch(() => {});
  assert.equal((await program.shellEnded).code, 0);
  assert.deepEqual(workplace.processesLeft(), []);
  assert.equal((await toldLater(workplace, job_id)).status, "interrupted");
  await program.end();
});

Deno.test("a second signal does not keep the server from writing down how its jobs ended", async () => {
  await using workplace = await workplaceWithStubborn();
  const program = startRaw(workplace);
  const call = async (id: number, tool: string, args: unknown) => {
    await program.write(callLine(id, tool, args));
    return (await program.message((message) => message.id === id)).result.structuredContent;
  };
  const job_id = await underWay(call, workplace);
  for (const signal of ["SIGTERM", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
    Deno.kill(program.pid, signal);
    await pause(20);
  }
  assert.equal((await program.ended).code, 0);
  assert.deepEqual(workplace.processesLeft(), []);
  assert.equal((await toldLater(workplace, job_id)).status, "interrupted");
  await program.end().catch(() => {});
});

Deno.test("a signal while the server starts ends it, and leaves a database that can be used", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  for (const milliseconds of [0, 100, 200, 300, 400]) {
    const program = startRaw(workplace);
    await program.write(callLine(1, "exec", { prompt: "say hi", async: true })).catch(() => {});
    await pause(milliseconds);
    Deno.kill(program.pid, "SIGTERM");
    const { code } = await program.ended;
    assert.ok([0, 143].includes(code), `exit code ${code} after ${milliseconds} ms`);
    await program.end().catch(() => {});
  }
  assert.deepEqual(workplace.processesLeft(), []);
  await using aimux = await startServer({ workplace });
  const result = await aimux.call("exec", { prompt: "say hi" });
  assert.equal(result.status, "completed", result.text);
});
