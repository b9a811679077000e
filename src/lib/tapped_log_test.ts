import assert from "node:assert/strict";
import { testLog } from "./testing_log.ts";
import { type LogEvent, tapLog } from "./tapped_log.ts";

Deno.test("a listener hears each message until it aborts, and the log is written all the same", () => {
  const log = testLog();
  const tapped = tapLog(log);
  const heard: LogEvent[] = [];
  const over = new AbortController();
  tapped.listen((event) => heard.push(event), over.signal);
  tapped.debug("one", { job: "job_1" });
  tapped.warn("two");
  over.abort();
  tapped.error("three");
  assert.deepEqual(heard, [
    { level: "debug", message: "one", facts: { job: "job_1" } },
    { level: "warn", message: "two", facts: {} },
  ]);
  assert.deepEqual(log.entries.map(({ message }) => message), ["one", "two", "three"]);
});
