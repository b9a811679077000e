import assert from "node:assert/strict";
import { createLog, LOG_LEVELS } from "./log.ts";

/** A folder for logs, gone with its scope; what goes to standard error meanwhile is kept. */
function place() {
  const folder = Deno.makeTempDirSync({ prefix: "log_" });
  const told: string[] = [];
  const original = console.error;
  console.error = (text: string) => told.push(text);
  return {
    path: `${folder}/deep/er/aimux.log`,
    told,
    lines: (path = `${folder}/deep/er/aimux.log`) =>
      Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => JSON.parse(line)),
    [Symbol.dispose]() {
      console.error = original;
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

Deno.test("messages are lines of JSON with time, level and facts; less severe ones are left out", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    using at = place();
    using log = createLog(at.path, level);
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
    using log = createLog(at.path, "info");
    log.info(message);
  }
  assert.deepEqual(at.lines().map(({ message }) => message), ["first", "second"]);
});

Deno.test("nothing is opened before the first message, and without a path never", () => {
  using at = place();
  using log = createLog(at.path, "warn");
  log.info("left out");
  assert.throws(() => Deno.statSync(at.path), Deno.errors.NotFound);
  using none = createLog("", "debug");
  none.error("nowhere");
  assert.deepEqual(at.told, []);
});

Deno.test({
  name: "file and folder are the user's alone",
  ignore: Deno.build.os === "windows",
  fn() {
    using at = place();
    const umask = Deno.umask(0);
    using log = createLog(at.path, "info");
    log.info("x");
    Deno.umask(umask);
    assert.equal(Deno.statSync(at.path).mode! & 0o777, 0o600);
    assert.equal(Deno.statSync(at.path.replace(/\/[^/]*$/, "")).mode! & 0o777, 0o700);
  },
});

Deno.test("a log that cannot be written says so once and fails nobody", () => {
  using at = place();
  Deno.mkdirSync(at.path, { recursive: true });
  using log = createLog(at.path, "info");
  log.info("one");
  log.error("two");
  assert.equal(at.told.length, 1);
  assert.match(at.told[0]!, /^Cannot write the log ".*aimux\.log": /);
});

Deno.test("a fact that is no JSON does not end the log", () => {
  using at = place();
  using log = createLog(at.path, "info");
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  log.info("odd", { circle, big: 1n });
  log.info("next");
  assert.deepEqual(at.lines().map(({ message }) => message), ["odd", "next"]);
  assert.deepEqual(at.told, []);
});

Deno.test("a log tells its state: written, without a file, or failing with the problem", () => {
  using at = place();
  using log = createLog(at.path, "info");
  assert.deepEqual(log.state(), { path: at.path, level: "info", state: "ok" });
  log.info("x");
  const { bytes, state } = log.state();
  assert.deepEqual([state, bytes], ["ok", Deno.statSync(at.path).size]);

  using off = createLog("", "warn");
  assert.deepEqual(off.state(), { path: "", level: "warn", state: "off" });

  const folder = at.path.replace(/[^/]*$/, "");
  using failing = createLog(folder, "info");
  failing.info("x");
  assert.equal(failing.state().state, "failing");
  assert.match(failing.state().problem!, /^Cannot write the log ".*": /);
});
