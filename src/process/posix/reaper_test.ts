import assert from "node:assert/strict";
import { endOf } from "./reaper.ts";

Deno.test({
  name: "a status is read as the shell would: the exit code, or 128 and the signal",
  ignore: Deno.build.os === "windows",
  fn() {
    assert.deepEqual(endOf(0), { code: 0, signal: null });
    assert.deepEqual(endOf(7 << 8), { code: 7, signal: null });
    assert.deepEqual(endOf(255 << 8), { code: 255, signal: null });
    assert.deepEqual(endOf(9), { code: 137, signal: "SIGKILL" });
    // Bit 7 tells of a core dump.
    assert.deepEqual(endOf(11 | 0x80), { code: 139, signal: "SIGSEGV" });
    assert.deepEqual(endOf(100), { code: 228, signal: "signal 100" });
  },
});
