import assert from "node:assert/strict";
import { unblemished } from "./standing.ts";
import { asNewest, testProfile } from "../clis/testing.ts";
import type { Config } from "../config/schema.ts";
import type { Session } from "../store/sessions.ts";
import type { RunRequest } from "./request.ts";
import { installed, route, type RoutingParts } from "./routing.ts";

/** Profiles of these CLIs, of which some are installed; `claude` alone can be read-only. */
function parts(present: string[], roles: Config["roles"] = {}): RoutingParts {
  const names = ["claude", "codex", "gemini", "own"];
  return {
    roles: { default: { cli: "codex" }, ...roles },
    profiles: new Map(names.map((name) => [
      name,
      testProfile({
        name,
        install: `get ${name}`,
        ...name === "claude" && { read_only_flags: ["--plan"] },
      }),
    ])),
    standing: unblemished,
    broken: new Map([["qwen", "profile.yaml:1:1 Unknown key"]]),
    discovery: {
      probeAll: () => Promise.resolve(),
      find: ({ name }) =>
        Promise.resolve(
          present.includes(name) ? { path: `/bin/${name}` } : { reason: `no ${name}` },
        ),
    },
    fitVersion: asNewest,
  };
}

const to = (given: Partial<RunRequest>, from: RoutingParts, session?: Session) =>
  route({ prompt: "x", principal: "local", ...given }, session, from);

Deno.test("a named CLI is taken, and its absence is told with the others that are there", async () => {
  const { profile, path, attempts } = await to({ cli: "own" }, parts(["own"]));
  assert.deepEqual([profile.name, path, attempts], ["own", "/bin/own", []]);
  await assert.rejects(to({ cli: "own" }, parts(["gemini", "codex"])), {
    code: "cli_not_installed",
    message: 'Cannot start "own": no own',
    hint: "Install it with: get own. Or choose one of: codex, gemini",
  });
});

Deno.test("an unknown and a broken CLI are told apart", async () => {
  await assert.rejects(to({ cli: "geminy" }, parts([])), {
    code: "unknown_cli",
    hint: 'Did you mean "gemini"? CLIs: codex, gemini, claude, own',
  });
  await assert.rejects(to({ cli: "qwen" }, parts([])), {
    code: "unknown_cli",
    message: 'Cannot use "qwen": its profile is broken',
    hint: "profile.yaml:1:1 Unknown key",
  });
});

Deno.test("a role chooses CLI, model and effort, and the call wins over the role", async () => {
  const from = parts(["codex", "gemini"], {
    coding: { cli: "gemini", model: "m1", reasoning_effort: "high" },
  });
  const chosen = await to({ role: "coding" }, from);
  assert.deepEqual(
    [chosen.profile.name, chosen.role, chosen.model, chosen.effort, chosen.warnings],
    ["gemini", "coding", "m1", "high", []],
  );
  const own = await to({ role: "coding", model: "m2", effort: "low" }, from);
  assert.deepEqual([own.model, own.effort], ["m2", "low"]);
});

Deno.test("a role's model is not passed to another CLI, and that is told", async () => {
  const from = parts(["codex"], { coding: { cli: "gemini", model: "m1" } });
  const chosen = await to({ role: "coding" }, from);
  assert.deepEqual([chosen.profile.name, chosen.model], ["codex", undefined]);
  assert.deepEqual(chosen.warnings, [
    'The model "m1" of role "coding" is one of gemini; codex ran with its own default',
  ]);
  assert.deepEqual(chosen.attempts.map(({ cli, code }) => [cli, code]), [
    ["gemini", "cli_not_installed"],
  ]);
});

Deno.test("without a CLI the role's, the default's and then the fixed order are tried, each once", async () => {
  const tried = async (present: string[]) => {
    const { profile, attempts } = await to({ role: "coding" }, {
      ...parts(present, { coding: { cli: "own" } }),
    });
    return [...attempts.map(({ cli }) => cli), profile.name];
  };
  assert.deepEqual(await tried(["own"]), ["own"]);
  assert.deepEqual(await tried(["claude"]), ["own", "codex", "gemini", "claude"]);
  await assert.rejects(tried([]), {
    code: "cli_not_installed",
    hint:
      "Install at least one of them. codex: get codex; gemini: get gemini; claude: get claude; " +
      "own: get own",
  });
});

Deno.test("a role whose CLI is broken or unknown passes over it", async () => {
  for (const [cli, message] of [["qwen", /Unknown key/], ["zed", /no such profile/]] as const) {
    const { profile, attempts } = await to({ role: "r" }, parts(["codex"], { r: { cli } }));
    assert.equal(profile.name, "codex");
    assert.equal(attempts[0]?.code, "unknown_cli");
    assert.match(attempts[0]!.message, message);
  }
});

Deno.test("an advisory role runs read-only whatever the call says, and passes over who cannot", async () => {
  const from = parts(["codex", "claude"], { review: { cli: "codex", advisory: true } });
  const chosen = await to({ role: "review", permission: "write" }, from);
  assert.deepEqual([chosen.profile.name, chosen.permission], ["claude", "read_only"]);
  assert.deepEqual(chosen.attempts.map(({ cli, code }) => [cli, code]), [
    ["codex", "unsupported"],
    ["gemini", "cli_not_installed"],
  ]);
  assert.deepEqual(chosen.warnings, ['Role "review" only advises; it ran read-only']);
  await assert.rejects(to({ permission: "read_only" }, parts(["codex"])), { code: "unsupported" });
});

Deno.test("a session stays with its CLI, and an unknown role is told with those there are", async () => {
  const session = { cli: "gemini" } as Session;
  const { profile } = await to({ role: "default" }, parts(["codex", "gemini"]), session);
  assert.equal(profile.name, "gemini");
  for (const role of ["defult", "constructor", "__proto__"]) {
    await assert.rejects(to({ role }, parts(["codex"])), {
      code: "invalid_input",
      message: `Cannot run role "${role}": no such role`,
      hint: /Roles: default$/,
    });
  }
});

Deno.test("the installed CLIs are listed in the fixed order", async () => {
  assert.deepEqual(await installed(parts(["own", "claude", "codex"])), ["codex", "claude", "own"]);
});
