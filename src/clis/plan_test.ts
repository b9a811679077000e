import assert from "node:assert/strict";
import fc from "fast-check";
import type { CliProfile } from "../config/profile.ts";
import { assertRunnable, type CliPlan, type CliRequest, planRun } from "./plan.ts";
import { shippedProfiles, testProfile } from "./testing.ts";

const SHIPPED = shippedProfiles();

function plan(
  profile: CliProfile,
  request: Partial<CliRequest> = {},
  os: typeof Deno.build.os = "linux",
): CliPlan {
  return planRun(profile, { prompt: "say hi", cwd: "/project", permission: "write", ...request }, {
    path: `/bin/${profile.binary}`,
    env: { PATH: "/bin", SECRET: "x" },
    ownEnv: { AIMUX_DEPTH: "1" },
    stateDir: "/state",
    promptFile: "job_1.prompt",
    os,
  });
}

const threshold = (given: Record<string, unknown> = {}) =>
  testProfile({ stdin_threshold: 10, stdin_flags: ["-"], ...given });

Deno.test("a prompt goes as the prompt style says up to the threshold, above it by standard input", () => {
  const short = plan(threshold(), { prompt: "0123456789" });
  assert.deepEqual(short.args, ["0123456789"]);
  assert.equal(short.stdin, undefined);

  const long = plan(threshold(), { prompt: "0123456789a" });
  assert.deepEqual(long.args, ["-"]);
  assert.equal(long.stdin, "0123456789a");

  const flag = plan(threshold({ prompt_flag_type: "flag", prompt_flag: "-t" }), { prompt: "hi" });
  assert.deepEqual(flag.args, ["-t", "hi"]);
  const flagged = plan(threshold({ prompt_flag: "-t" }), { prompt: "hi" });
  assert.deepEqual(flagged.args, ["-t", "hi"], "a flag is there to be used");
});

Deno.test("a prompt that begins with - never reaches a CLI as a flag", () => {
  const separated = plan(threshold({ prompt_separator: "--" }), { prompt: "--help" });
  assert.deepEqual(separated.args, ["--", "--help"]);
  assert.equal(plan(threshold(), { prompt: "--help" }).stdin, "--help");
  assert.equal(
    plan(threshold({ prompt_flag_type: "flag", prompt_flag: "-t" }), { prompt: "-x" }).stdin,
    "-x",
  );
  // A lone dash means standard input to many programs, also behind "--".
  assert.equal(plan(threshold({ prompt_separator: "--" }), { prompt: "-" }).stdin, "-");
});

Deno.test("where the profile says prompt: stdin every prompt goes there", () => {
  for (const stdin_threshold of [0, 6000]) {
    const { args, stdin } = plan(testProfile({ prompt: "stdin", stdin_threshold }));
    assert.deepEqual([args, stdin], [[], "say hi"]);
  }
});

Deno.test("with a threshold of 0 a prompt that is no argument goes by a file", () => {
  const profile = testProfile({ stdin_threshold: 0, prompt_file_flag: "--message-file" });
  for (const prompt of ["-x", "é".repeat(60_001), "a\0b"]) {
    const { args, stdin, file } = plan(profile, { prompt });
    assert.equal(stdin, undefined);
    assert.deepEqual(args, ["--message-file", "/state/job_1.prompt"]);
    assert.deepEqual(file, { path: "/state/job_1.prompt", text: prompt });
  }
  const { args, file } = plan(profile, { prompt: "x".repeat(100_000) });
  assert.deepEqual([args, file], [["x".repeat(100_000)], undefined]);
});

Deno.test("a prompt that no way can carry is refused before anything starts", () => {
  const profile = testProfile({ stdin_threshold: 0 });
  const refused: [string, RegExp][] = [
    ["-x", /begins with "-"/],
    ["-", /lone "-"/],
    ["a\0b", /NUL/],
    ["x".repeat(120_001), /120001 bytes/],
  ];
  for (const [prompt, message] of refused) {
    const expected = { code: "invalid_input", message };
    assert.throws(() => plan(profile, { prompt }), expected);
    assert.throws(
      () => assertRunnable(profile, { prompt, permission: "write" }, "linux"),
      expected,
    );
  }
});

Deno.test("on Windows an argument holds less", () => {
  const profile = testProfile({ stdin_threshold: 100_000 });
  const prompt = "x".repeat(30_000);
  assert.deepEqual(plan(profile, { prompt }, "linux").args, [prompt]);
  assert.equal(plan(profile, { prompt }, "windows").stdin, prompt);
});

Deno.test("a word that its CLI would take for a command is padded as an argument only", () => {
  const profile = threshold({ pad_single_word: true });
  assert.deepEqual(plan(profile, { prompt: "hi" }).args, ["hi "]);
  assert.deepEqual(plan(profile, { prompt: "say hi" }).args, ["say hi"]);
  assert.equal(plan(profile, { prompt: "x".repeat(11) }).stdin, "x".repeat(11));
  assert.deepEqual(plan(profile, { prompt: "x".repeat(10) }).args, ["x".repeat(10) + " "]);
});

Deno.test("every prompt arrives whole, by exactly one way, and is never a flag", () => {
  const styles = fc.record({
    prompt: fc.constantFrom("auto", "stdin"),
    stdin_threshold: fc.constantFrom(0, 5, 6000),
    prompt_separator: fc.constantFrom("--", undefined),
    prompt_file_flag: fc.constant("--file"),
  });
  const prompts = fc.string({ unit: "binary", minLength: 1, maxLength: 20 })
    .chain((text) => fc.constantFrom(text, `-${text}`, `--${text}`));
  fc.assert(fc.property(styles, prompts, (style, prompt) => {
    const { args, stdin, file } = plan(testProfile(style), { prompt });
    const ways = [
      stdin,
      file?.text,
      ...args.filter((arg) => arg === prompt && stdin === undefined && !file),
    ];
    assert.deepEqual(ways.filter((way) => way !== undefined), [prompt]);
    if (stdin !== undefined || file || !prompt.startsWith("-")) return;
    assert.equal(args.at(-2), "--");
  }));
});

Deno.test("the flags stand in order: base, headless, permission, model, effort, session, prompt", () => {
  const profile = testProfile({
    command: { base: " prog  run " },
    headless_flags: ["--headless"],
    write_flags: ["--write"],
    read_only_flags: ["--plan"],
    model_flag: "-m",
    reasoning: { flag: "-c", flag_value_template: "effort=%s", levels: ["low"] },
    session: { id: "reported", resume_flags: ["--resume", "{session_id}"] },
  });
  const request = {
    model: "m1",
    effort: "low" as const,
    conversation: { id: "c1", exists: true },
  };
  const rest = ["-m", "m1", "-c", "effort=low", "--resume", "c1", "say hi"];
  assert.deepEqual(plan(profile, request).args, ["run", "--headless", "--write", ...rest]);
  const reading = plan(profile, { ...request, permission: "read_only" });
  assert.deepEqual(reading.args, ["run", "--headless", "--plan", ...rest]);
  assert.equal(reading.command, "/bin/prog");
  assert.equal(reading.cwd, "/project");
  assert.deepEqual(reading.env, { PATH: "/bin", AIMUX_DEPTH: "1" });
  assert.deepEqual(reading.warnings, []);
});

Deno.test("read-only is refused where the profile has no flags for it, and an empty list is a promise", () => {
  const refusal = { code: "unsupported", message: /"prog" read-only/ };
  assert.throws(() => plan(testProfile(), { permission: "read_only" }), refusal);
  assert.throws(
    () => assertRunnable(testProfile(), { prompt: "x", permission: "read_only" }),
    refusal,
  );
  assert.deepEqual(plan(testProfile({ read_only_flags: [] }), { permission: "read_only" }).args, [
    "say hi",
  ]);
});

Deno.test("full is refused where the profile has no flags for it; write is never", () => {
  const refusal = {
    code: "unsupported",
    message: 'Cannot run "prog" with permission "full": it has no mode without limits',
  };
  assert.throws(() => plan(testProfile(), { permission: "full" }), refusal);
  assert.throws(() => assertRunnable(testProfile(), { prompt: "x", permission: "full" }), refusal);
  const all = testProfile({ full_flags: ["--yolo"], write_flags: ["--edit"] });
  assert.deepEqual(plan(all, { permission: "full" }).args, ["--yolo", "say hi"]);
  assert.deepEqual(plan(all, { permission: "write" }).args, ["--edit", "say hi"]);
});

Deno.test("variables of a permission stand before those of the user and the profile", () => {
  const profile = testProfile({
    env: { MODE: "ask" },
    env_allow: ["MODE"],
    permission_env: { write: { MODE: "edit" }, full: { MODE: "all" } },
    read_only_flags: [],
    full_flags: [],
  });
  const modes = (["read_only", "write", "full"] as const).map((permission) =>
    planRun(profile, { prompt: "hi", cwd: "/", permission }, {
      path: "/p",
      env: { MODE: "user" },
      ownEnv: {},
      stateDir: "/s",
      promptFile: "p",
    }).env["MODE"]
  );
  assert.deepEqual(modes, ["ask", "edit", "all"]);
});

Deno.test("what a CLI takes a permission from may be a file, which a variable names", () => {
  const profile = testProfile({
    read_only_flags: [],
    permission_files: { read_only: { SETTINGS: "{}" } },
  });
  const reading = plan(profile, { permission: "read_only" });
  assert.equal(reading.env["SETTINGS"], "/state/job_1.prompt.SETTINGS");
  assert.deepEqual(reading.settings, [{ path: "/state/job_1.prompt.SETTINGS", text: "{}" }]);
  const writing = plan(profile);
  assert.deepEqual([writing.env["SETTINGS"], writing.settings], [undefined, []]);
});

Deno.test("what is too long for standard input goes by argument, and else is refused", () => {
  const profile = testProfile({ stdin_threshold: 10, stdin_max_bytes: 20 });
  assert.equal(plan(profile, { prompt: "twelve chars" }).stdin, "twelve chars");
  const longer = "more than twenty characters";
  assert.deepEqual(plan(profile, { prompt: longer }).args, [longer]);
  assert.throws(() => plan(profile, { prompt: `-${longer}` }), {
    message:
      'Cannot hand this prompt to "prog": it begins with "-" and would count as a flag, and ' +
      "it reads at most 20 bytes from standard input",
  });
});

Deno.test("what counts least is set where the server has nothing of that name", () => {
  const profile = testProfile({
    env_default: { RETRIES: "1" },
    files_default: { DEFAULTS: "{}" },
  });
  const at = (env: Record<string, string>) =>
    planRun(profile, { prompt: "hi", cwd: "/", permission: "write" }, {
      path: "/p",
      env,
      ownEnv: {},
      stateDir: "/s",
      promptFile: "p",
    });
  const fresh = at({});
  assert.equal(fresh.env["RETRIES"], "1");
  assert.equal(fresh.env["DEFAULTS"], "/s/p.DEFAULTS");
  assert.deepEqual(fresh.settings, [{ path: "/s/p.DEFAULTS", text: "{}" }]);
  const users = at({ RETRIES: "9", DEFAULTS: "/etc/defaults.json" });
  assert.equal(users.env["RETRIES"], "9");
  assert.equal(users.env["DEFAULTS"], "/etc/defaults.json");
  assert.deepEqual(users.settings, []);
});

Deno.test("a model or an effort that the CLI does not take is told, not dropped silently", () => {
  const { args, warnings } = plan(testProfile(), { model: "m1", effort: "high" });
  assert.deepEqual(args, ["say hi"]);
  assert.deepEqual(warnings, [
    'prog takes no model; "m1" was not passed on',
    'prog has no effort levels; "high" was not passed on',
  ]);
  const mapped = plan(testProfile({ reasoning: { env: "EFFORT", levels: ["low", "high"] } }), {
    effort: "max",
  });
  assert.equal(mapped.env["EFFORT"], "high");
  assert.deepEqual(mapped.warnings, ['prog has no effort level "max"; it ran with "high"']);
  const wanting = testProfile({ model_flag: "-m" });
  assert.deepEqual(plan(wanting, { model: "other" }).args, ["-m", "other", "say hi"]);
});

Deno.test("the flags of a session are filled in, whatever stands in id and folder", () => {
  const profile = testProfile({
    session: {
      id: "chosen",
      start_flags: ["--history", "{state_dir}/{session_id}.md"],
      resume_flags: ["--history", "{state_dir}/{session_id}.md", "--restore"],
    },
  });
  const at = (exists: boolean) =>
    planRun(profile, {
      prompt: "hi",
      cwd: "/",
      permission: "write",
      conversation: { id: "a$&b", exists },
    }, { path: "/p", env: {}, ownEnv: {}, stateDir: "/$$/st$'ate", promptFile: "p" }).args;
  assert.deepEqual(at(false), ["--history", "/$$/st$'ate/a$&b.md", "hi"]);
  assert.deepEqual(at(true), ["--history", "/$$/st$'ate/a$&b.md", "--restore", "hi"]);
});

const CAPTURES = new URL("../../tests/fixtures/captures/", import.meta.url);

/** The arguments behind the program, as a recording of the real CLI was made with them. */
function recorded(name: string): string[] {
  const lines = Deno.readTextFileSync(new URL(`${name}.argv`, CAPTURES)).trimEnd().split("\n");
  lines.pop();
  const isAround = (line: string) => line === "env" || line === "-i" || /^[A-Z_]+=/.test(line);
  return lines.slice(lines.findIndex((line) => !isAround(line)) + 1);
}

const LONG = "word ".repeat(4000);
const permission = "read_only" as const;
const resumed = (id: string) => ({
  prompt: "second turn",
  conversation: { id, exists: true },
});

/** Without --auto it still runs the commands that the model itself calls harmless. */
const REMOVED = ["--remove-tools", "Execute,Create,Edit,ApplyPatch,Task"];

/** Recordings of runs that aimux makes, too: what it asks for, and what it adds to the recorded. */
const COMPARABLE: [string, Partial<CliRequest>, string[]?][] = [
  ["aider/ok_ask", { model: "openai/mock-model", permission }, ["--no-detect-urls"]],
  [
    "aider/error_401",
    { model: "openai/mock-model", permission, prompt: "MOCK_STATUS_401" },
    ["--no-detect-urls"],
  ],
  ["claude/ok", { permission }],
  [
    "claude/resume",
    resumed("9dc86ca0-01e0-4c4d-b2dc-c8adaa96c455"),
    ["--permission-mode", "acceptEdits"],
  ],
  ["claude/stdin20k", { prompt: LONG, permission }, ["--permission-mode", "plan"]],
  ["cline/ok", { permission }],
  ["cline/error_401", { prompt: "MOCK_STATUS_401 now" }],
  ["cn/stdin20k_pipe_format_before_p", { prompt: LONG, permission: "full" }, ["--auto"]],
  ["codex/ok", { permission }, ["-c", "analytics.enabled=false", "--"]],
  [
    "codex/resume",
    { ...resumed("01a203f3-104e-7a72-b3c8-fb7123bf57fa"), permission },
    ["-c", "analytics.enabled=false", "--"],
  ],
  ["droid/stream", { model: "custom:mock-model", permission }, REMOVED],
  ["gemini/ok", { model: "gemini-2.5-flash", permission }],
  [
    "gemini/resume",
    { ...resumed("a0182858-5333-4e8b-acbc-9161743c4af8"), model: "gemini-2.5-flash", permission },
  ],
  [
    "gemini/stdin20k",
    { model: "gemini-2.5-flash", prompt: LONG },
    ["--approval-mode", "auto_edit"],
  ],
  ["goose/ok_quiet", {}],
  ["goose/resume", resumed("sess1")],
  ["goose/stdin20k", { prompt: LONG }],
  [
    "gptme/ok_nocomplete",
    { model: "local/mock-model", permission, conversation: { id: "aimux-t1", exists: false } },
  ],
  ["gptme/resume", { ...resumed("aimux-t1"), model: "local/mock-model", permission }],
  ["gptme/stdin20k", { model: "local/mock-model", permission, prompt: LONG }],
  ["opencode/stdin20k", { prompt: LONG }],
  ["qwen/ok", { permission }],
  [
    "qwen/resume",
    { ...resumed("b8534f77-6436-4a13-bfec-5506b78ce84d"), permission },
    ["--approval-mode", "plan"],
  ],
  ["qwen/stdin20k", { prompt: LONG }, ["--approval-mode", "auto-edit"]],
];

Deno.test("the shipped profiles call the CLIs as the recordings show that they work", async (t) => {
  for (const [name, request, added = []] of COMPARABLE) {
    await t.step(name, () => {
      const [folder = ""] = name.split("/");
      const ours = plan(SHIPPED.get(folder === "cn" ? "continue" : folder)!, request);
      const theirs = recorded(name);
      assert.deepEqual(ours.args.toSorted(), [...theirs, ...added].sort());
      assert.equal(ours.args.at(-1) === request.prompt, theirs.at(-1) === request.prompt);
      assert.equal(ours.stdin, request.prompt === LONG ? LONG : undefined);
    });
  }
});

/** What no recording shows yet; what is recorded, or not used any more, is to be taken out. */
const UNRECORDED: Record<string, string[]> = {
  aider: [
    "--reasoning-effort",
    "--chat-history-file",
    "{state_dir}/{session_id}.aider.md",
    "--input-history-file",
    "{state_dir}/{session_id}.aider.input",
  ],
  claude: ["bypassPermissions", "--effort"],
  cline: ["--auto-approve", "true", "-m", "--thinking", "Do what the following text asks."],
  codex: ["danger-full-access", "-m"],
  continue: ["--allow"],
  crush: ["run", "-q", "-m"],
  droid: ["--skip-permissions-unsafe", "-r", "-s"],
  gemini: ["yolo"],
  goose: ["--model"],
  gptme: ["read,save,append,patch"],
  opencode: ["--agent", "plan", "--auto", "--variant"],
  qwen: ["yolo", "-m"],
};

Deno.test("each flag of a shipped profile was recorded, or is known not to have been", async (t) => {
  assert.equal(SHIPPED.size, 12);
  for (const [cli, profile] of SHIPPED) {
    await t.step(cli, () => {
      const seen = new Set(["{session_id}", ...recordedArguments(cli)]);
      const unseen = flagsOf(profile).filter((flag) => !seen.has(flag));
      assert.deepEqual([...new Set(unseen)].sort(), [...new Set(UNRECORDED[cli])].sort());
    });
  }
});

function recordedArguments(cli: string): string[] {
  const folder = cli === "continue" ? "cn" : cli;
  try {
    return [...Deno.readDirSync(new URL(folder, CAPTURES))]
      .filter(({ name }) => name.endsWith(".argv"))
      .flatMap(({ name }) => recorded(`${folder}/${name.replace(/\.argv$/, "")}`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function flagsOf(profile: CliProfile): string[] {
  return [
    ...profile.command.base.split(" ").slice(1),
    ...profile.headless_flags,
    ...profile.write_flags,
    ...profile.read_only_flags ?? [],
    ...profile.full_flags ?? [],
    ...profile.stdin_flags,
    ...profile.session?.start_flags ?? [],
    ...profile.session?.resume_flags ?? [],
    profile.prompt_flag,
    profile.prompt_separator,
    profile.prompt_file_flag,
    profile.model_flag,
    profile.reasoning?.flag,
  ].filter((flag) => flag !== undefined);
}

Deno.test("a program outside PATH finds what stands beside it, after all that is on PATH", () => {
  const pathOf = (path: string, env: Record<string, string>, os: typeof Deno.build.os) =>
    planRun(testProfile(), { prompt: "hi", cwd: "/", permission: "write" }, {
      path,
      env,
      ownEnv: {},
      stateDir: "/state",
      promptFile: "job_1.prompt",
      os,
    }).env;

  assert.deepEqual(pathOf("/nvm/bin/codex", { PATH: "/usr/bin:/bin" }, "linux"), {
    PATH: "/usr/bin:/bin:/nvm/bin",
  });
  assert.deepEqual(pathOf("/nvm/bin/codex", {}, "linux"), { PATH: "/nvm/bin" });
  assert.deepEqual(pathOf("/bin/codex", { PATH: "/usr/bin:/bin" }, "linux"), {
    PATH: "/usr/bin:/bin",
  });
  assert.deepEqual(pathOf("C:\\npm\\codex.cmd", { Path: "C:\\Windows" }, "windows"), {
    Path: "C:\\Windows;C:\\npm",
  });
});
