import assert from "node:assert/strict";
import { ConfigError } from "../config/problem.ts";
import { configMistakes } from "./config_mistakes.ts";

Deno.test("mistakes act on no terminal and tell no secret", () => {
  const message = 'Unknown key "\x1b]0;x\x07\u202eMY-SECRET-VALUE"';
  const error = new ConfigError([{ path: "/c.yaml", line: 1, column: 2, message }]);
  assert.equal(
    configMistakes(error, { MY_TOKEN: "MY-SECRET-VALUE" }),
    "aimux cannot start: its configuration has mistakes\n" +
      '/c.yaml:1:2 Unknown key "\uFFFD[redacted]"',
  );
});
