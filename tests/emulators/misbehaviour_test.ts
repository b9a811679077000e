import assert from "node:assert/strict";
import { childrenOf, CLI_NAMES, type CliName, type Emulation, emulator } from "./mod.ts";
import { isRunning, reading, sandbox } from "./testing.ts";

const ASK = ["exec", "--json", "say hi"];

/** A run of each CLI in its machine-readable format, with a prompt. */
const ASKS: Record<CliName, string[]> = {
  codex: ASK,
  claude: ["-p", "--output-format", "json", "say hi"],
  gemini: ["--output-format", "json", "--skip-trust", "-p", "say hi"],
  qwen: ["--output-format", "json", "say hi"],
  aider: ["--message", "say hi"],
  goose: ["run", "-q", "--output-format", "json", "-t", "say hi"],
  crush: ["run", "say hi"],
  gptme: ["-n", "--output-format", "json", "--tools", "read-only", "say hi"],
  cline: ["--json", "say hi"],
  continue: ["--format", "json", "-p", "say hi"],
  droid: ["exec", "--output-format", "json", "say hi"],
  opencode: ["run", "--format", "json", "say hi"],
};

Deno.test("an emulator prints and then hangs until it is told to end", async () => {
  await using box = await sandbox({ codex: emulator.codex().prints("half an ans").thenHangs() });

  const child = box.start("codex", ASK);
  const stdout = reading(child.stdout);
  assert.equal(await stdout.until("ans"), "half an ans");
  assert.ok(isRunning(child.pid));
  child.kill("SIGTERM");

  assert.equal((await child.status).signal, "SIGTERM");
  await Promise.all([stdout.cancel(), child.stderr.cancel()]);
  assert.deepEqual(await box.left(), []);
});

Deno.test("an emulator that ignores SIGTERM goes on after it", async () => {
  const stubborn = emulator.codex().ignoresTerm().prints("ready").waits(100).prints("still here");
  await using box = await sandbox({ codex: stubborn.thenHangs() });

  const child = box.start("codex", ASK);
  const stdout = reading(child.stdout);
  await stdout.until("ready");
  child.kill("SIGTERM");
  child.kill("SIGHUP");
  await stdout.until("still here");
  child.kill("SIGKILL");

  assert.equal((await child.status).signal, "SIGKILL");
  await Promise.all([stdout.cancel(), child.stderr.cancel()]);
  assert.deepEqual(await box.left(), []);
});

const elsewhere = Deno.build.os !== "linux";

for (const setsid of [false, true]) {
  const where = setsid ? "a session of its own" : "its parent's group";
  Deno.test(
    `a forked grandchild outlives its parent in ${where}`,
    { ignore: elsewhere },
    async () => {
      await using box = await sandbox({ codex: emulator.codex().forks({ setsid }) });

      assert.equal((await box.run("codex", ASK)).code, 0);
      const [child] = await childrenOf(box.home, "codex");

      assert.ok(child !== undefined && isRunning(child.pid));
      assert.equal(groupOf(child.pid) === child.pid, setsid);
      await ended(child.pid);
      assert.deepEqual(await box.left(), []);
    },
  );
}

Deno.test("a grandchild can hold its parent's output open", { ignore: elsewhere }, async () => {
  const holder = emulator.codex().forks({ hold_stdout: true });
  await using box = await sandbox({ codex: holder.answers("done") });

  const child = box.start("codex", ASK);
  const output = child.output();
  assert.equal((await child.status).code, 0);
  const [grandchild] = await childrenOf(box.home, "codex");
  assert.match(Deno.readLinkSync(`/proc/${grandchild!.pid}/fd/1`), /^pipe:/);
  await ended(grandchild!.pid);

  assert.match(new TextDecoder().decode((await output).stdout), /"text":"done"/);
});

Deno.test("a flood is 50 MB in lines of 1,000 bytes, the last one recognisable", async () => {
  await using box = await sandbox({ crush: emulator.crush().floods().exits(0) });

  const { stdout } = await box.run("crush", ASKS.crush);
  assert.equal(stdout.length, 50_000_000);
  assert.match(stdout.slice(-1000), /^flood end x+\n$/);
  assert.match(stdout.slice(-2000, -1000), /^flood x+\n$/);
});

for (const cli of CLI_NAMES) {
  Deno.test(`a flood of ${cli} can come before the answer or as the answer`, async () => {
    const flooding = emulator[cli]().floods({ bytes: 300_000, line: 50 }).answers("done");
    await using box = await sandbox({
      [cli]: flooding.nextCall().floods({ bytes: 300_000, line: 50, as: "answer" }),
    });

    const noise = await box.run(cli, ASKS[cli]);
    assert.equal(noise.stdout.lastIndexOf("flood end"), 300_000 - 50);
    assert.match(noise.stdout.slice(300_000), /done/);

    const answer = await box.run(cli, ASKS[cli]);
    assert.equal(answer.stdout.match(/flood x/g)!.length % 5_999, 0);
    assert.match(answer.stdout, /flood end x/);
  });
}

Deno.test("a line of 2 MB stands between two short ones", async () => {
  await using box = await sandbox({ crush: emulator.crush().printsLine().exits(0) });

  const [begin, long, end] = (await box.run("crush", ASKS.crush)).stdout.split("\n");
  assert.deepEqual([begin, long!.length, end], ["begin", 2_000_000, "end"]);
});

Deno.test("bytes that are not UTF-8 come in a line or inside the answer", async () => {
  const garbled = emulator.codex().invalidUtf8().answers("done").nextCall().invalidUtf8("answer");
  await using box = await sandbox({ codex: garbled });

  assert.match((await box.run("codex", ASK)).stdout, /^not \uFFFD\uFFFD UTF-8\n\{.*done/s);
  assert.match((await box.run("codex", ASK)).stdout, /"text":"not \uFFFD\uFFFD UTF-8"/);
});

/** How each CLI ends when its model refuses; the exit codes are in the order of KINDS. */
const KINDS = ["auth", "quota", "transient", "model"] as const;
const REFUSALS: Record<CliName, { codes: number[]; says: RegExp }> = {
  codex: { codes: [1, 1, 1, 1], says: /"turn.failed".*mock \d{3}/ },
  claude: { codes: [1, 1, 1, 1], says: /"is_error":true.*mock \d{3}/ },
  gemini: { codes: [145, 173, 247, 148], says: /"code": \d{3}/ },
  qwen: { codes: [1, 1, 1, 1], says: /error_during_execution.*mock \d{3}/ },
  aider: { codes: [0, 0, 0, 0], says: /litellm\.\w+Error/ },
  goose: { codes: [1, 0, 0, 0], says: /Ran into this error.*mock \d{3}/ },
  crush: { codes: [1, 1, 1, 1], says: /ERROR\s+\d{3}/ },
  gptme: { codes: [76, 76, 76, 76], says: /Error code: \d{3}/ },
  cline: { codes: [1, 1, 1, 1], says: /"finishReason":"error".*mock \d{3}/ },
  continue: { codes: [1, 1, 1, 1], says: /"status":"error".*mock \d{3}/ },
  droid: { codes: [1, 1, 1, 1], says: /"result":"Exec failed"/ },
  opencode: { codes: [1, 1, 1, 1], says: /"statusCode":\d{3}/ },
};

for (const cli of CLI_NAMES) {
  Deno.test(`${cli} fails in its own shape, and a failure event ends with exit code 0`, async () => {
    const [auth, quota, transient, model] = KINDS;
    const failing = emulator[cli]().fails(auth).nextCall().fails(quota).nextCall()
      .fails(transient).nextCall().fails(model).nextCall().failureEvent("all is lost");
    await using box = await sandbox({ [cli]: failing });

    for (const code of REFUSALS[cli].codes) {
      const ran = await box.run(cli, ASKS[cli]);
      assert.equal(ran.code, code);
      assert.match(ran.stdout + ran.stderr, REFUSALS[cli].says);
    }
    const ran = await box.run(cli, ASKS[cli]);
    assert.equal(ran.code, 0);
    assert.match(ran.stdout + ran.stderr, /all is lost/);
  });
}

Deno.test("an emulator ends as it is told to", async () => {
  const endings: [Emulation, { code?: number; signal?: Deno.Signal; stdout: RegExp }][] = [
    [emulator.codex().answersNothing(), { code: 0, stdout: /^$/ }],
    [emulator.codex().exits(7), { code: 7, stdout: /^$/ }],
    [emulator.codex().diesBy("SIGKILL"), { signal: "SIGKILL", stdout: /^$/ }],
    [emulator.codex().answers("so it is"), { code: 0, stdout: /"so it is".*turn\.completed/s }],
    [emulator.codex().prints("noise\n"), { code: 0, stdout: /^noise\n\{.*turn\.completed/s }],
  ];
  for (const [emulation, { code, signal = null, stdout }] of endings) {
    await using box = await sandbox({ codex: emulation });
    const ran = await box.run("codex", ASK);
    if (code !== undefined) assert.equal(ran.code, code);
    assert.equal(ran.signal, signal);
    assert.match(ran.stdout, stdout);
    assert.deepEqual(await box.left(), []);
  }
});

Deno.test("an emulator that lingers has printed its whole answer", async () => {
  await using box = await sandbox({ codex: emulator.codex().lingers() });

  const child = box.start("codex", ASK);
  const stdout = reading(child.stdout);
  await stdout.until('"type":"turn.completed"');
  assert.ok(isRunning(child.pid));
  child.kill("SIGKILL");
  await child.status;
  await Promise.all([stdout.cancel(), child.stderr.cancel()]);
});

Deno.test("text comes late and on standard error where it is asked for", async () => {
  const slow = emulator.crush().waits(10).prints("later", { to: "stderr", after_ms: 10 });
  await using box = await sandbox({ crush: slow });

  const started = performance.now();
  assert.equal((await box.run("crush", ASKS.crush)).stderr, "later");
  assert.ok(performance.now() - started >= 20);
});

Deno.test("calls that come at the same time get different steps, the last is repeated", async () => {
  const scenario = emulator.crush().exits(3).nextCall().exits(4).nextCall().answers("good");
  await using box = await sandbox({ crush: scenario });

  const runs = await Promise.all([1, 2, 3, 4].map(() => box.run("crush", ASKS.crush)));
  assert.deepEqual(runs.map(({ code }) => code).sort(), [0, 0, 3, 4]);
});

Deno.test("a line in the prompt asks for steps, behind a role's prompt too", async () => {
  await using box = await sandbox(["codex", "opencode", "gptme"]);
  const directive = '#emulate [{"print": "noise"}, {"exit": 9}]\n';

  const first = await box.run("codex", ["exec", `${directive}say hi`]);
  assert.deepEqual([first.code, first.stdout], [9, "noise"]);
  assert.equal((await box.run("opencode", ["run", `You review.\n\n${directive}say hi`])).code, 9);
  assert.equal((await box.run("gptme", ["-n"], { stdin: directive })).code, 9);
});

/** Ends a process that is no child of ours, and waits until it is gone. */
async function ended(pid: number): Promise<void> {
  Deno.kill(pid, "SIGKILL");
  const deadline = performance.now() + 10_000;
  while (isRunning(pid) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function groupOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}
