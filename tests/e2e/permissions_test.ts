import assert from "node:assert/strict";
import { callsOf, childrenOf, emulator } from "../emulators/mod.ts";
import { isRunning } from "../emulators/testing.ts";
import { healthShape } from "../../src/engine/health_shape.ts";
import { denoEnv } from "./program.ts";
import { callLine, followRaw, requestLine } from "./raw.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs the sources under a narrowed set of permissions; a binary's are fixed when it is made. */
async function narrowed(flags: string[], env: Record<string, string>, cwd: string, input: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", `--config=${ROOT}deno.json`, ...flags, `${ROOT}main.ts`],
    clearEnv: true,
    env: { ...denoEnv(), ...env },
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return {
    code,
    messages: lines.map((line) => JSON.parse(line)),
    stderr: new TextDecoder().decode(stderr),
  };
}

Deno.test("with --allow-run=codex,claude the other CLIs count as absent, and nobody is asked", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), gemini: emulator.gemini() },
  });
  const call = (id: number, args: object) => callLine(id, "exec", { prompt: "say hi", ...args });
  const { code, messages, stderr } = await narrowed(
    ["--allow-read", "--allow-write", "--allow-env", "--allow-run=codex,claude"],
    workplace.env,
    workplace.project,
    call(1, { cli: "codex" }) + call(2, { cli: "gemini" }) + call(3, { role: "analyze" }),
  );
  assert.equal(code, 0, stderr);
  const result = (id: number) =>
    messages.find((message) => message.id === id).result.structuredContent;
  assert.equal(result(1).status, "completed", JSON.stringify(result(1)));
  assert.equal(result(2).error.code, "cli_not_installed");
  assert.match(result(2).error.message, /no permission to run .*gemini/);
  assert.equal(result(3).cli, "codex");
  assert.match(result(2).error.hint, /Add "gemini" to --allow-run/);
  assert.match(result(3).attempts[0].message, /no permission/);
  assert.doesNotMatch(stderr, /allow\?|Granted|Denied/i);
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test({
  name:
    "a CLI that wants a terminal gets one by FFI, else pipes with a warning; --allow-run counts for both",
  ignore: Deno.build.os === "windows",
  async fn() {
    const profiles = { codex: { executor: "pty" }, gemini: { executor: "pty" } };
    for (
      const [flags, terminals, warnings] of [
        [["--allow-all", "--deny-ffi"], [], [
          "There is no pseudo-terminal, pipes were used instead: " +
          "aimux has no permission for FFI (--allow-ffi)",
        ]],
        [
          ["--allow-read", "--allow-write", "--allow-env", "--allow-run=codex", "--allow-ffi"],
          ["stdout", "stderr"],
          [],
        ],
      ] as const
    ) {
      await using workplace = await createWorkplace({ emulators: ["codex", "gemini"], profiles });
      const { code, messages, stderr } = await narrowed(
        [...flags],
        workplace.env,
        workplace.project,
        callLine(1, "exec", { prompt: "say hi", cli: "codex" }) +
          callLine(2, "exec", { prompt: "say hi", cli: "gemini" }),
      );
      assert.equal(code, 0, stderr);
      const result = (id: number) =>
        messages.find((message) => message.id === id).result.structuredContent;
      assert.equal(result(1).status, "completed", JSON.stringify(result(1)));
      assert.match(result(1).content, /^MOCK: say hi/);
      const told = result(1).warnings.filter((warning: string) => /terminal/.test(warning));
      assert.deepEqual(told, warnings);
      const [call] = await callsOf(workplace.home, "codex");
      assert.deepEqual(call!.terminals, terminals);
      const denied = flags.some((flag) => flag.startsWith("--allow-run="));
      assert.equal(result(2).error?.code, denied ? "cli_not_installed" : undefined);
      assert.equal((await callsOf(workplace.home, "gemini")).length, denied ? 0 : 1);
      assert.deepEqual(workplace.processesLeft(), []);
    }
  },
});

/** What the supervisor can do with each set of permissions of deno.json. */
const SETS = {
  serve: {
    reach: "group",
    limits: [],
    terminals: ["stdout", "stderr"],
    survives: [],
    warns: undefined,
    recovers: true,
  },
  no_ffi: {
    reach: "group",
    limits: [/left its CLI's group \(setsid\)/, /after 30 seconds, .* is not ended/],
    terminals: [],
    survives: ["setsid"],
    warns: /Only the CLI's process group was ended/,
    recovers: false,
  },
  sandbox: {
    reach: "child",
    limits: [/What a CLI has started goes on/, /after 30 seconds, .* is not ended/],
    terminals: [],
    survives: ["group", "setsid"],
    warns: /Only the CLI itself was ended/,
    recovers: false,
  },
} as const;

for (const [set, can] of Object.entries(SETS)) {
  Deno.test({
    name:
      `with the permissions "${set}" it ends what it can, and says in result, health and doctor what it cannot`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const family = emulator.codex().nextCall().forks().forks({ setsid: true }).thenHangs();
      await using workplace = await createWorkplace({
        emulators: { codex: family },
        profiles: { codex: { executor: "pty" } },
        config: { server: { kill_grace_seconds: 0.3 } },
      });
      const { home } = workplace;
      const ofHealth = (server: ReturnType<typeof startSet>) =>
        server.resource("aimux://health").then((health) => healthShape.parse(health));
      /** Starts a job and waits until it has both children. */
      const hang = async (server: ReturnType<typeof startSet>, children: number) => {
        const { job_id } = await server.call("exec", { prompt: "hang", cli: "codex", async: true });
        while ((await childrenOf(home, "codex")).length < children) await pause();
        const { pid } = (await callsOf(home, "codex")).at(-1)!;
        const started = (await childrenOf(home, "codex")).slice(-2);
        const left = () => started.filter(({ pid }) => isRunning(pid));
        return { job_id, pid, left };
      };

      const server = startSet(set, workplace);
      const good = await server.call("exec", { prompt: "say hi", cli: "codex" });
      assert.equal(good.status, "completed", JSON.stringify(good));
      assert.deepEqual((await callsOf(home, "codex"))[0]!.terminals, can.terminals);
      const told = good.warnings.some((text: string) => /There is no pseudo-terminal/.test(text));
      assert.equal(told, can.terminals.length === 0);

      const first = await hang(server, 2);
      await server.call("sessions", { action: "cancel", job_id: first.job_id });
      const { status, warnings } = await server.call("status", { job_id: first.job_id });
      assert.equal(status, "cancelled");
      assert.ok(!isRunning(first.pid), "the CLI itself is ended");
      const survivors = first.left();
      assert.deepEqual(survivors.map(({ setsid }) => setsid ? "setsid" : "group"), can.survives);
      const reason = warnings.find((text: string) => /^Only the CLI/.test(text));
      if (can.warns === undefined) assert.equal(reason, undefined);
      else assert.match(reason, can.warns);

      const { process_control } = await ofHealth(server);
      assert.equal(process_control.reach, can.reach);
      assert.equal(process_control.limits.length, can.limits.length);
      for (const [n, limit] of can.limits.entries()) {
        assert.match(process_control.limits[n]!, limit);
      }

      const second = await hang(server, 4);
      Deno.kill(server.pid, "SIGKILL");
      await server.ended;
      const next = startSet(set, workplace);
      const after = await next.call("status", { job_id: second.job_id });
      // Where start times are not told, only the lease tells that the server is gone.
      assert.equal(after.status, can.recovers ? "interrupted" : "running");
      assert.equal(isRunning(second.pid), !can.recovers);
      await next.end();

      const { stdout } = await runSet(set, workplace, ["doctor", "--json"]);
      assert.deepEqual(JSON.parse(stdout).process_control, process_control);
      for (const pid of [second.pid, ...[...survivors, ...second.left()].map(({ pid }) => pid)]) {
        if (isRunning(pid)) Deno.kill(pid, "SIGKILL");
      }
      while (workplace.processesLeft().length > 0) await pause();
    },
  });
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** The program under one of the sets of deno.json. */
function command(set: string, { env, project: cwd }: Workplace, args: string[] = []) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", `--config=${ROOT}deno.json`, `-P=${set}`],
      ...[`${ROOT}main.ts`, ...args],
    ],
    clearEnv: true,
    env: { ...denoEnv(), ...env },
    cwd,
    stdin: args.length > 0 ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

async function runSet(set: string, workplace: Workplace, args: string[]) {
  const { stdout } = await command(set, workplace, args).output();
  return { stdout: new TextDecoder().decode(stdout) };
}

/** A server under one of the sets. */
function startSet(set: string, workplace: Workplace) {
  const program = followRaw(command(set, workplace).spawn());
  let id = 0;
  const ask = async (method: string, params: unknown) => {
    const own = ++id;
    await program.write(requestLine(own, method, params));
    return (await program.message((message) => message.id === own)).result;
  };
  return {
    pid: program.pid,
    ended: program.ended,
    call: async (name: string, args: unknown) =>
      (await ask("tools/call", { name, arguments: args })).structuredContent,
    resource: async (uri: string) =>
      JSON.parse((await ask("resources/read", { uri })).contents[0].text),
    async end() {
      await program.end();
      await program.ended;
    },
  };
}

Deno.test("health tells which CLIs may not be run, and that only a CLI itself can be ended", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex(), gemini: emulator.gemini() },
  });
  const { code, messages, stderr } = await narrowed(
    ["--allow-read", "--allow-write", "--allow-env", "--allow-run=codex,claude"],
    workplace.env,
    workplace.project,
    requestLine(1, "resources/read", { uri: "aimux://health" }),
  );
  assert.equal(code, 0, stderr);
  const health = healthShape.parse(JSON.parse(messages[0].result.contents[0].text));
  const [codex, gemini, claude] = health.clis;
  assert.deepEqual([codex?.state, codex?.version], ["ready", "0.169.0"]);
  assert.deepEqual([gemini?.state, gemini?.fix], ["no_permission", 'Add "gemini" to --allow-run']);
  assert.equal(claude?.state, "not_installed");
  assert.equal(health.database.state, "ok");
  assert.equal(health.process_control.reach, "child");
  assert.equal(health.process_control.limits.length, 2, "no /proc either");
  assert.equal(health.status, "degraded");
  assert.match(health.warnings.join(), /Only the CLI's own process is ended.*--allow-ffi/);
  assert.deepEqual(workplace.processesLeft(), []);
});
