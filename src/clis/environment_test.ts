import assert from "node:assert/strict";
import { childEnvironment } from "./environment.ts";
import { testProfile } from "./testing.ts";

Deno.test("a child gets what programs need and what its profile allows, and nothing else", () => {
  const profile = testProfile({ env_allow: ["OPENAI_*", "ONE_KEY"] });
  const needed = { PATH: "/bin", HOME: "/home/me", LC_ALL: "C", HTTPS_PROXY: "http://p" };
  const allowed = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "u", ONE_KEY: "1" };
  const secret = { GITHUB_TOKEN: "x", ONE_KEY_MORE: "x", AWS_SECRET: "x", XOPENAI_: "x" };
  assert.deepEqual(childEnvironment(profile, { ...needed, ...allowed, ...secret }, {}), {
    ...needed,
    ...allowed,
  });
});

Deno.test("aimux's token is never passed on, whatever a profile allows", () => {
  const profile = testProfile({ env_allow: ["*", "AIMUX_*", "AIMUX_AUTH_TOKEN"] });
  const env = { AIMUX_AUTH_TOKEN: "secret", AIMUX_OTHER: "x" };
  assert.deepEqual(childEnvironment(profile, env, {}), { AIMUX_OTHER: "x" });
});

Deno.test("the profile's own variables win over the server's, and aimux's over both", () => {
  const profile = testProfile({ env: { TERM: "dumb", AIMUX_DEPTH: "0" } });
  assert.deepEqual(childEnvironment(profile, { TERM: "xterm" }, { AIMUX_DEPTH: "2" }), {
    TERM: "dumb",
    AIMUX_DEPTH: "2",
  });
});

Deno.test("on Windows the case of a name does not matter, also not for the token", () => {
  const env = { SYSTEMROOT: "C:", systemdrive: "C:", WinDir: "C:", Aimux_Auth_Token: "secret" };
  const profile = testProfile({ env_allow: ["AIMUX_*", "Open*"] });
  assert.deepEqual(childEnvironment(profile, { ...env, OPENAI: "1" }, {}, "windows"), {
    SYSTEMROOT: "C:",
    systemdrive: "C:",
    WinDir: "C:",
    OPENAI: "1",
  });
  assert.deepEqual(childEnvironment(profile, { path: "x", OPENAI: "1" }, {}, "linux"), {});
});
