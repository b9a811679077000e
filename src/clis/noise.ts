/** What CLIs print in good runs, too: of no use to whoever looks for a reason or for progress. */
const NOISE: readonly RegExp[] = [
  /^Reading (?:additional input|prompt) from stdin/, // codex
  /^WARNING: proceeding, even though/, // codex
  /^\[STARTUP\]/, // gemini
  /^Loaded cached credentials/, // gemini
  /^Ripgrep (?:is )?not available/, // gemini, qwen
  /^Model metadata for .* not found/, // codex, which uses the model all the same
  /^at .*(?::\d+:\d+\)?|\((?:native|<anonymous>)\))$/, // a frame of a stack trace
  /^Node\.js v\d/,
  /^[\s^~|─-]*$/,
];

/** Whether a line, without the space around it, says nothing. */
export function isNoise(line: string): boolean {
  return NOISE.some((pattern) => pattern.test(line));
}
