/**
 * Emulators of the AI coding CLIs, for tests and the demo.
 *
 * ```ts
 * await installEmulators(binDir, {
 *   codex: emulator.codex().fails("quota").nextCall().answers("at last"),
 *   gemini: emulator.gemini().prints("half an ans").thenHangs(),
 * });
 * // … run with PATH=binDir and a HOME of its own …
 * const [call] = await callsOf(home, "codex");
 * ```
 */
export { type Emulation, emulator } from "./builder.ts";
export { CLI_NAMES, type CliName } from "./cli.ts";
export { type Emulators, installEmulators } from "./install.ts";
export { type Call, callsOf, type Child, childrenOf, conversationsOf } from "./records.ts";
export type { Scenario, Step } from "./steps.ts";
