/** What some are asked to see whether they are logged in; the emulated ones are. */
export const LOGIN_QUESTIONS: Readonly<Partial<Record<CliName, string>>> = {
  codex: "login status",
  claude: "auth status",
};

/** What the CLIs print when they are asked with `--version`; that of crush is not verified. */
import type { CliName } from "./cli.ts";

/** Byte for byte. */
export const VERSIONS: Readonly<Record<CliName, string>> = {
  codex: "codex-cli 0.169.0\n",
  claude: "2.1.330 (Claude Code)\n",
  gemini: "0.61.0\n",
  qwen: "0.24.4\n",
  aider: "aider 0.86.2\n",
  goose: " 1.52.0\n",
  crush: "crush version v0.96.1\n",
  gptme: "0.35.1\n",
  cline: "3.0.65\n",
  continue: "1.5.47\n",
  droid: "0.215.0\n",
  opencode: "1.18.33\n",
};
