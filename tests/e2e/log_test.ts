import assert from "node:assert/strict";
import { callsOf, emulator } from "../emulators/mod.ts";
import { callLine, requestLine, runRaw, startRaw } from "./raw.ts";
import { startServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

/** A line of the log. */
// deno-lint-ignore no-explicit-any -- tests read fields whose presence is what they test
type Line = Record<string, any>;

async function logOf({ home }: Workplace, suffix = ""): Promise<Line[]> {
  const text = await Deno.readTextFile(`${home}/.config/aimux/aimux.log${suffix}`);
  assert.ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** One process: to find out what a server speaks, a client may start another before. */
const start = (workplace: Workplace) => startServer({ workplace, era: "legacy" });

const PROMPT = "compare apples with pears";

Deno.test("the log tells start, jobs and stop, and never what was asked or answered", async () => {
  await using workplace = await createWorkplace({
    emulators: {
      codex: emulator.codex().answers("pears win").nextCall().fails("quota"),
    },
  });
  const aimux = await start(workplace);
  const job = await aimux.call("exec", { prompt: PROMPT, role: "review" });
  const failed = await aimux.call("exec", { prompt: PROMPT, role: "coding" });
  await aimux.stop();
  const lines = await logOf(workplace);
  assert.deepEqual(lines.map(({ level, message }) => `${level} ${message}`), [
    "info Started",
    "info Job started",
    "info Job ended",
    "info Job started",
    "info Job ended",
    "info Stopping",
    "info Stopped",
  ]);
  for (const line of lines) assert.equal(new Date(line.time).toISOString(), line.time);
  const [started, jobStarted, jobEnded, , failedEnd, stopping] = lines;
  assert.equal(started!.pid, aimux.pid);
  const facts = { job: job.job_id, cli: "codex", role: "review" };
  for (const [key, value] of Object.entries(facts)) {
    assert.equal(jobStarted![key], value);
    assert.equal(jobEnded![key], value);
  }
  assert.deepEqual([jobEnded!.status, jobEnded!.exit_code], ["completed", 0]);
  assert.ok(jobEnded!.duration_ms > 0);
  assert.deepEqual([failedEnd!.job, failedEnd!.status, failedEnd!.code], [
    failed.job_id,
    "failed",
    "quota",
  ]);
  assert.equal(failedEnd!.model, "gpt-5.3-codex");
  assert.equal(stopping!.why, "end of input");
});

Deno.test("at debug the log tells routing, calls and arguments, and still not the prompt", async () => {
  await using workplace = await createWorkplace({
    emulators: ["claude"],
    config: { server: { log_level: "debug" } },
  });
  const aimux = await start(workplace);
  await aimux.call("exec", { prompt: PROMPT, role: "review" });
  await aimux.call("exec", { prompt: "" });
  await aimux.stop();
  const lines = await logOf(workplace);
  const of = (message: string) => lines.find((line) => line.message === message) ?? {};
  assert.deepEqual(of("Another CLI takes the job").passed_over[0], "codex: cli_not_installed");
  assert.equal(of("Another CLI takes the job").level, "warn");
  const { args, variables, command } = of("CLI started");
  assert.equal(command, `${workplace.bin}/claude`);
  const [call] = await callsOf(workplace.home, "claude");
  assert.ok(call!.prompt!.endsWith(PROMPT));
  assert.ok(args.includes(`<prompt, ${call!.prompt!.length} characters>`), args);
  assert.ok(variables.includes("HOME"));
  assert.equal(of("Tool refused").code, "invalid_input");
  assert.doesNotMatch(JSON.stringify(lines), /apples|MOCK/);
});

Deno.test("servers that share a full log rotate it together, privately, and lose nothing", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: { server: { log_level: "debug", log_max_mb: 0.01, log_files: 50 } },
  });
  const jobs: string[] = [];
  const servers = await Promise.all([1, 2, 3].map(() => start(workplace)));
  await Promise.all(servers.map(async (server) => {
    for (let n = 0; n < 5; n++) {
      jobs.push((await server.call("exec", { prompt: "say hi", cli: "codex" })).job_id);
    }
  }));
  await Promise.all(servers.map((server) => server.stop()));

  const folder = `${workplace.home}/.config/aimux`;
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith("aimux.log"));
  assert.ok(names.length > 2, names.join(", "));
  const lines = (await Promise.all(
    names.map((name) => logOf(workplace, name.slice("aimux.log".length))),
  )).flat();
  for (const message of ["Job queued", "Job started", "CLI started", "Job ended"]) {
    const logged = lines.filter((line) => line.message === message).map(({ job }) => job);
    assert.deepEqual(logged.sort(), jobs.toSorted(), message);
  }
  assert.equal(lines.filter(({ message }) => message === "Stopped").length, 3);
  if (Deno.build.os === "windows") return;
  for (const name of names) {
    assert.equal(Deno.statSync(`${folder}/${name}`).mode! & 0o777, 0o600, name);
  }
});

Deno.test({
  name: "what aimux keeps is the user's alone, also where it was not before",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using workplace = await createWorkplace({ emulators: ["codex"] });
    const folder = `${workplace.home}/.config/aimux`;
    await Deno.mkdir(folder, { recursive: true });
    for (const name of ["aimux.log", "sessions.db"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
      await Deno.chmod(`${folder}/${name}`, 0o644);
    }
    await Deno.chmod(folder, 0o755);
    await using aimux = await start(workplace);
    await aimux.call("exec", { prompt: "say hi", cli: "codex" });
    const modes = [...walk(folder)].map(([path, mode]) => [path, mode.toString(8)]);
    assert.ok(modes.length > 6, String(modes));
    for (const [path, mode] of modes) {
      assert.equal(mode, Deno.statSync(path!).isDirectory ? "700" : "600", path);
    }
  },
});

function* walk(path: string): Generator<[string, number]> {
  const { mode, isDirectory } = Deno.statSync(path);
  yield [path, mode! & 0o777];
  if (!isDirectory) return;
  for (const { name } of Deno.readDirSync(path)) yield* walk(`${path}/${name}`);
}

Deno.test("a log that cannot be written is told once and in the health, and stops nobody", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: { server: { log_file: "aimux.log.d" } },
  });
  const path = `${workplace.home}/.config/aimux/aimux.log.d`;
  await Deno.mkdir(path, { recursive: true });
  const program = startRaw(workplace);
  await program.write(callLine(1, "exec", { prompt: "say hi", cli: "codex" }));
  const { result } = await program.message(({ id }) => id === 1);
  assert.equal(result.structuredContent.status, "completed");
  await program.write(requestLine(2, "resources/read", { uri: "aimux://health" }));
  const read = await program.message(({ id }) => id === 2);
  const { log } = JSON.parse(read["result"].contents[0].text);
  assert.deepEqual([log.state, log.path], ["failing", path]);
  await Deno.remove(path);
  await program.end();
  const { stderr } = await program.ended;
  assert.equal(stderr.split("Cannot write the log").length - 1, 1, stderr);
  const [loss, stopping] = (await Deno.readTextFile(path)).split("\n").map((line) =>
    JSON.parse(line || "{}")
  );
  assert.deepEqual([loss.message, loss.lost, stopping.message], [
    "Messages were lost",
    3,
    "Stopping",
  ]);
});

Deno.test("a log on the standard output is refused: it belongs to the protocol", async () => {
  await using workplace = await createWorkplace();
  const { code, messages, stderr } = await runRaw(workplace, requestLine(1, "tools/list"), {
    env: { AIMUX_SERVER_LOG_FILE: "/dev/stdout", AIMUX_SERVER_LOG_LEVEL: "debug" },
  });
  assert.deepEqual([code, messages.length], [0, 1]);
  assert.match(stderr, /Cannot write the log "\/dev\/stdout": /);
});
