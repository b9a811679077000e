/**
 * Emulators of the AI coding CLIs, for tests and the demo.
 *
 * ```ts ignore
 * const root = await Deno.makeTempDir();
 * await installEmulators(`${root}/bin`, {
 *   codex: emulator.codex().fails("quota").nextCall().answers("at last"),
 *   gemini: emulator.gemini().prints("half an ans").thenHangs(),
 * });
 *
 * const args = ["exec", "--json", "say hi"];
 * const { code } = await new Deno.Command(`${root}/bin/codex`, {
 *   args,
 *   env: { HOME: root },
 *   stdin: "null",
 * }).output();
 *
 * const [call] = await callsOf(root, "codex");
 * console.assert(code === 1 && call?.prompt === "say hi");
 * ```
 *
 * By hand, the same steps come in a line of the prompt: `#emulate [{"wait_ms": 500}, {"hang": true}]`.
 */
export { type Emulation, emulator } from "./builder.ts";
export { CLI_NAMES, type CliName } from "./cli.ts";
export { type Emulators, installEmulators } from "./install.ts";
export { type Call, callsOf, type Child, childrenOf, conversationsOf } from "./records.ts";
export type { Scenario, Step } from "./steps.ts";
