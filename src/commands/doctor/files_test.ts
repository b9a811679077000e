import assert from "node:assert/strict";
import { writeProblem } from "./files.ts";

Deno.test("a file that can be written, or made, is no problem, and is not made", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/there`, "text");
    assert.equal(writeProblem(`${folder}/there`), undefined);
    assert.equal(Deno.readTextFileSync(`${folder}/there`), "text");
    assert.equal(writeProblem(`${folder}/a/b/c`), undefined);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["there"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("what stands in the way is told", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.equal(writeProblem(`${folder}/file/below/x`), `"${folder}/file" is not a folder`);
    assert.match(writeProblem(folder)!, /directory/i);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a folder that may not be written is told", {
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
}, () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.chmodSync(folder, 0o500);
    assert.match(writeProblem(`${folder}/x`)!, /denied/i);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
