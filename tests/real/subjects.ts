/** The real CLIs: how each is installed, and how it is pointed at a model on this machine. */
import type { Edit } from "./model/behaviour.ts";
import type { Install } from "./installs.ts";

/** One CLI. */
export interface Subject {
  /** aimux's name of it. */
  cli: string;
  /** What its program is called on PATH. */
  binary: string;
  install: Install;
  /** Variables of the server's environment, as a user would have them. */
  env(url: string): Record<string, string>;
  /** Its configuration files, by their path below HOME. */
  files?(url: string): Record<string, string>;
  /** The model to ask for in every call, where the CLI's own default does not do. */
  model?: string;
  /** Another model as aimux is asked for it, and as it must arrive. */
  other: { asked: string; arrives: string };
  /** How the model asks for an edit in words, where it is offered no tools. */
  asText?(edit: Pick<Edit, "path" | "content">): string;
  /** Its tools want absolute paths. */
  absolute?: boolean;
  /** It tells no usage. */
  untold?: boolean;
}

const KEY = "sk-mock";

/** In alphabetical order. */
export const SUBJECTS: readonly Subject[] = [
  {
    cli: "claude",
    binary: "claude",
    install: {
      from: "npm",
      package: "@anthropic-ai/claude-code",
      version: "2.1.330",
      program: "node_modules/.bin/claude",
      script: "install.cjs",
    },
    env: (url) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: KEY,
      DISABLE_TELEMETRY: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    }),
    other: { asked: "claude-mock-2", arrives: "claude-mock-2" },
    absolute: true,
  },
  {
    cli: "codex",
    binary: "codex",
    install: {
      from: "npm",
      package: "@openai/codex",
      version: "0.169.0",
      program: "node_modules/.bin/codex",
    },
    env: () => ({ OPENAI_API_KEY: KEY }),
    files: (url) => ({
      ".codex/config.toml": [
        'model = "mock-model"',
        'model_provider = "mock"',
        "[model_providers.mock]",
        'name = "mock"',
        `base_url = "${url}/v1"`,
        'env_key = "OPENAI_API_KEY"',
        'wire_api = "responses"',
      ].join("\n"),
    }),
    other: { asked: "mock-2", arrives: "mock-2" },
  },
];
