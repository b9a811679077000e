import assert from "node:assert/strict";
import { writeProgram } from "../program_file.ts";
import { denoEnv, PROGRAM } from "./program.ts";
import { callLine, followRaw } from "./raw.ts";
import { startServer, type TestServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

// deno-lint-ignore no-explicit-any -- tests read fields whose presence is what they test
async function healthOf({ client }: TestServer): Promise<any> {
  const { contents: [content] } = await client.readResource({ uri: "aimux://health" });
  return JSON.parse((content as { text: string }).text);
}

/** More than one page of a disk. */
const ANSWER = `begun\n${"7".padStart(5000, "0")}`;

/** A CLI that answers when a file appears. */
async function installWaiting({ bin, home }: Workplace): Promise<{ go(): Promise<void> }> {
  const file = `${home}/go`;
  const script = `#!/bin/sh\necho begun\nwhile [ ! -e ${file} ]; do sleep 0.05; done\n` +
    "printf '%05000d\\n' 7\n";
  await writeProgram(`${bin}/crush`, script);
  return { go: () => Deno.writeTextFile(file, "") };
}

async function untilItPrints(aimux: TestServer, job_id: string): Promise<void> {
  while (((await aimux.call("status", { job_id })).output_bytes ?? 0) === 0);
}

/** A disk of its own; undefined where the user may not mount one. */
async function smallDisk(place: string, options: string) {
  await Deno.mkdir(place, { recursive: true });
  const run = async (command: string, args: string[]) => {
    try {
      return (await new Deno.Command(command, { args, stderr: "null" }).output()).success;
    } catch {
      return false;
    }
  };
  const mount = (more: string) =>
    run("mount", ["-t", "tmpfs", "-o", [options, more].join(","), "tmpfs", place]);
  if (!await mount("mode=700")) return undefined;
  return {
    remount: (more: string) => mount(`remount,${more}`),
    [Symbol.asyncDispose]: async () => void await run("umount", ["-l", place]),
  };
}

function fill(path: string): void {
  const file = Deno.openSync(path, { create: true, write: true });
  try {
    for (const size of [65_536, 4096, 512, 1]) {
      try {
        for (;;) if (file.writeSync(new Uint8Array(size)) < size) break;
      } catch {
        // There is no room for so much any more.
      }
    }
  } finally {
    file.close();
  }
}

Deno.test("a disk that is full while a job runs costs no answer: it is told, kept, and recorded when there is room", async () => {
  await using workplace = await createWorkplace();
  const folder = `${workplace.home}/data`;
  await using disk = await smallDisk(folder, "size=4m");
  if (!disk) return console.warn("Not tested: this user may not mount a disk");
  const cli = await installWaiting(workplace);
  const env = { ...workplace.env, AIMUX_SERVER_DB_PATH: `${folder}/sessions.db` };
  await using aimux = await startServer({ workplace: { ...workplace, env } });
  const exec = (more = {}) => aimux.call("exec", { prompt: "wait", cli: "crush", ...more });
  const { job_id } = await exec({ async: true });
  await untilItPrints(aimux, job_id);
  fill(`${folder}/filler`);
  await cli.go();

  const told = await aimux.call("status", { job_id, wait_seconds: 45 });
  assert.equal(told.status, "completed", told.text);
  assert.ok(told.content === ANSWER);
  assert.match(told.warnings.join("\n"), /could not be recorded yet: .*is full/);
  assert.match(told.warnings.join("\n"), /Not all of standard output could be kept on disk/);
  const refused = await exec({ prompt: "x".repeat(50_000) });
  assert.equal(refused.error.code, "storage", refused.text);
  assert.match(refused.text, /is full\nMake room on the disk/);
  const health = await healthOf(aimux);
  assert.deepEqual([health.jobs.unrecorded_ends, health.database.state], [1, "failing"]);
  assert.match(health.warnings.join("\n"), /The end of 1 job could not be recorded yet/);
  const { sessions } = await aimux.call("sessions", { action: "list" });
  assert.equal(sessions[0].status, "completed");

  await Deno.remove(`${folder}/filler`);
  while ((await healthOf(aimux)).jobs.unrecorded_ends !== undefined);
  await using other = await startServer({ workplace: { ...workplace, env } });
  const recorded = await other.call("status", { job_id });
  assert.equal(recorded.status, "completed");
  assert.ok(recorded.content === ANSWER);
  assert.equal((await exec()).status, "completed");
});

Deno.test("a disk that cannot be written is told in health and in each answer, and used when it can", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const folder = `${workplace.home}/data`;
  await using disk = await smallDisk(folder, "size=4m");
  if (!disk) return console.warn("Not tested: this user may not mount a disk");
  await disk.remount("ro");
  const env = { ...workplace.env, AIMUX_SERVER_DB_PATH: `${folder}/sessions.db` };
  await using aimux = await startServer({ workplace: { ...workplace, env } });
  for (
    const [tool, args] of [["exec", { prompt: "hi" }], ["sessions", { action: "list" }]] as const
  ) {
    const { error, text } = await aimux.call(tool, args);
    assert.equal(error.code, "storage");
    assert.match(text, /sessions\.db": Read-only file system/);
  }
  const { status, database, warnings } = await healthOf(aimux);
  assert.deepEqual([status, database.state, database.writable], ["unusable", "failing", false]);
  assert.match(warnings[0], /^No prompt can be run: .*Read-only file system/);

  await disk.remount("rw");
  assert.equal((await aimux.call("exec", { prompt: "hi" })).status, "completed");
  assert.equal((await healthOf(aimux)).status, "ok");
});

Deno.test("a database that is removed in use is missed at once, and begun anew when its last job has ended", async () => {
  await using workplace = await createWorkplace();
  const cli = await installWaiting(workplace);
  await using aimux = await startServer({ workplace });
  const exec = (more = {}) => aimux.call("exec", { prompt: "wait", cli: "crush", ...more });
  const { job_id } = await exec({ async: true });
  await untilItPrints(aimux, job_id);
  const path = `${workplace.home}/.config/aimux/sessions.db`;
  await Deno.remove(path);

  const status = await aimux.call("status", { job_id });
  assert.equal(status.status, "running");
  assert.match(status.text, /sessions\.db" was removed while it was in use; a new one is begun as/);
  const refused = await exec();
  assert.equal(refused.error.code, "storage");
  assert.match(refused.text, /was removed while it was in use.*\nWait for the jobs that run/);
  assert.match((await healthOf(aimux)).database.problem, /was removed while it was in use/);

  await cli.go();
  // Nobody waits for it: it ends in the lost database, and is taken over by the new one.
  while ((await healthOf(aimux)).database.state !== "ok");
  const ended = await aimux.call("status", { job_id });
  assert.equal(ended.status, "completed", ended.text);
  assert.ok(ended.content === ANSWER);
  assert.match(ended.text, /was removed while it was in use\. A new one was begun/);
  assert.equal((await exec({ session_id: ended.session_id })).status, "completed");
  assert.doesNotMatch((await exec()).text, /was removed/);
  assert.equal((await healthOf(aimux)).database.state, "ok");
  assert.ok(Deno.statSync(path).isFile);
});

Deno.test("a CLI that prints for ever does not fill the disk, and its end is the answer all the same", async () => {
  await using workplace = await createWorkplace({ config: { server: { max_output_mb: 1 } } });
  const script =
    "#!/bin/sh\nyes 'a line of thirty-two characters' | head -n 300000\necho 'the end'\n";
  await writeProgram(`${workplace.bin}/crush`, script);
  await using aimux = await startServer({ workplace });
  const { job_id, status, content, warnings } = await aimux.call("exec", {
    prompt: "go",
    cli: "crush",
  });
  assert.equal(status, "completed");
  assert.match(content, /^a line of [^]*the end$/);
  assert.match(
    warnings.join(),
    /^Of the \d+ bytes on standard output \d+ in the middle were left out/,
  );
  const file = `${workplace.home}/.config/aimux/output/${job_id}.stdout`;
  assert.ok(Deno.statSync(file).size < 1_001_000);
  assert.match(Deno.readTextFileSync(file), /\n\[… \d+ bytes left out …\]\n[^]*\nthe end\n$/);
});

Deno.test({
  name: "files that may not grow are told like a full disk, and do not end the server",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using workplace = await createWorkplace();
    await writeProgram(
      `${workplace.bin}/crush`,
      "#!/bin/sh\nhead -c 5000000 /dev/zero | tr '\\0' x\necho the end\n",
    );
    const limited = 'ulimit -f 4000; exec "$@"'; // 2 MB
    const program = followRaw(
      new Deno.Command("/bin/sh", {
        args: ["-c", limited, "sh", PROGRAM.command, ...PROGRAM.args],
        cwd: workplace.project,
        clearEnv: true,
        env: { ...denoEnv(), ...workplace.env },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    await program.write(callLine(1, "exec", { prompt: "say much", cli: "crush" }));
    const { result } = await program.message(({ id }) => id === 1);
    const { status, content, warnings } = result.structuredContent;
    assert.equal(status, "completed");
    assert.match(content, /the end$/);
    assert.match(
      warnings.join(),
      /Not all of standard output could be kept on disk: File too large/,
    );
    await program.end();
    assert.equal((await program.ended).code, 0);
  },
});
