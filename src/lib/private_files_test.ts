import assert from "node:assert/strict";
import { makePrivateFolderOf, narrow } from "./private_files.ts";

const options = { ignore: Deno.build.os === "windows" };

/** A folder that everybody may look into, gone with its scope. */
function place() {
  const folder = Deno.makeTempDirSync({ prefix: "private_" });
  Deno.chmodSync(folder, 0o755);
  return {
    folder,
    mode: (name: string) => (Deno.statSync(`${folder}/${name}`).mode! & 0o777).toString(8),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

Deno.test("a folder is made with its parents, for the user alone", options, () => {
  using at = place();
  assert.equal(makePrivateFolderOf(`${at.folder}/one/two/x.log`), undefined);
  assert.deepEqual([at.mode("one"), at.mode("one/two"), at.mode(".")], ["700", "700", "755"]);
});

Deno.test("of folders that are there, only aimux's own is narrowed", options, () => {
  using at = place();
  for (const name of ["aimux", "other"]) {
    Deno.mkdirSync(`${at.folder}/${name}`);
    Deno.chmodSync(`${at.folder}/${name}`, 0o775);
    makePrivateFolderOf(`${at.folder}/${name}/x.log`);
  }
  assert.deepEqual([at.mode("aimux"), at.mode("other")], ["700", "775"]);
});

Deno.test(
  "what is narrower already stays as it is, and what is absent does no harm",
  options,
  () => {
    using at = place();
    Deno.writeTextFileSync(`${at.folder}/x`, "");
    Deno.chmodSync(`${at.folder}/x`, 0o400);
    assert.equal(narrow(`${at.folder}/x`, 0o600), undefined);
    assert.equal(at.mode("x"), "400");
    assert.equal(narrow(`${at.folder}/absent`, 0o600), undefined);
  },
);

Deno.test("what cannot be narrowed is told", { ignore: Deno.build.os !== "linux" }, () => {
  // Nobody may change these modes, not even the superuser.
  assert.match(narrow("/proc/self/status", 0o600)!, /^Others may read "\/proc\/self\/status"/);
});
