import assert from "node:assert/strict";
import { type Libc, openLibc } from "./posix/libc.ts";
import { openLibrary } from "./library.ts";
import { createTestPtyLauncher, type TestLauncher, testLauncher } from "./testing.ts";

const linux = Deno.build.os === "linux";

/** A test on pseudo-terminals. */
function terminalTest(
  name: string,
  fn: (at: TestLauncher) => Promise<void>,
  { ignore = Deno.build.os === "windows" } = {},
): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      await using at = testLauncher({ create: createTestPtyLauncher });
      await fn(at);
    },
  });
}

terminalTest(
  "standard output and standard error are a terminal, standard input is not",
  async (at) => {
    const process = at.start("for n in 0 1 2; do test -t $n && echo $n; done");
    await process.ended;
    assert.equal(process.stdout(), "1\n2\n");
  },
);

terminalTest("the terminal is wide, belongs to the process and echoes nothing", async (at) => {
  const process = at.start("stty size </dev/tty; cat >/dev/null; ps -o tty= -o stat= -p $$", {
    stdin: "a prompt\nof two lines\n",
  });
  await process.ended;
  const [size, owner, ...more] = process.stdout().split("\n");
  assert.equal(size, "50 200");
  assert.match(owner!, /^pts\/\d+ +Ss\+/);
  assert.deepEqual(more, [""]);
}, { ignore: !linux });

terminalTest("what is printed arrives byte for byte", async (at) => {
  const process = at.start("printf 'a\\tb\\nc\\r\\nd\\r\\033[1m\\004\\000\\377'");
  await process.ended;
  const bytes = Deno.readFileSync(`${at.folder}/0.stdout`);
  assert.equal(String.fromCharCode(...bytes), "a\tb\nc\r\nd\r\x1b[1m\x04\0\xff");
});

terminalTest("who asks on the terminal is not left waiting", async (at) => {
  const process = at.start(
    "printf 'Password: ' >/dev/tty; read -r answer </dev/tty; echo \"$?:$answer\"",
  );
  await process.ended;
  assert.equal(process.stdout(), "Password: 1:\n");
}, { ignore: !linux });

terminalTest(
  "what was printed right before the end is not lost, of many processes at once",
  async (at) => {
    const processes = Array.from({ length: 60 }, (_, n) => at.start(`printf 'last words ${n}'`));
    await Promise.all(processes.map(({ ended }) => ended));
    for (const [n, process] of processes.entries()) {
      assert.equal(process.stdout(), `last words ${n}`);
    }
  },
);

terminalTest("50 MB arrive whole, and are not held", async (at) => {
  const before = held();
  const process = at.start("head -c 50000000 /dev/zero | tr '\\0' x; echo end");
  await process.ended;
  const { size } = Deno.statSync(`${at.folder}/0.stdout`);
  assert.equal(size, 50_000_004);
  const grown = (held() - before) / 1e6;
  assert.ok(grown < 40, `${grown.toFixed()} MB`);
  assert.match(await process.prints(/end/), /xend\n$/);
});

/** Bytes of this test file alone: others run in the same process. */
function held(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

terminalTest("a program that closes its terminal may open it again", async (at) => {
  const process = at.start(
    "echo one; exec >/dev/null 2>&1; sleep 0.1; echo two >/dev/tty; exec >/dev/tty; echo three",
  );
  await process.ended;
  assert.equal(process.stdout(), "one\ntwo\nthree\n");
}, { ignore: !linux });

/** Of the whole program, in which other tests open and close some at the same time. */
function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

terminalTest("200 processes leave no descriptor and no zombie", async (at) => {
  await at.start("true", { stdin: "" }).ended;
  const before = descriptors();
  for (let n = 0; n < 200; n += 10) {
    const some = Array.from({ length: 10 }, (_, m) => at.start(`cat; exit ${m}`, { stdin: "x" }));
    const ends = await Promise.all(some.map(({ ended }) => ended));
    assert.deepEqual(ends.map(({ code }) => code), some.map((_, m) => m));
  }
  assert.ok(descriptors() < before + 100, `${before} descriptors became ${descriptors()}`);
  assert.deepEqual(childrenIn("Z"), []);
}, { ignore: !linux });

terminalTest("a process that does not start leaves no descriptor either", async (at) => {
  await at.start("true").ended;
  const before = descriptors();
  for (let n = 0; n < 100; n++) {
    assert.throws(() => at.start("", { command: "/no/such/program", stdin: "x" }));
    assert.throws(() => at.start("", { cwd: "/no/such/folder" }));
  }
  assert.ok(descriptors() < before + 100, `${before} descriptors became ${descriptors()}`);
}, { ignore: !linux });

terminalTest(
  "nobody but the process sees its terminal, also who is started by Deno meanwhile",
  async (at) => {
    const show = "for d in /proc/self/fd/*; do readlink $d; done | grep -E 'ptmx|pts|pipe'";
    const first = at.start(`echo up; read -r x; ${show}; echo $x`, { stdin: "bye\n" });
    const idle = at.start("echo up; exec sleep 600");
    await idle.prints(/up/);
    const { stdout } = await new Deno.Command("/bin/sh", {
      args: ["-c", "for d in /proc/self/fd/*; do readlink $d; done"],
      stdin: "null",
      stderr: "null",
    }).output();
    assert.doesNotMatch(new TextDecoder().decode(stdout), /ptmx|pts/);
    await first.ended;
    // Of pipes its own input alone; the one of `grep` is the shell's.
    assert.doesNotMatch(first.stdout(), /ptmx/);
    assert.equal(new Set(first.stdout().match(/pts\/\d+/g)).size, 1, first.stdout());
    await idle.end(1000);
  },
  { ignore: !linux },
);

Deno.test({
  name: "without the run permission nothing is started, also where FFI could",
  ignore: Deno.build.os === "windows",
  permissions: { run: ["/bin/ls"], ffi: true, read: true, write: true },
  async fn() {
    await using at = testLauncher({ create: createTestPtyLauncher });
    assert.throws(() => at.start("touch started"), Deno.errors.NotCapable);
    assert.throws(
      () => at.start("", { command: "/bin/ls", args: [], env: { LD_PRELOAD: "/tmp/x.so" } }),
      (error: Error) => error instanceof Deno.errors.NotCapable && /LD_PRELOAD/.test(error.message),
    );
    assert.throws(() => Deno.statSync(`${at.folder}/started`), Deno.errors.NotFound);
    Deno.writeTextFileSync(`${at.folder}/file`, "");
    const allowed = at.start("", { command: "/bin/ls", args: ["file"] });
    await allowed.ended;
    assert.equal(allowed.stdout(), "file\n");
  },
});

Deno.test({
  name: "without the permission for FFI pipes are used, and that is told",
  ignore: Deno.build.os === "windows",
  permissions: { run: true, ffi: false, read: true, write: true },
  async fn() {
    await using at = testLauncher({ create: createTestPtyLauncher });
    const process = at.start("test -t 1 || echo no terminal; echo err >&2; exit 3");
    assert.deepEqual(await process.ended, { code: 3, signal: null });
    assert.deepEqual([process.stdout(), process.stderr()], ["no terminal\n", "err\n"]);
    assert.equal(process.terminal, undefined);
    assert.equal(
      process.warning,
      "There is no pseudo-terminal, pipes were used instead: " +
        "aimux has no permission for FFI (--allow-ffi)",
    );
  },
});

Deno.test({
  name: "with a C library that lacks a function, or without a terminal to give, pipes are used",
  ignore: Deno.build.os === "windows",
  async fn() {
    const none = { parameters: [], result: "void" } as const;
    const lacking = () => openLibrary({ no_such_function: none }) as unknown as Libc;
    const exhausted = () => ({ ...openLibc(), openpty: () => -1 });
    for (
      const [openLibc, told] of [[lacking, /no_such_function/], [
        exhausted,
        /none to give/,
      ]] as const
    ) {
      await using at = testLauncher({
        create: (parts) => createTestPtyLauncher({ ...parts, openLibc }),
      });
      const process = at.start("test -t 1 || echo no terminal");
      await process.ended;
      assert.equal(process.stdout(), "no terminal\n");
      assert.match(process.warning!, told);
    }
  },
});

/** The pids of this process's children in a state. */
function childrenIn(state: string): string[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => name).filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const [is, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return is === state && Number(parent) === Deno.pid;
    } catch {
      return false;
    }
  });
}
