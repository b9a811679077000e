import assert from "node:assert/strict";
import { createLog, LOG_LEVELS, type LogOptions } from "./log.ts";
import { createRedactor } from "./redact.ts";

/** A folder for logs, gone with its scope; what goes to standard error meanwhile is kept. */
function place() {
  const folder = Deno.makeTempDirSync({ prefix: "log_" });
  const told: string[] = [];
  const original = console.error;
  console.error = (text: string) => told.push(text);
  const path = `${folder}/deep/er/aimux.log`;
  return {
    folder,
    path,
    told,
    open: (options: Partial<LogOptions> = {}) =>
      createLog({ path, level: "info", redact: createRedactor({}), ...options }),
    lines: () => Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line)),
    [Symbol.dispose]() {
      console.error = original;
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

Deno.test("messages are lines of JSON with time, level and facts; less severe ones are left out", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    using at = place();
    using log = at.open({ level });
    for (const severity of LOG_LEVELS) log[severity]("It\nhappened", { job: "job_1" });
    const lines = at.lines();
    assert.deepEqual(lines.map(({ level }) => level), LOG_LEVELS.slice(index));
    assert.match(lines[0].time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual([lines[0].message, lines[0].job], ["It\nhappened", "job_1"]);
  }
});

Deno.test("a log goes on where an earlier one ended", () => {
  using at = place();
  for (const message of ["first", "second"]) {
    using log = at.open();
    log.info(message);
  }
  assert.deepEqual(at.lines().map(({ message }) => message), ["first", "second"]);
});

Deno.test("nothing is opened before the first message, and without a path never", () => {
  using at = place();
  using log = at.open({ level: "warn" });
  log.info("left out");
  assert.throws(() => Deno.statSync(at.path), Deno.errors.NotFound);
  using none = at.open({ path: "", level: "debug" });
  none.error("nowhere");
  assert.deepEqual(at.told, []);
});

Deno.test({
  name: "file and folder are the user's alone",
  ignore: Deno.build.os === "windows",
  fn() {
    using at = place();
    const umask = Deno.umask(0);
    using log = at.open();
    log.info("x");
    Deno.umask(umask);
    assert.equal(Deno.statSync(at.path).mode! & 0o777, 0o600);
    assert.equal(Deno.statSync(at.path.replace(/\/[^/]*$/, "")).mode! & 0o777, 0o700);
  },
});

Deno.test("a log that cannot be written says so once and fails nobody", () => {
  using at = place();
  Deno.mkdirSync(at.path, { recursive: true });
  using log = at.open();
  log.info("one");
  log.error("two");
  assert.equal(at.told.length, 1);
  assert.match(at.told[0]!, /^Cannot write the log ".*aimux\.log": /);
});

Deno.test("a log that can be written again says how many messages were lost, and goes on", () => {
  using at = place();
  Deno.mkdirSync(at.path, { recursive: true });
  using log = at.open();
  log.info("one");
  log.error("two");
  assert.equal(log.state().state, "failing");
  Deno.removeSync(at.path);
  log.info("three");
  const [loss, next] = at.lines();
  assert.deepEqual([loss.level, loss.message, loss.lost], ["warn", "Messages were lost", 2]);
  assert.match(loss.problem, /^Cannot write the log/);
  assert.equal(next.message, "three");
  assert.deepEqual([log.state().state, log.state().problem], ["ok", undefined]);
});

Deno.test("at its end a log tells of messages that were lost since the last that was not", () => {
  using at = place();
  Deno.mkdirSync(at.path, { recursive: true });
  const log = at.open();
  log.info("one");
  Deno.removeSync(at.path);
  log[Symbol.dispose]();
  log.info("after the end");
  assert.deepEqual(at.lines().map(({ message, lost }) => [message, lost]), [
    ["Messages were lost", 1],
  ]);
});

Deno.test("a folder that was removed is made again", () => {
  using at = place();
  using log = at.open();
  log.info("one");
  Deno.removeSync(`${at.folder}/deep`, { recursive: true });
  log.info("two");
  assert.deepEqual(at.lines().map(({ message }) => message), ["two"]);
});

Deno.test("no fact ends the log, be it round, huge, unreadable or named like the line's own", () => {
  using at = place();
  using log = at.open();
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  log.info("odd", { circle, big: 1n });
  log.info("huge", { text: "x".repeat(1_000_000) });
  log.info("unreadable", {
    get it() {
      throw new Error("not today");
    },
  });
  log.info("deep {it}", {
    it: {
      toJSON: () => {
        throw new Error("not here either");
      },
    },
  });
  log.info("own", { time: 1, level: 2, message: 3, mine: 4 });
  const lines = at.lines();
  assert.deepEqual(lines.map(({ message }) => message), [
    "odd",
    "huge",
    "unreadable",
    "deep {it}",
    "own",
  ]);
  assert.ok(Deno.statSync(at.path).size < 100_000);
  assert.match(lines[2].unreadable, /not today/);
  assert.match(lines[3].unreadable, /not here either/);
  assert.deepEqual([lines[4].level, lines[4].mine], ["info", 4]);
  assert.deepEqual(at.told, []);
});

Deno.test("secrets are in neither message nor facts", () => {
  using at = place();
  using log = at.open({ redact: createRedactor({ MY_TOKEN: "correct horse" }) });
  log.warn("sent correct horse", { argv: ["--key", "correct horse"], api_key: "abc" });
  assert.doesNotMatch(Deno.readTextFileSync(at.path), /correct horse|abc/);
  const [line] = at.lines();
  assert.equal(line.message, "sent [redacted]");
  assert.deepEqual([line.argv, line.api_key], [["--key", "[redacted]"], "[redacted]"]);
});

Deno.test("two logs of one process do not mix, and the end of one is not that of the other", () => {
  using at = place();
  using other = place();
  const first = at.open();
  using second = other.open({ level: "debug" });
  first.info("first");
  second.debug("second");
  first[Symbol.dispose]();
  second.debug("second again");
  assert.deepEqual(at.lines().map(({ message }) => message), ["first"]);
  assert.deepEqual(other.lines().map(({ message }) => message), ["second", "second again"]);
});

Deno.test("what was logged is on disk however the process ends, and nothing is printed", async (t) => {
  const ways = { "exit": "Deno.exit(3)", "crash": "throw new Error('now')", "end": "" };
  for (const [way, statement] of Object.entries(ways)) {
    await t.step(way, async () => {
      using at = place();
      const { stdout } = await run(at.folder, `log.info("last words"); ${statement}`, at.path);
      assert.equal(stdout, "");
      assert.deepEqual(at.lines().map(({ message }) => message), ["last words"]);
    });
  }
});

Deno.test({
  name: "the standard output is never written to, under whatever name",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    using at = place();
    for (const path of ["/dev/stdout", "/dev/fd/1", `${at.folder}/stdout.txt`]) {
      await t.step(path, async () => {
        const program = 'log.info("x"); console.error(log.state().state);';
        const { stdout, stderr } = await run(at.folder, program, path, `${at.folder}/stdout.txt`);
        assert.equal(stdout, "");
        assert.match(stderr, /Cannot write the log .*\nfailing\n$/);
        assert.equal(Deno.readTextFileSync(`${at.folder}/stdout.txt`), "");
      });
    }
  },
});

/** Runs statements with a `log` in a process of their own. */
async function run(folder: string, statements: string, path: string, stdoutFile?: string) {
  const script = `${folder}/program.ts`;
  Deno.writeTextFileSync(
    script,
    `import { createLog } from "${new URL("./log.ts", import.meta.url)}";
    import { createRedactor } from "${new URL("./redact.ts", import.meta.url)}";
    const log = createLog({
      path: ${JSON.stringify(path)}, level: "info", redact: createRedactor({}),
    });
    ${statements}`,
  );
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const args = ["run", "-A", "--quiet", "--no-check", `--config=${config}`, script];
  const shell = `exec "$0" "$@"${stdoutFile ? ` > '${stdoutFile}'` : ""}`;
  const { stdout, stderr } =
    await (stdoutFile
      ? new Deno.Command("/bin/sh", { args: ["-c", shell, Deno.execPath(), ...args] })
      : new Deno.Command(Deno.execPath(), { args })).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("a log tells its state: written, without a file, or failing with the problem", () => {
  using at = place();
  using log = at.open();
  assert.deepEqual(log.state(), { path: at.path, level: "info", state: "ok" });
  log.info("x");
  const { bytes, state } = log.state();
  assert.deepEqual([state, bytes], ["ok", Deno.statSync(at.path).size]);

  using off = at.open({ path: "", level: "warn" });
  assert.deepEqual(off.state(), { path: "", level: "warn", state: "off" });

  const folder = at.path.replace(/[^/]*$/, "");
  using failing = at.open({ path: folder });
  failing.info("x");
  assert.equal(failing.state().state, "failing");
  assert.match(failing.state().problem!, /^Cannot write the log ".*": /);
});
