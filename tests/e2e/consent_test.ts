/** Permission "full" is for who asked the user. */
import assert from "node:assert/strict";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

const FULL = { prompt: "install it", cli: "codex", permission: "full" };

for (const era of ["auto", "legacy"] as const) {
  Deno.test(`the user is asked before a run with full permission, and nothing is made of a no (${era})`, async () => {
    const asked: string[] = [];
    let action: "accept" | "decline" | "cancel" = "decline";
    await using aimux = await startServer({
      era,
      emulators: ["codex"],
      answers(question) {
        asked.push(question);
        return { action, ...action === "accept" && { content: {} } };
      },
    });
    for (action of ["decline", "cancel"] as const) {
      const refused = await aimux.call("exec", FULL);
      assert.deepEqual([refused.isError, refused.error.code], [true, "blocked"]);
      assert.equal(
        refused.error.details.consent,
        action === "decline" ? "declined" : "cancelled",
      );
      assert.equal(refused.choose_your_path.narrower.next_call.arguments.permission, "write");
    }
    assert.equal((await aimux.call("sessions", { action: "list" })).count, 0);
    action = "accept";
    const done = await aimux.call("exec", FULL);
    assert.deepEqual([done.status, done.permission], ["completed", "full"]);
    assert.equal(asked.length, 3);
    const { project } = aimux.workplace;
    assert.ok(asked[0]!.startsWith("Let codex run with full permission?"), asked[0]);
    assert.ok(asked[0]!.endsWith(`\nFolder: ${project}\nTask: install it`), asked[0]);
    await aimux.call("exec", { ...FULL, permission: "write" });
    assert.equal(asked.length, 3, "nothing else is asked");
  });
}

for (const era of ["auto", "legacy"] as const) {
  Deno.test(`nobody is asked for a call that would be refused anyway (${era})`, async () => {
    await using aimux = await startServer({
      era,
      emulators: ["codex"],
      profiles: {
        plain: {
          name: "plain",
          binary: "codex",
          command: { base: "codex" },
          output_format: "text",
        },
      },
      answers: () => assert.fail("nobody is asked"),
    });
    const code = async (changes: Record<string, unknown>) => {
      const { error } = await aimux.call("exec", { ...FULL, ...changes });
      return error.code;
    };
    assert.equal(await code({ read_only: true }), "invalid_input");
    assert.equal(await code({ cli: "codx" }), "unknown_cli");
    assert.equal(await code({ cli: "claude" }), "cli_not_installed");
    assert.equal(await code({ cli: "plain" }), "unsupported");
    assert.equal(await code({ cwd: "/does/not/exist" }), "invalid_input");
    assert.equal(await code({ prompt: " " }), "invalid_input");
    assert.equal(await code({ session_id: "ses_none" }), "not_found");
  });
}

Deno.test("where the user cannot be asked it is refused with the way to allow it; a setting answers for all", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  {
    await using aimux = await startServer({ workplace });
    const { error, state } = await aimux.call("exec", FULL);
    assert.equal(state, "refused");
    assert.deepEqual(error, {
      code: "blocked",
      message: 'Permission "full" needs the user\'s consent, and this client cannot ask for it',
      hint: 'Pass permission "write"; or the user sets "server.allow_full" to "always" ' +
        "(AIMUX_SERVER_ALLOW_FULL=always)",
      details: { consent: "unable" },
    });
  }
  for (const [setting, expected] of [["always", "completed"], ["never", undefined]] as const) {
    workplace.env["AIMUX_SERVER_ALLOW_FULL"] = setting;
    await using aimux = await startServer({
      workplace,
      answers: () => assert.fail("nobody is asked"),
    });
    const { status, error } = await aimux.call("exec", FULL);
    assert.equal(status, expected);
    assert.equal(error?.details.consent, expected ? undefined : "never");
  }
});

Deno.test("a client that breaks on the question gets no run, and its next call is answered", async () => {
  await using aimux = await startServer({
    era: "legacy",
    emulators: ["codex"],
    answers: () => Promise.reject(new Error("No window")),
  });
  const { error } = await aimux.call("exec", FULL);
  assert.equal(error.details.consent, "failed");
  assert.equal(error.message, 'The client failed to ask the user for permission "full"');
  assert.equal((await aimux.call("sessions", { action: "list" })).count, 0);
});
