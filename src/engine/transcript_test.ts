import assert from "node:assert/strict";
import { NO_RESULT, type TestStore, testStore } from "../store/testing.ts";
import { transcriptPage } from "./transcript.ts";

function page(store: TestStore, offset = 0, limit = 1_000_000) {
  return transcriptPage(store.sessions.find("ses_1", "local")!, store, offset, limit);
}

Deno.test("a transcript has each turn's prompt and its answer, or why there is none", () => {
  using store = testStore();
  store.addJob("job_1", { prompt: "what is it?" }, Date.UTC(2026, 0, 1));
  store.bring("job_1", "running");
  store.jobs.finish("job_1", "completed", { ...NO_RESULT, content: "a parser" }, 0);
  store.addJob("job_2", { prompt: "fix it" });
  store.bring("job_2", "running");
  store.jobs.finish("job_2", "timed_out", {
    ...NO_RESULT,
    error: { code: "timed_out", message: "Too slow" },
    partial_output: "half",
  }, 0);
  assert.equal(
    page(store).text,
    `session: ses_1
cwd: /project

[User, job_1, 2026-01-01T00:00:00.000Z]
what is it?

[codex, completed, 1970-01-01T00:00:00.000Z]
a parser

[User, job_2, 1970-01-01T00:00:00.001Z]
fix it

[codex, timed_out, 1970-01-01T00:00:00.000Z]
Too slow

half
`,
  );
});

Deno.test("an answer that was too long for its result stands whole in the transcript", () => {
  using store = testStore();
  store.addJob("job_1");
  store.bring("job_1", "running");
  const whole = "0123456789".repeat(250_000);
  Deno.writeTextFileSync(store.files("job_1").answer, whole);
  const result = { ...NO_RESULT, content: "012…789", truncated: true };
  store.jobs.finish("job_1", "completed", result, 3);
  const texts: string[] = [];
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const { text, nextOffset } = page(store, offset, 1_000_000);
    texts.push(text);
    offset = nextOffset;
  }
  assert.equal(texts.length, 3);
  assert.ok(texts.join("").endsWith(`\n${whole}\n`));
  Deno.removeSync(store.files("job_1").answer);
  assert.match(page(store).text, /012…789\n$/);
});

Deno.test("a transcript only grows at its end, also where a later job ends before an earlier one", () => {
  using store = testStore();
  store.addJob("job_1");
  store.bring("job_1", "running");
  store.addJob("job_2", { prompt: "and then" });
  const first = page(store).text;
  assert.match(first, /say hi\n$/);
  store.jobs.finish("job_2", "cancelled", NO_RESULT, 3);
  assert.equal(page(store).text, first);
  store.jobs.finish("job_1", "completed", { ...NO_RESULT, content: "hi" }, 4);
  const then = page(store).text;
  assert.ok(then.startsWith(first));
  assert.match(
    then,
    /\nhi\n\n\[User, job_2, .*\]\nand then\n\n\[codex, cancelled, .*\]\ncancelled\n$/,
  );
  assert.equal(page(store, new TextEncoder().encode(first).length).text, then.slice(first.length));
});
