import assert from "node:assert/strict";
import { MAX_TEMPLATE_BYTES, templateFiles } from "./template_files.ts";
import { testLayers } from "./testing.ts";

Deno.test("a file of a higher layer stands for its namesake below, and the others remain", () => {
  using at = testLayers({
    "below/roles/coding.md": "below\n",
    "below/roles/debug.md": "debug\r\n\r\n",
    "above/roles/coding.md": "above",
    "project/roles/coding.md": "project",
  });
  const files = templateFiles(at.layers);
  const texts = [3, 2, 1, 0].map((below) => files.find("roles/coding", below)?.text);
  assert.deepEqual(texts, ["project", "above", "below", undefined]);
  assert.deepEqual(files.find("roles/debug"), {
    name: "roles/debug",
    layer: 0,
    path: "below/roles/debug.md",
    text: "debug",
  });
  assert.equal(files.find("roles/review"), undefined);
  assert.deepEqual(files.names(), ["roles/coding", "roles/debug"]);
});

Deno.test("a file is looked at anew each time", () => {
  using at = testLayers({ "below/a.md": "one" });
  const files = templateFiles(at.layers);
  assert.equal(files.find("a")?.text, "one");
  at.write("below/a.md", "two");
  assert.equal(files.find("a")?.text, "two");
  at.write("above/a.md", "three");
  assert.equal(files.find("a")?.text, "three");
});

Deno.test("no name leads out of the folder", () => {
  using at = testLayers({ "below/a.md": "in", "project/a.md": "in" });
  Deno.writeTextFileSync(`${at.root}/secret.md`, "out");
  Deno.writeTextFileSync(`${at.project}/secret.md`, "out");
  const files = templateFiles(at.layers);
  const names = [
    "../secret",
    "../../secret",
    `${at.root}/secret`,
    "/secret",
    "./a",
    "x/../a",
    "a/../../secret",
    "a.md",
    "a\0",
    "..\\secret",
    "C:/secret",
    "",
    "/",
    "a/",
    "a//a",
    "~/a",
    "x".repeat(300),
  ];
  assert.deepEqual(names.filter((name) => files.find(name) !== undefined), []);
  assert.equal(files.find("a")?.text, "in");
});

Deno.test("in a project no link leads out of its folder; elsewhere links are the user's own", () => {
  using at = testLayers({ "project/real.md": "inside", "below/user.md": "x" });
  const folder = `${at.project}/.aimux/prompts.d`;
  Deno.writeTextFileSync(`${at.root}/secret.md`, "secret");
  Deno.mkdirSync(`${at.root}/other`);
  Deno.writeTextFileSync(`${at.root}/other/deep.md`, "secret");
  Deno.symlinkSync("real.md", `${folder}/inside.md`);
  Deno.symlinkSync(`${at.root}/secret.md`, `${folder}/outside.md`);
  Deno.symlinkSync("../../../secret.md", `${folder}/relative.md`);
  Deno.symlinkSync(`${at.root}/other`, `${folder}/roles`);
  Deno.symlinkSync(`${at.root}/nothing.md`, `${folder}/user.md`);
  Deno.symlinkSync(`${at.root}/secret.md`, `${at.root}/below/own.md`);
  const files = templateFiles(at.layers);

  assert.equal(files.find("inside")?.text, "inside");
  for (const name of ["outside", "relative", "roles/deep"]) {
    assert.throws(() => files.find(name), {
      code: "invalid_input",
      message: new RegExp(
        `^project/.aimux/prompts.d/${name}.md A link leads out of .*, to .*Put the text itself`,
      ),
    });
  }
  assert.equal(files.find("user")?.text, "x", "a link to nothing is no file");
  assert.equal(files.find("own")?.text, "secret");
});

Deno.test("a project whose whole folder of prompts is a link to elsewhere is refused", () => {
  using at = testLayers();
  Deno.mkdirSync(`${at.root}/other/prompts.d`, { recursive: true });
  Deno.writeTextFileSync(`${at.root}/other/prompts.d/a.md`, "secret");
  Deno.symlinkSync(`${at.root}/other`, `${at.project}/.aimux`);
  assert.throws(() => templateFiles(at.layers).find("a"), /leads out of/);
  // A project that itself is reached by a link is no trick.
  using linked = testLayers({ "project/a.md": "in" });
  Deno.symlinkSync(linked.project, `${linked.root}/way`);
  const path = `${linked.root}/way/.aimux/prompts.d`;
  const files = templateFiles([{ path, shown: "way", untrusted: `${linked.root}/way` }]);
  assert.equal(files.find("a")?.text, "in");
});

Deno.test("what is no text of a sensible size is refused by name, and only where it is asked for", () => {
  using at = testLayers({ "below/good.md": "good", "above/huge.md": "x".repeat(70_000) });
  at.write("above/binary.md", new Uint8Array([0x66, 0xff, 0xfe]));
  at.write("above/most.md", "x".repeat(MAX_TEMPLATE_BYTES));
  Deno.mkdirSync(`${at.root}/above/folder.md`);
  const files = templateFiles(at.layers);
  assert.throws(() => files.find("huge"), {
    message: "above/huge.md Expected at most 65536 bytes, found 70000",
  });
  assert.throws(() => files.find("binary"), {
    message: "above/binary.md Cannot read the file: it is not UTF-8 text",
  });
  assert.throws(() => files.find("folder"), { message: "above/folder.md Not a regular file" });
  assert.equal(files.find("most")?.text.length, MAX_TEMPLATE_BYTES);
  assert.equal(files.find("good")?.text, "good");
});
