import assert from "node:assert/strict";
import corpus from "../../fixtures/terminal_text.json" with { type: "json" };
import { writeProgram } from "../../program_file.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

Deno.test("colours, links, charsets, progress bars and backspaces are answered as a person would have read them", async () => {
  await using workplace = await createWorkplace();
  const { home, bin } = workplace;
  await writeProgram(`${bin}/crush`, `#!/bin/sh\nfor n; do :; done\nexec cat "${home}/$n"\n`);
  await using aimux = await startServer({ workplace });
  // What leaves nothing to read is no answer.
  const texts = corpus.filter(({ text }) => text.trim() !== "");
  assert.ok(texts.length > 80);
  await Promise.all(texts.map(async ({ name, raw, text }, n) => {
    await Deno.writeTextFile(`${home}/${n}`, raw);
    const result = await aimux.call("exec", { prompt: `${n}`, cli: "crush" });
    assert.equal(result.status, "completed", `${name}: ${result.text}`);
    assert.equal(result.content, text.trim(), name);
  }));
});
