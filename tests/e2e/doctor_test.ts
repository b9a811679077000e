import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type DoctorReport, doctorShape } from "../../src/commands/doctor/report.ts";
import { ACTING, shownOf } from "../../src/commands/testing.ts";
import { displayWidth } from "../../src/lib/terminal/display_width.ts";
import { callsOf, emulator } from "../emulators/mod.ts";
import { writeProgram } from "../program_file.ts";
import { PYTHON, runCommand, startCommand, startOnTerminal } from "./command.ts";
import { denoEnv } from "./program.ts";
import { startServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

/** The report as JSON, checked against its shape. */
async function report(
  workplace: Workplace,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<DoctorReport & { code: number }> {
  const { code, stdout, stderr } = await runCommand(workplace, ["doctor", "--json", ...args], {
    env,
  });
  assert.equal(stderr, "");
  return { ...doctorShape.parse(JSON.parse(stdout)), code };
}

Deno.test("doctor tells of each CLI where it is, its version, and what to do", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "claude"] });
  const { code, stdout, stderr } = await runCommand(workplace, ["doctor"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.doesNotMatch(stdout, ACTING);
  const { bin } = workplace;
  assert.match(
    stdout,
    new RegExp(
      `^cli codex: ready, 0\\.169\\.0, ${bin}/codex, ` +
        'logged in \\("codex login status" says so\\), runs: codex exec --json .*-- PROMPT$',
      "m",
    ),
  );
  assert.match(stdout, /^cli qwen: not installed, Install it with: npm install -g @qwen-code/m);
  assert.match(stdout, /^role coding: codex, model gpt-5\.3-codex$/m);
  assert.match(stdout, /^role research: codex, advises only, passed over: gemini$/m);
  assert.match(stdout, /^database state: absent, made when it is first needed$/m);
  assert.match(stdout, /^config server\.max_queue: 5000, from built-in default$/m);
  assert.match(stdout, /^permission run: granted, /m);
  assert.match(stdout, /^aimux state: ok$/m);

  assert.throws(() => Deno.statSync(`${workplace.home}/.config`), Deno.errors.NotFound);
  assert.ok((await callsOf(workplace.home, "codex")).length <= 1, "asked for its version alone");
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test("doctor --json has all of it, and says the same", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex", "crush"],
    config: { server: { log_level: "debug" }, roles: { coding: { cli: "crush" } } },
    env: { AIMUX_SERVER_MAX_QUEUE: "77", AIMUX_AUTH_TOKEN: "correct-horse-battery" },
  });
  const doctor = await report(workplace);
  assert.deepEqual([doctor.code, doctor.status, doctor.problems], [0, "ok", []]);
  const [codex] = doctor.clis;
  assert.deepEqual(
    [codex?.version_support, codex?.checked_version, codex?.logged_in, codex?.login_by],
    ["checked", "0.169.0", "yes", '"codex login status" says so'],
  );
  const run = ["run", "PROMPT", "--cli", "codex", "--dry-run", "--json"];
  const { argv } = JSON.parse((await runCommand(workplace, run)).stdout);
  assert.deepEqual(codex?.argv, argv, "what a dry run tells");
  const crush = doctor.clis.find(({ name }) => name === "crush");
  assert.deepEqual([crush?.version_support, crush?.logged_in], ["unknown", "unknown"]);
  const user = `${workplace.home}/.config/aimux/config.yaml`;
  const origin = (key: string) => doctor.config.values.find((value) => value.key === key)?.origin;
  assert.match(origin("server.log_level")!, new RegExp(`^${user}:1:\\d+$`));
  assert.equal(origin("server.max_queue"), "AIMUX_SERVER_MAX_QUEUE");
  assert.equal(origin("server.max_depth"), "built-in default");
  assert.equal(doctor.roles.find(({ name }) => name === "coding")?.cli, "crush");
  const token = doctor.environment.find(({ name }) => name === "AIMUX_AUTH_TOKEN");
  assert.equal(token?.value, "[redacted]");
  assert.deepEqual(doctor.permissions.map(({ name }) => name), [
    ...["read", "write", "net", "env", "sys", "run", "ffi", "import"],
  ]);
  assert.ok(doctor.permissions.every(({ state }) => state === "granted"));
  if (Deno.build.os === "linux") assert.deepEqual(doctor.pseudo_terminal, { available: true });
});

Deno.test("doctor tells of a CLI that is too old or not logged in, and what to do", async () => {
  await using workplace = await createWorkplace({ env: { GEMINI_API_KEY: "mock-key" } });
  await writeProgram(
    `${workplace.bin}/codex`,
    "#!/bin/sh\n[ $1 = login ] && exit 1\necho 0.99.0\n",
  );
  await writeProgram(`${workplace.bin}/cline`, "#!/bin/sh\necho 2.4.1\n");
  await writeProgram(`${workplace.bin}/gemini`, "#!/bin/sh\necho 0.61.0\n");
  const doctor = await report(workplace);
  assert.deepEqual([doctor.code, doctor.status], [0, "degraded"]);
  const told = (name: string) => {
    const cli = doctor.clis.find((each) => each.name === name);
    return [cli?.version_support, cli?.logged_in, cli?.login_by];
  };
  assert.deepEqual(told("codex"), ["untested", "no", '"codex login status" says so']);
  assert.deepEqual(told("cline"), ["too_old", "unknown", undefined]);
  assert.deepEqual(told("gemini"), ["checked", "yes", "GEMINI_API_KEY is set"]);
  assert.deepEqual(doctor.warnings, [
    'codex is not logged in: "codex login status" says so. Log in: codex login',
    "cline 2.4.1 is older than 3.0, the lowest that is known to work. " +
    "Update it: npm install -g cline",
  ]);
  const { stdout } = await runCommand(workplace, ["doctor"]);
  assert.match(
    stdout,
    /^cli codex: ready, 0\.99\.0 \(untested\), .*, not logged in .*, to log in: /m,
  );
  assert.match(stdout, /^cli cline: ready, 2\.4\.1 \(too old\), .*, login unknown, to log in: /m);
  assert.doesNotMatch(stdout, /mock-key/);
});

Deno.test("without any CLI doctor says how to install each, and that nothing can run", async () => {
  await using workplace = await createWorkplace();
  const doctor = await report(workplace);
  assert.deepEqual([doctor.code, doctor.status], [1, "unusable"]);
  assert.ok(doctor.clis.length >= 12);
  assert.ok(doctor.clis.every(({ usable, fix }) => !usable && fix));
  assert.match(doctor.problems.join(), /No AI CLI can be started.*npm install -g @openai\/codex/);
  assert.match(doctor.roles[0]!.problem!, /No AI CLI can be started/);
});

Deno.test("doctor works where the configuration is broken, and tells each mistake", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const folder = `${workplace.home}/.config/aimux`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/config.yaml`, "server:\n  log_levl: debug\n");
  const doctor = await report(workplace, [], { AIMUX_SERVER_MAX_DEPTH: "deep" });
  assert.deepEqual([doctor.code, doctor.status, doctor.config.state], [1, "unusable", "broken"]);
  assert.ok(doctor.problems[0]!.startsWith(`${folder}/config.yaml:2:3 Unknown key`));
  assert.match(doctor.problems[1]!, /^AIMUX_SERVER_MAX_DEPTH .*"deep"/);
  assert.equal(doctor.database, undefined);
  assert.equal(doctor.clis.find(({ name }) => name === "codex")?.version, "0.169.0");
  const { code, stdout } = await runCommand(workplace, ["doctor"], {
    env: { AIMUX_CONFIG_DIR: "/no/such/folder" },
  });
  assert.equal(code, 1);
  assert.match(stdout, /^problem: AIMUX_CONFIG_DIR No such folder "\/no\/such\/folder"/m);
});

Deno.test("a broken profile is a warning with file and line; the other CLIs can be used", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "gemini"] });
  const folder = `${workplace.home}/.config/aimux/cli.d/codex`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/profile.yaml`, "name: codex\nbinry: codex\n");
  const doctor = await report(workplace);
  assert.deepEqual([doctor.code, doctor.status], [0, "degraded"]);
  const codex = doctor.clis.find(({ name }) => name === "codex");
  assert.equal(codex?.state, "broken_profile");
  assert.match(codex.problem!, /cli\.d\/codex\/profile\.yaml:2:1 .*Did you mean "binary"\?/);
  assert.match(doctor.warnings.join("\n"), /profile\.yaml:2:1/);
});

Deno.test("a role whose own prompt is broken is a warning", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const folder = `${workplace.project}/.aimux/prompts.d/roles`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/debug.md`, "{% if %}\n");
  const doctor = await report(workplace);
  assert.deepEqual([doctor.code, doctor.status], [0, "degraded"]);
  assert.match(doctor.warnings.join("\n"), /^Role debug cannot be used: .*debug\.md/m);
});

Deno.test("a database that cannot be used is told, in whatever way", async (t) => {
  const ways: Record<string, (path: string) => Promise<void>> = {
    "a folder in its place": (path) => Deno.mkdir(path, { recursive: true }),
    "a file in place of its folder": (path) => Deno.writeTextFile(path.replace(/\/[^/]*$/, ""), ""),
    "of a newer aimux": async (path) => {
      await Deno.mkdir(path.replace(/\/[^/]*$/, ""));
      const newer = new DatabaseSync(path);
      newer.exec("CREATE TABLE later (a TEXT); PRAGMA user_version = 999");
      newer.close();
    },
  };
  for (const [name, spoil] of Object.entries(ways)) {
    await t.step(name, async () => {
      await using workplace = await createWorkplace({ emulators: ["codex"] });
      const path = `${workplace.home}/data/sessions.db`;
      await spoil(path);
      const doctor = await report(workplace, [], { AIMUX_SERVER_DB_PATH: path });
      assert.deepEqual([doctor.code, doctor.database?.state], [1, "failing"]);
      assert.match(doctor.problems.join(), new RegExp(`No prompt can be run: .*"${path}"`));
    });
  }
});

Deno.test("a damaged database is put aside, and doctor tells it as long as the file lies there", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const path = `${workplace.home}/sessions.db`;
  await Deno.writeTextFile(path, "not a database ".repeat(100));
  for (const _ of [1, 2]) {
    const doctor = await report(workplace, [], { AIMUX_SERVER_DB_PATH: path });
    assert.deepEqual([doctor.code, doctor.status, doctor.database?.state], [0, "degraded", "ok"]);
    assert.match(
      doctor.warnings.join(),
      /was damaged\. It was put aside as ".*sessions\.db\.corrupt-/,
    );
    assert.ok(doctor.storage!.total_bytes > 0);
  }
});

Deno.test("doctor tells who uses the database, and leaves it as it is", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().thenHangs() },
  });
  await using aimux = await startServer({ workplace });
  const { job_id } = await aimux.call("exec", { prompt: "go", cli: "codex", async: true });
  while ((await aimux.call("status", { job_id })).status !== "running");
  const doctor = await report(workplace);
  assert.deepEqual([doctor.database?.state, doctor.database?.journal_mode], ["ok", "wal"]);
  assert.deepEqual(doctor.servers, [{ pid: aimux.pid, this_server: false }]);
  assert.equal(doctor.jobs?.running, 1);
  assert.equal((await aimux.call("status", { job_id })).status, "running");
  await aimux.call("sessions", { action: "cancel", job_id });
});

Deno.test("doctor looks at the project of a folder", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "gemini"] });
  const project = `${workplace.home}/project`;
  await Deno.mkdir(`${project}/.aimux`, { recursive: true });
  const file = `${project}/.aimux/config.yaml`;
  const write = (text: string) => Deno.writeTextFile(file, text);
  await write("roles:\n  coding: {cli: gemini}\nserver:\n  db_path: /x\n");
  const doctor = await report(workplace, ["--cwd", project]);
  assert.equal(doctor.roles.find(({ name }) => name === "coding")?.cli, "gemini");
  assert.match(doctor.warnings.join(), /config\.yaml:4:12 Ignored "server\.db_path"/);
  assert.equal(doctor.code, 0);
  const elsewhere = await report(workplace);
  assert.equal(elsewhere.roles.find(({ name }) => name === "coding")?.cli, "codex");

  await write("roles:\n  coding: {clii: gemini}\n");
  const broken = await report(workplace, ["--cwd", "../home/project"]);
  assert.deepEqual([broken.code, broken.config.project.state], [1, "broken"]);
  assert.match(broken.problems.join(), /config\.yaml:2:12 /);
  const refused = await runCommand(workplace, ["doctor", "--cwd", "/no/such"]);
  assert.deepEqual(refused, { code: 2, stdout: "", stderr: 'cwd "/no/such" does not exist\n' });
});

Deno.test("doctor tells which permissions are narrowed, and what that means", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex", "gemini"] });
  const root = new URL("../../", import.meta.url).pathname;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", `--config=${root}deno.json`],
      ...["--allow-read", "--allow-write", "--allow-env", "--allow-run=codex,claude"],
      ...[`${root}main.ts`, "doctor", "--json"],
    ],
    clearEnv: true,
    env: { ...denoEnv(), ...workplace.env },
    cwd: workplace.project,
    stdin: "null",
  }).output();
  const doctor = doctorShape.parse(JSON.parse(new TextDecoder().decode(stdout)));
  assert.deepEqual([code, doctor.status], [0, "degraded"]);
  const states = Object.fromEntries(doctor.permissions.map(({ name, state }) => [name, state]));
  assert.deepEqual(states, {
    ...{ read: "granted", write: "granted", net: "denied", env: "granted", sys: "denied" },
    ...{ run: "narrowed", ffi: "denied", import: "denied" },
  });
  const run = doctor.permissions.find(({ name }) => name === "run");
  assert.ok(run?.allowed?.includes(`${workplace.bin}/codex`));
  const gemini = doctor.clis.find(({ name }) => name === "gemini");
  assert.deepEqual([gemini?.state, gemini?.fix], [
    "no_permission",
    'Add "gemini" to --allow-run',
  ]);
  assert.equal(doctor.process_control.reach, "child");
  assert.match(doctor.pseudo_terminal.problem!, /--allow-ffi/);
});

Deno.test("on a terminal doctor prints tables that fit, elsewhere and with NO_COLOR lines", {
  ignore: PYTHON === undefined,
}, async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const seen = await startOnTerminal(workplace, ["doctor"], { columns: 72 }).ended;
  assert.equal(seen.code, 0);
  assert.ok(seen.stdout.includes("\x1b[1mCLIs\x1b[22m"));
  const shown = shownOf(seen.stdout);
  assert.ok(shown.every((line) => displayWidth(line) < 72));
  const [head, codex] = ["  CLI ", "  codex "].map((start) =>
    shown.find((line) => line.startsWith(start))!
  );
  assert.equal(head!.indexOf("STATE"), codex!.indexOf("ready"));
  assert.equal(head!.indexOf("VERSION"), codex!.indexOf("0.169.0"));

  const env = { NO_COLOR: "1" };
  const plain = await startOnTerminal(workplace, ["doctor"], { env }).ended;
  assert.ok(!plain.stdout.includes("\x1b"));
  assert.match(plain.stdout, /^cli codex: ready, /m);
});

Deno.test("Ctrl+C ends doctor and the CLIs that it asks for their versions", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using workplace = await createWorkplace();
  await writeProgram(
    `${workplace.bin}/codex`,
    `#!/bin/sh\n: > "${workplace.home}/asked"\nsleep 60\n`,
  );
  const doctor = startCommand(workplace, ["doctor"]);
  while (!await Deno.stat(`${workplace.home}/asked`).catch(() => undefined)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  doctor.kill("SIGINT");
  const { code, stdout } = await doctor.ended;
  assert.deepEqual([code, stdout], [130, ""]);
  assert.deepEqual(workplace.processesLeft(), []);
});
