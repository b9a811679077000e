/** The real CLIs: how each is installed, and how it is pointed at a model on this machine. */
import type { Edit } from "./model/behaviour.ts";
import type { Install } from "./installs.ts";
import type { CaseName } from "./results.ts";

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
  /** The model to ask for an effort, where not every model takes one. */
  thinks?: string;
  /** Cases that its profile knows but that cannot be shown on this model, and why. */
  cannot?: Partial<Record<CaseName, string>>;
  /** What it may write in the project all the same, although it is told to change nothing. */
  own?: RegExp;
  /** It tries again and again by itself, silently, and has no setting for that: for so many seconds. */
  patience?: number;
  /** Why it fails, by its own message, where it is refused a command in a read-only run. */
  stops?: { message: RegExp; note: string };
  /** Why it does not resume here, so that aimux goes on by a transcript. */
  forgets?: string;
  /** How the model asks for an edit in words, where it is offered no tools. */
  asText?(edit: Pick<Edit, "path" | "content">): string;
  /** Its tools want absolute paths. */
  absolute?: boolean;
  /** It tells no usage. */
  untold?: boolean;
}

const KEY = "sk-mock";

/** Why there is nothing to wait for. */
const SILENT = "it tries again by itself for minutes, silently, with no setting for that";

/** In alphabetical order. */
export const SUBJECTS: readonly Subject[] = [
  {
    cli: "aider",
    binary: "aider",
    install: { from: "pypi", package: "aider-chat", version: "0.86.2", program: "bin/aider" },
    env: (url) => ({ OPENAI_API_KEY: KEY, OPENAI_API_BASE: `${url}/v1` }),
    model: "openai/mock-model",
    other: { asked: "openai/mock-2", arrives: "mock-2" },
    thinks: "openai/o3-mini",
    own: /^\.aider\.tags\.cache/,
    asText: ({ path, content }) => `${path}\n\`\`\`\n${content}\n\`\`\`\n`,
  },
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
    stops: {
      message: /auto mode could not check some actions/,
      note: "of a command it asks its model, which answers that here in no way that it understands",
    },
    absolute: true,
  },
  {
    cli: "cline",
    binary: "cline",
    install: {
      from: "npm",
      package: "cline",
      version: "3.0.65",
      program: "node_modules/.bin/cline",
    },
    env: () => ({ CLINE_TELEMETRY_DISABLED: "1" }),
    files: (url) => ({
      ".cline/data/settings/providers.json": JSON.stringify({
        version: 1,
        lastUsedProvider: "openai-compatible",
        providers: {
          "openai-compatible": {
            settings: {
              provider: "openai",
              apiKey: KEY,
              model: "mock-model",
              baseUrl: `${url}/v1`,
            },
            updatedAt: "2026-11-26T00:00:00.000Z",
            tokenSource: "manual",
          },
        },
      }),
    }),
    other: { asked: "mock-2", arrives: "mock-2" },
    // Of a failing server it tells after a minute, and aimux asks it twice.
    patience: 200,
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
  {
    cli: "continue",
    binary: "cn",
    install: {
      from: "npm",
      package: "@continuedev/cli",
      version: "1.5.47",
      program: "node_modules/.bin/cn",
    },
    env: () => ({ CONTINUE_TELEMETRY_ENABLED: "0" }),
    files: (url) => ({
      ".continue/config.yaml": JSON.stringify({
        name: "mock",
        version: "1.0.0",
        schema: "v1",
        models: ["mock-model", "mock-2"].map((model) => ({
          name: model,
          provider: "openai",
          model,
          apiBase: `${url}/v1`,
          apiKey: KEY,
          roles: ["chat", "edit", "apply"],
        })),
      }),
    }),
    other: { asked: "mock-2", arrives: "mock-2" },
    cannot: { 529: SILENT, cut: SILENT },
    stops: {
      message: /ended without an answer/,
      note: "it ends where its model asks for a tool that it was not offered",
    },
    patience: 200,
    untold: true,
  },
  {
    cli: "crush",
    binary: "crush",
    install: {
      from: "npm",
      package: "@charmland/crush",
      version: "0.96.1",
      program: "node_modules/@charmland/crush/bin/crush",
      // It fetches the program from where releases are, which is no registry.
      script: "install.js",
    },
    env: () => ({ CRUSH_DISABLE_METRICS: "1", CRUSH_DISABLE_PROVIDER_AUTO_UPDATE: "1" }),
    files: (url) => ({
      ".config/crush/crush.json": JSON.stringify({
        providers: {
          mock: {
            type: "openai",
            base_url: `${url}/v1`,
            api_key: KEY,
            models: ["mock-model", "mock-2"].map((id) => ({
              id,
              name: id,
              context_window: 200_000,
              default_max_tokens: 8000,
            })),
          },
        },
        models: {
          large: { provider: "mock", model: "mock-model" },
          small: { provider: "mock", model: "mock-model" },
        },
      }),
    }),
    other: { asked: "mock/mock-2", arrives: "mock-2" },
    untold: true,
  },
  {
    cli: "droid",
    binary: "droid",
    install: {
      from: "npm",
      package: "droid",
      version: "0.215.0",
      program: "node_modules/.bin/droid",
    },
    env: () => ({}),
    files: (url) => ({
      ".factory/settings.json": JSON.stringify({
        customModels: ["mock-model", "mock-2"].map((model) => ({
          model,
          displayName: model,
          baseUrl: `${url}/v1`,
          apiKey: KEY,
          provider: "generic-chat-completion-api",
        })),
      }),
    }),
    model: "custom:mock-model",
    other: { asked: "custom:mock-2", arrives: "mock-2" },
    cannot: {
      effort: "a model of one's own takes none, and the others need a login",
      500: SILENT,
      529: SILENT,
    },
    patience: 150,
    forgets: "without a login its -s ends with exit code 1",
    absolute: true,
  },
  {
    cli: "gemini",
    binary: "gemini",
    install: {
      from: "npm",
      package: "@google/gemini-cli",
      version: "0.61.0",
      program: "node_modules/.bin/gemini",
    },
    env: (url) => ({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: url }),
    files: () => ({
      ".gemini/settings.json": JSON.stringify({
        security: { auth: { selectedType: "gemini-api-key" } },
        privacy: { usageStatisticsEnabled: false },
        general: { enableAutoUpdate: false },
      }),
    }),
    // Without a model it asks another one first which to take.
    model: "gemini-2.5-pro",
    other: { asked: "gemini-2.5-flash", arrives: "gemini-2.5-flash" },
  },
  {
    cli: "goose",
    binary: "goose",
    install: {
      from: "npm",
      package: "@aaif/goose-binary-linux-x64",
      version: "1.52.0",
      program: "node_modules/.bin/goose-binary-linux-x64",
    },
    env: (url) => ({
      GOOSE_PROVIDER: "openai",
      GOOSE_MODEL: "mock-model",
      GOOSE_DISABLE_KEYRING: "1",
      GOOSE_TELEMETRY_ENABLED: "false",
      OPENAI_API_KEY: KEY,
      OPENAI_HOST: url,
    }),
    other: { asked: "mock-2", arrives: "mock-2" },
    thinks: "gpt-5",
  },
  {
    cli: "gptme",
    binary: "gptme",
    install: { from: "pypi", package: "gptme", version: "0.35.1", program: "bin/gptme" },
    env: (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` }),
    model: "local/mock-model",
    other: { asked: "local/mock-2", arrives: "mock-2" },
    thinks: "openai/gpt-5",
    asText: ({ path, content }) => `\`\`\`save ${path}\n${content}\n\`\`\``,
  },
  {
    cli: "opencode",
    binary: "opencode",
    install: {
      from: "npm",
      package: "opencode-ai",
      version: "1.18.33",
      program: "node_modules/.bin/opencode",
      script: "postinstall.mjs",
    },
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1" }),
    files: (url) => ({
      ".config/opencode/opencode.json": JSON.stringify({
        model: "mock/mock-model",
        autoupdate: false,
        share: "disabled",
        provider: {
          mock: {
            npm: "@ai-sdk/openai-compatible",
            options: { baseURL: `${url}/v1`, apiKey: KEY },
            models: {
              "mock-model": {
                name: "mock-model",
                reasoning: true,
                variants: { high: { reasoningEffort: "high" } },
              },
              "mock-2": { name: "mock-2" },
            },
          },
        },
      }),
    }),
    other: { asked: "mock/mock-2", arrives: "mock-2" },
    cannot: { 500: SILENT, 529: SILENT, cut: SILENT },
    absolute: true,
  },
  {
    cli: "qwen",
    binary: "qwen",
    install: {
      from: "npm",
      package: "@qwen-code/qwen-code",
      version: "0.24.4",
      program: "node_modules/.bin/qwen",
    },
    env: (url) => ({
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_MODEL: "mock-model",
    }),
    files: () => ({
      ".qwen/settings.json": JSON.stringify({
        security: { auth: { selectedType: "openai" } },
        privacy: { usageStatisticsEnabled: false },
        general: { enableAutoUpdate: false },
      }),
    }),
    other: { asked: "mock-2", arrives: "mock-2" },
    cannot: { 500: SILENT, 529: SILENT },
    absolute: true,
  },
];
