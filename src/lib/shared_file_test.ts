import assert from "node:assert/strict";
import { type SharedFile, sharedFile } from "./shared_file.ts";

/** A folder of its own, gone with its scope. */
function place() {
  const folder = Deno.makeTempDirSync({ prefix: "shared_" });
  const path = `${folder}/x.log`;
  const opened: SharedFile[] = [];
  return {
    folder,
    path,
    open(maxBytes = 100, keep = 2) {
      const file = sharedFile({ path, maxBytes, keep });
      opened.push(file);
      return file;
    },
    read: (suffix = "") => Deno.readTextFileSync(path + suffix),
    names: () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
    [Symbol.dispose]() {
      for (const file of opened) file[Symbol.dispose]();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

const line = (text: string) => text.padEnd(39, ".") + "\n";

Deno.test("a full file is put away, the newest as .1, and the oldest goes", () => {
  using at = place();
  const file = at.open();
  for (const text of "abcdefghi") file.append(line(text));
  assert.deepEqual(at.names(), ["x.log", "x.log.1", "x.log.2"]);
  assert.equal(at.read(), line("i"));
  assert.equal(at.read(".1"), line("g") + line("h"));
  assert.equal(at.read(".2"), line("e") + line("f"));
  assert.equal(file.problem, undefined);
});

Deno.test("files beyond those that are kept go with the next rotation, gaps do no harm", () => {
  using at = place();
  for (const suffix of [".2", ".3", ".4"]) Deno.writeTextFileSync(at.path + suffix, suffix);
  const file = at.open();
  for (const text of "abc") file.append(line(text));
  assert.deepEqual(at.names(), ["x.log", "x.log.1", "x.log.2"]);
  assert.equal(at.read(".2"), ".2");
});

Deno.test("a line that is larger than a file is still written", () => {
  using at = place();
  const file = at.open();
  for (const text of ["a", "b".repeat(200), "c"]) file.append(line(text));
  assert.deepEqual([at.read(".2"), at.read(".1"), at.read()], [
    line("a"),
    "b".repeat(200) + "\n",
    line("c"),
  ]);
});

Deno.test("a file that somebody else has put away or removed is not written to any more", () => {
  using at = place();
  const file = at.open();
  file.append(line("a"));
  Deno.renameSync(at.path, `${at.path}.old`);
  file.append(line("b"));
  Deno.removeSync(at.path);
  file.append(line("c"));
  assert.deepEqual([at.read(".old"), at.read()], [line("a"), line("c")]);
});

Deno.test("of two that find a file full, one puts it away and the other follows", () => {
  using at = place();
  const [one, two] = [at.open(), at.open()];
  one.append(line("a"));
  two.append(line("b"));
  one.append(line("c"));
  two.append(line("d"));
  assert.deepEqual([at.read(".1"), at.read()], [line("a") + line("b"), line("c") + line("d")]);
});

Deno.test({
  name: "nobody waits for a process that is putting the file away: lines still go into it",
  // Without the lock that does not wait, one waits for a few renames.
  ignore: typeof Deno.FsFile.prototype.tryLockSync !== "function",
  fn() {
    using at = place();
    const file = at.open();
    for (const text of "ab") file.append(line(text));
    const other = Deno.openSync(at.path, { append: true });
    other.lockSync(true);
    file.append(line("c"));
    assert.equal(at.read(), [..."abc"].map(line).join(""));
    other.close();
    file.append(line("d"));
    assert.deepEqual([at.read(), at.read(".1")], [line("d"), [..."abc"].map(line).join("")]);
  },
});

Deno.test({
  name: "every file is private, also one that was not, and so is aimux's own folder",
  ignore: Deno.build.os === "windows",
  fn() {
    using at = place();
    const mode = (path: string) => Deno.statSync(path).mode! & 0o777;
    Deno.mkdirSync(`${at.folder}/aimux`, { mode: 0o755 });
    Deno.chmodSync(at.folder, 0o755);
    const path = `${at.folder}/aimux/x.log`;
    Deno.writeTextFileSync(path, line("old"), { mode: 0o644 });
    Deno.chmodSync(path, 0o644);
    using file = sharedFile({ path, maxBytes: 100, keep: 2 });
    for (const text of "abcd") file.append(line(text));
    for (const name of [path, `${path}.1`, `${path}.2`]) assert.equal(mode(name), 0o600, name);
    assert.equal(mode(`${at.folder}/aimux`), 0o700);
    assert.equal(mode(at.folder), 0o755, "a folder that is not aimux's own");
  },
});

Deno.test({
  name: "what is no file is refused instead of waited for",
  ignore: Deno.build.os === "windows",
  fn() {
    for (const path of ["/dev/null", "/dev/tty", "/tmp"]) {
      using file = sharedFile({ path, maxBytes: 100, keep: 2 });
      assert.throws(() => file.append("x\n"), /is not a file/);
    }
  },
});

Deno.test({
  name: "where nothing can be renamed the file grows, and the problem is told",
  ignore: Deno.build.os === "windows",
  fn() {
    using at = place();
    // Something that cannot be replaced by a file stands where the full one should go.
    Deno.mkdirSync(`${at.path}.1/full`, { recursive: true });
    const file = at.open(100, 1);
    for (const text of "abcd") file.append(line(text));
    assert.equal(at.read(), [..."abcd"].map(line).join(""));
    assert.match(file.problem!, /^Cannot rotate ".*x\.log": /);
  },
});

Deno.test({
  name: "a line that the disk takes only a part of is taken back, and the next is whole",
  ignore: Deno.build.os === "windows",
  async fn() {
    using at = place();
    // The system refuses what makes a file larger than 1,024 (dash: 512) bytes times 2.
    const program = `
      import { sharedFile } from "${new URL("./shared_file.ts", import.meta.url)}";
      const file = sharedFile({ path: Deno.args[0], maxBytes: 1e6, keep: 1 });
      let failed = 0;
      for (let n = 0; n < 50; n++) {
        try { file.append(String(n).padEnd(99, ".") + "\\n"); } catch { failed++; }
      }
      Deno.renameSync(Deno.args[0], Deno.args[0] + ".full");
      file.append("there is room again\\n");
      console.error(failed);`;
    const script = `${at.folder}/program.ts`;
    Deno.writeTextFileSync(script, program);
    const run = `trap '' XFSZ; ulimit -f 2; exec "$0" "$@"`;
    const { stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", run, Deno.execPath(), "run", "-A", "--quiet", "--no-check", script, at.path],
      // Deno's caches do not fit under the limit either.
      env: { DENO_DIR: `${at.folder}/deno` },
    }).output();
    const failed = Number(new TextDecoder().decode(stderr).trim());
    assert.ok(failed > 0 && failed < 50, new TextDecoder().decode(stderr));
    const whole = at.read(".full").trimEnd().split("\n");
    assert.equal(whole.length, 50 - failed);
    for (const text of whole) assert.equal(text.length, 99);
    assert.equal(at.read(), "there is room again\n");
  },
});

Deno.test("processes that write and rotate at once lose no line, and none is torn", async () => {
  using at = place();
  const [writers, lines] = [4, 1500];
  const program = `
    import { sharedFile } from "${new URL("./shared_file.ts", import.meta.url)}";
    const [path, name] = Deno.args;
    const file = sharedFile({ path, maxBytes: 20_000, keep: 100 });
    for (let n = 0; n < ${lines}; n++) {
      file.append(JSON.stringify({ name, n, text: "x".repeat(n % 90) }) + "\\n");
    }`;
  const script = `${at.folder}/program.ts`;
  Deno.writeTextFileSync(script, program);
  const ends = await Promise.all(
    Array.from({ length: writers }, (_, writer) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "--no-check", script, at.path, `w${writer}`],
      }).output()),
  );
  for (const { code, stderr } of ends) assert.equal(code, 0, new TextDecoder().decode(stderr));

  const files = at.names().filter((name) => name.startsWith("x.log"));
  assert.ok(files.length > 2, `${files.length} files`);
  const found = files.flatMap((name) =>
    Deno.readTextFileSync(`${at.folder}/${name}`).trimEnd().split("\n")
  ).map((text) => JSON.parse(text)).map(({ name, n }) => `${name} ${n}`);
  assert.equal(found.length, writers * lines);
  assert.equal(new Set(found).size, writers * lines);
});
