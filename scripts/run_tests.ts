/**
 * Runs the tests, or those that the arguments choose as those of `deno test` do. The end-to-end
 * tests start the program some hundred times: from a bundle that takes a fifth less. They mostly
 * wait, so that more of them than there are processors run at once.
 *
 *     deno task test [PATH]...
 *
 * Not named test.ts: `deno test` would take this file for a test, and run all tests in it.
 */
import { bundle } from "./bundle.ts";

/** Many times what all tests take: a test that waits for ever is to fail, and not to hang. */
const LIMIT_MINUTES = 20;

const folder = await Deno.makeTempDir({ prefix: "aimux-bundle-" });
try {
  const env: Record<string, string> = { DENO_JOBS: jobs() };
  try {
    await bundle(folder);
    env["AIMUX_TEST_BUNDLE"] = `${folder}/main.js`;
  } catch (error) {
    console.warn(`The program is tested from its sources, which takes longer: ${error}`);
  }
  const limit = AbortSignal.timeout(LIMIT_MINUTES * 60_000);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-prompt", "--parallel", ...Deno.args],
    env,
    signal: limit,
  }).spawn().status;
  if (limit.aborted) {
    console.error(
      `The tests did not end within ${LIMIT_MINUTES} minutes; above is which still ran`,
    );
  }
  Deno.exitCode = code;
} finally {
  await Deno.remove(folder, { recursive: true });
}

function jobs(): string {
  return Deno.env.get("DENO_JOBS") ?? String(Math.min(8, 2 * navigator.hardwareConcurrency));
}
