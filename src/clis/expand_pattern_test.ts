import assert from "node:assert/strict";
import { expandPattern } from "./expand_pattern.ts";

const machine = { env: { DATA: "/data", EMPTY: "" }, home: "/home/me" };

/** A folder with these folders in it, gone with its scope. */
function folders(...names: string[]) {
  const path = Deno.makeTempDirSync({ prefix: "expand_" });
  for (const name of names) Deno.mkdirSync(`${path}/${name}`, { recursive: true });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test("~ and variables are filled in, whether the path exists or not", async () => {
  const cases: Record<string, string[]> = {
    "~/.local/bin": ["/home/me/.local/bin"],
    "~": ["/home/me"],
    "$DATA/npm": ["/data/npm"],
    "${DATA}npm": ["/datanpm"],
    "/usr/bin": ["/usr/bin"],
    "/a/~/b": ["/a/~/b"],
    "~other/bin": ["~other/bin"],
    "$NOT_SET/npm": [],
    "/x/${NOT_SET}": [],
    "$EMPTY/npm": [],
  };
  for (const [pattern, expected] of Object.entries(cases)) {
    assert.deepEqual(await expandPattern(pattern, machine), expected, pattern);
  }
});

Deno.test("a home with special characters in its name is taken as it stands", async () => {
  assert.deepEqual(await expandPattern("~/bin", { env: {}, home: "/$&/$DATA" }), [
    "/$&/$DATA/bin",
  ]);
  assert.deepEqual(await expandPattern("~/bin", { env: {}, home: "/a$'b" }), ["/a$'b/bin"]);
});

Deno.test("* stands for what is there, the highest version first", async () => {
  using dir = folders("v9.1/bin", "v18.2/bin", "v18.10/bin", "w1/bin");
  const found = await expandPattern(`${dir.path}/v*/bin`, machine);
  assert.deepEqual(found.map((path) => path.slice(dir.path.length)), [
    "/v18.10/bin",
    "/v18.2/bin",
    "/v9.1/bin",
  ]);
  assert.deepEqual(await expandPattern(`${dir.path}/nothing/*/bin`, machine), []);
  assert.deepEqual(await expandPattern(`${dir.path}/x*`, machine), []);
});

Deno.test("characters that mean something in a regular expression stand for themselves", async () => {
  using dir = folders("a.b(1)+x", "aXb(1)+x");
  assert.deepEqual(await expandPattern(`${dir.path}/a.b(1)+*`, machine), [`${dir.path}/a.b(1)+x`]);
});

Deno.test("two stars are filled in one after the other", async () => {
  using dir = folders("a/1/bin", "a/2/bin", "b/3/bin");
  const found = await expandPattern(`${dir.path}/*/*/bin`, machine);
  assert.deepEqual(found.map((path) => path.slice(dir.path.length)).sort(), [
    "/a/1/bin",
    "/a/2/bin",
    "/b/3/bin",
  ]);
});
