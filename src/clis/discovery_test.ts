import assert from "node:assert/strict";
import { createDiscovery, type DiscoveryParts } from "./discovery.ts";
import { testProfile } from "./testing.ts";

/** A folder to build in, gone with its scope. */
function place() {
  const path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "discovery_" }));
  return {
    path,
    folder: (name: string) => Deno.mkdirSync(`${path}/${name}`, { recursive: true }),
    file(name: string, mode = 0o755) {
      Deno.mkdirSync(`${path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeTextFileSync(`${path}/${name}`, "#!/bin/sh\n", { mode });
    },
    discovery: (env: Record<string, string>, os: DiscoveryParts["os"] = "linux") =>
      createDiscovery({ env, home: `${path}/home`, os }),
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

const prog = testProfile();

Deno.test("the first program on PATH counts, and empty entries are no folders", async () => {
  using at = place();
  at.file("b/prog");
  at.file("c/prog");
  const PATH = `:${at.path}/a::${at.path}/b:${at.path}/c:`;
  assert.deepEqual(await at.discovery({ PATH }).find(prog), { path: `${at.path}/b/prog` });
});

Deno.test("what is not an executable file is passed over", async () => {
  using at = place();
  at.folder("a/prog");
  at.file("b/prog", 0o644);
  Deno.mkdirSync(`${at.path}/c`);
  Deno.symlinkSync(`${at.path}/gone`, `${at.path}/c/prog`);
  at.file("d/prog");
  const PATH = ["a", "b", "c", "d"].map((name) => `${at.path}/${name}`).join(":");
  assert.deepEqual(await at.discovery({ PATH }).find(prog), { path: `${at.path}/d/prog` });
});

Deno.test("PATH comes before well-known folders, and those before the profile's own", async () => {
  using at = place();
  const profile = testProfile({ search_paths: ["~/own"] });
  const discover = () => at.discovery({ PATH: `${at.path}/bin` }).find(profile);
  at.file("home/own/prog");
  assert.deepEqual(await discover(), { path: `${at.path}/home/own/prog` });
  at.file("home/.local/bin/prog");
  assert.deepEqual(await discover(), { path: `${at.path}/home/.local/bin/prog` });
  at.file("bin/prog");
  assert.deepEqual(await discover(), { path: `${at.path}/bin/prog` });
});

Deno.test("a search path may have ~, a variable and *, and name a folder or the program", async () => {
  using at = place();
  at.file("home/tools/v2/prog");
  at.file("home/tools/v10/prog");
  const find = (path: string) =>
    at.discovery({ TOOLS: `${at.path}/home/tools` }).find(testProfile({ search_paths: [path] }));
  const expected = { path: `${at.path}/home/tools/v10/prog` };
  for (const path of ["~/tools/v10", "$TOOLS/v10/prog", "~/tools/*", "${TOOLS}/*/prog"]) {
    assert.deepEqual(await find(path), expected, path);
  }
  const absent = await find("$NOT_SET/tools");
  assert.match(absent.path === undefined ? absent.reason : "", /"prog" is neither on PATH nor/);
});

Deno.test("node versions under nvm are well known, the highest first", async () => {
  using at = place();
  at.file("home/.nvm/versions/node/v9.0.0/bin/prog");
  at.file("home/.nvm/versions/node/v22.1.0/bin/prog");
  assert.deepEqual(await at.discovery({}).find(prog), {
    path: `${at.path}/home/.nvm/versions/node/v22.1.0/bin/prog`,
  });
});

Deno.test("a relative entry of PATH is not searched: it would mean another folder for each run", async () => {
  using at = place();
  at.file("bin/prog");
  const relative = `${"../".repeat(20)}${at.path.slice(1)}/bin`;
  const { path } = await at.discovery({ PATH: `${relative}:.` }).find(prog);
  assert.equal(path, undefined);
});

Deno.test("a binary with a path in it is not looked for elsewhere", async () => {
  using at = place();
  at.file("bin/prog");
  at.file("home/x/prog");
  const find = (binary: string) =>
    at.discovery({ PATH: `${at.path}/bin` }).find(testProfile({ binary }));
  assert.deepEqual(await find("~/x/prog"), { path: `${at.path}/home/x/prog` });
  assert.equal((await find(`${at.path}/y/prog`)).path, undefined);
});

Deno.test("on Windows a program is found by the endings of PATHEXT, in their order", async () => {
  using at = place();
  // Elsewhere a backslash is a letter like any other, so these are files of one folder.
  for (const name of ["a\\prog", "b\\prog.CMD", "b\\prog.EXE", "c.EXE"]) at.file(name, 0o644);
  const Path = `${at.path}/a;${at.path}/b`;
  const find = (env: Record<string, string>, binary = "prog") =>
    at.discovery(env, "windows").find(testProfile({ binary }));
  assert.deepEqual(await find({ Path }), { path: `${at.path}/b\\prog.EXE` });
  assert.deepEqual(await find({ PATH: Path, PATHEXT: ".CMD;.EXE" }), {
    path: `${at.path}/b\\prog.CMD`,
  });
  assert.deepEqual(await find({ Path }, "prog.EXE"), { path: `${at.path}/b\\prog.EXE` });
  assert.deepEqual(await find({}, `${at.path}/c`), { path: `${at.path}/c.EXE` });
});

Deno.test("a program that goes is missed at the next look, and one that comes is found", async () => {
  using at = place();
  at.file("a/prog");
  const discovery = at.discovery({ PATH: `${at.path}/a:${at.path}/b` });
  await discovery.probeAll([prog]);
  assert.deepEqual(await discovery.find(prog), { path: `${at.path}/a/prog` });
  Deno.removeSync(`${at.path}/a/prog`);
  assert.equal((await discovery.find(prog)).path, undefined);
  at.file("b/prog");
  assert.deepEqual(await discovery.find(prog), { path: `${at.path}/b/prog` });
});

Deno.test("a CLI that is another program in one project is that program nowhere else", async () => {
  using at = place();
  at.file("bin/prog");
  at.file("project/prog");
  const discovery = at.discovery({ PATH: `${at.path}/bin` });
  const theirs = testProfile({ binary: `${at.path}/project/prog` });
  for (const _ of [1, 2]) {
    assert.deepEqual(await discovery.find(theirs), { path: `${at.path}/project/prog` });
    assert.deepEqual(await discovery.find(prog), { path: `${at.path}/bin/prog` });
  }
});

Deno.test("a program that a profile names by its path is told to be missing there", async () => {
  using at = place();
  const profile = testProfile({ binary: "/does/not/exist/prog" });
  assert.deepEqual(await at.discovery({ PATH: "" }).find(profile), {
    reason: 'there is no program at "/does/not/exist/prog"',
  });
});
