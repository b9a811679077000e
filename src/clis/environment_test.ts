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

Deno.test("aimux's own tokens never pass, whatever a profile allows or sets, in whatever case", () => {
  const tokens = Object.fromEntries(
    [
      "AIMUX_AUTH_TOKEN",
      "AIMUX_AUTH_TOKENS",
      "AIMUX_SERVER_AUTH_TOKEN",
      "AIMUX_SERVER_AUTH_TOKENS",
      "AIMUX_SERVER_AUTH_TOKENS_ALICE",
      "AIMUX_SERVER_TRANSPORT_AUTH_TOKEN",
      "aimux_auth_token",
    ].map((name) => [name, "secret"]),
  );
  const other = { AIMUX_OTHER: "x", MY_AIMUX_AUTH_TOKEN: "mine", AIMUX_AUTH_TOKENIZER: "x" };
  const env = { ...tokens, ...other };
  for (const env_allow of [["*"], ["AIMUX_*", "aimux_*", "MY_*"], [...Object.keys(env)]]) {
    for (const os of ["linux", "windows"] as const) {
      const seen = childEnvironment(testProfile({ env_allow }), env, {}, os);
      assert.deepEqual(seen, other, env_allow.join());
    }
  }
  const setting = testProfile({ env: tokens });
  assert.deepEqual(childEnvironment(setting, env, tokens), {});
});

Deno.test("values of variables are passed as they stand: nothing in them is filled in", () => {
  const env = { $X: "$AIMUX_AUTH_TOKEN ${AIMUX_AUTH_TOKEN} %AIMUX_AUTH_TOKEN% {AIMUX_AUTH_TOKEN}" };
  const profile = testProfile({ env });
  assert.deepEqual(childEnvironment(profile, { AIMUX_AUTH_TOKEN: "secret" }, {}), env);
});

Deno.test("no variable that passes to every CLI has the name of a secret", () => {
  const family = [
    "MISE_GITHUB_TOKEN",
    "CONDA_TOKEN",
    "NPM_CONFIG__AUTH",
    "HOMEBREW_GITHUB_API_TOKEN",
  ];
  const env = Object.fromEntries([...family, "NVM_DIR"].map((name) => [name, "x"]));
  assert.deepEqual(childEnvironment(testProfile(), env, {}), { NVM_DIR: "x" });
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
