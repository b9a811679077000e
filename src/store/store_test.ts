import assert from "node:assert/strict";
import { openStore } from "./store.ts";
import { testStore } from "./testing.ts";

const posix = Deno.build.os !== "windows";

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o777).toString(8);
}

Deno.test({
  name: "database, side files and folders are the user's alone",
  ignore: !posix,
  fn() {
    const folder = Deno.makeTempDirSync();
    const umask = Deno.umask(0);
    try {
      const store = openStore(`${folder}/deep/er/sessions.db`);
      store.sessions.insert({ id: "s", principal: "local", cli: "codex", cwd: "/" }, 1);
      const at = `${folder}/deep/er`;
      const names = [...Deno.readDirSync(at)].filter(({ isFile }) => isFile);
      assert.ok(names.length >= 2, "the journal is there, too");
      for (const { name } of names) assert.equal(modeOf(`${at}/${name}`), "600", name);
      for (const name of ["", "/output", "/state"]) assert.equal(modeOf(at + name), "700", name);
      store.close();
    } finally {
      Deno.umask(umask);
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("a session goes with its jobs, their files and its state, and nothing else does", () => {
  using store = testStore();
  store.addJob("job_1");
  store.addJob("job_2");
  store.addJob("job_10", { sessionId: "ses_10" });
  const files = (id: string) => Object.values(store.files(id));
  const state = ["ses_1.aider.md", "job_2.aider.md", "job_2.prompt"];
  const others = ["ses_10.aider.md", "job_10.prompt"];
  for (const path of [...files("job_1"), ...files("job_2"), ...files("job_10")]) {
    Deno.writeTextFileSync(path, "x");
  }
  for (const name of [...state, ...others]) {
    Deno.writeTextFileSync(`${store.stateDir}/${name}`, "x");
  }
  store.removeSession("ses_1");
  assert.equal(store.jobs.find("job_1"), undefined);
  assert.equal(store.sessions.find("ses_1", "local"), undefined);
  const left = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  assert.deepEqual(left(store.stateDir), others.sort());
  assert.deepEqual(left(`${store.folder}/output`), [
    "job_10.answer",
    "job_10.end",
    "job_10.stderr",
    "job_10.stdout",
  ]);
  store.removeSession("ses_1");
});
