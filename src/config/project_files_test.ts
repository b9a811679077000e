import assert from "node:assert/strict";
import { join } from "node:path";
import { readProjectFiles } from "./project_files.ts";
import { testFolders } from "./testing.ts";

const CONFIG = "project/.aimux/config.yaml";
const PROFILE = "project/.aimux/cli.d/codex/profile.yaml";

Deno.test("the fingerprint changes with any file, and not with the way to the folder", () => {
  using folders = testFolders({ [CONFIG]: "roles: {}\n" });
  const project = join(folders.path, "project");
  const link = join(folders.path, "link");
  Deno.symlinkSync(project, link);
  const first = readProjectFiles(link)!;
  assert.equal(first.folder, project);
  assert.equal(first.fingerprint, readProjectFiles(project)!.fingerprint);
  assert.equal(first.config!.document.path, `${link}/.aimux/config.yaml`);

  const seen = new Set([first.fingerprint]);
  for (
    const [file, text] of [
      [CONFIG, "roles: {}\n# more\n"],
      [PROFILE, "binary: a\n"],
      [PROFILE, "binary: b\n"],
      ["project/.aimux/cli.d/mine/profile.yaml", ""],
    ] as const
  ) {
    folders.write(file, text);
    seen.add(readProjectFiles(project)!.fingerprint);
  }
  assert.equal(seen.size, 5);
});

Deno.test("all files together may be as long as one", () => {
  using folders = testFolders({
    [CONFIG]: "#".repeat(200_000),
    [PROFILE]: "#".repeat(100_000),
  });
  assert.throws(
    () => readProjectFiles(join(folders.path, "project")),
    /profile\.yaml .* found 1000/,
  );
});

Deno.test({
  name: "what others may write to is told, whichever file it is",
  ignore: Deno.build.os === "windows",
  fn() {
    using folders = testFolders({ [CONFIG]: "", [PROFILE]: "" });
    const project = join(folders.path, "project");
    for (const file of [CONFIG, PROFILE]) {
      const path = join(folders.path, file);
      for (const mode of [0o620, 0o602]) {
        Deno.chmodSync(path, mode);
        assert.equal(
          readProjectFiles(project)!.exposed,
          `others may write to "${path}": take that from them with chmod go-w`,
        );
      }
      Deno.chmodSync(path, 0o644);
    }
    assert.equal(readProjectFiles(project)!.exposed, undefined);
  },
});

Deno.test({
  name: "a file of another user is told",
  ignore: Deno.build.os === "windows" || Deno.uid() !== 0,
  fn() {
    using folders = testFolders({ [CONFIG]: "" });
    const path = join(folders.path, CONFIG);
    Deno.chownSync(path, 12345, null);
    assert.equal(
      readProjectFiles(join(folders.path, "project"))!.exposed,
      `"${path}" belongs to another user`,
    );
  },
});
