/** What a CLI is told before a prompt: by role and style, from the templates of prompts.d. */
import type { PreambleRequest, WritePreamble } from "../engine/preamble.ts";
import { ConfigError } from "../config/problem.ts";
import { AimuxError } from "../lib/errors.ts";
import type { Clock } from "../lib/clock.ts";
import { nearest } from "../lib/nearest.ts";
import { renderTemplate, type Variables } from "./template.ts";
import { type TemplateFiles, templateFiles } from "./template_files.ts";

/** What preambles are made from. */
export interface PreambleParts {
  /** The folders of the configuration, lowest layer first; each may hold `prompts.d`. */
  folders: readonly { path: string; shown: string }[];
  clock: Pick<Clock, "now">;
  /** Told the files that a preamble came from. */
  onWritten?(request: PreambleRequest, files: string[]): void;
}

const WAY_OUT = "Mend the file, or remove it: then the one of the same name below it counts";

/** The role whose prompts go as they are. */
const PLAIN_ROLE = "default";

/**
 * Writes preambles: the role's prompt from `roles/<role>.md`, then the style from
 * `styles/<style>.md`. The files are looked up at each call: in the folders, and above them in the
 * one of the project that the run works in.
 */
export function createPreambles({ folders, clock, onWritten }: PreambleParts): WritePreamble {
  return async function writePreamble(request) {
    const { role, style, cwd } = request;
    const files = templateFiles([
      ...folders.map(({ path, shown }) => ({
        path: `${path}/prompts.d`,
        shown: `${shown}/prompts.d`,
      })),
      { path: `${cwd}/.aimux/prompts.d`, shown: `${cwd}/.aimux/prompts.d`, untrusted: cwd },
    ]);
    const variables = variablesOf(request, clock.now());
    const written = [
      role === PLAIN_ROLE ? undefined : await render(`roles/${role}`, variables, files),
      style === undefined ? undefined : await renderStyle(style, variables, files),
    ].filter((part) => part !== undefined);
    if (written.length > 0) onWritten?.(request, written.flatMap((part) => part.files));
    return written.map(({ text }) => text).filter(Boolean).join("\n\n");
  };
}

/** The variables of a template, as docs/prompts.md lists them. */
function variablesOf(request: PreambleRequest, now: number): Variables {
  return {
    role: request.role,
    style: request.style ?? null,
    cli: request.cli,
    model: request.model ?? null,
    effort: request.effort ?? null,
    cwd: request.cwd,
    read_only: request.readOnly,
    date: new Date(now).toISOString().slice(0, "2026-11-22".length),
  };
}

/** A template, with what can be done where it is broken. */
async function render(name: string, variables: Variables, files: TemplateFiles) {
  try {
    return await renderTemplate(name, variables, files);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.problems, WAY_OUT);
  }
}

async function renderStyle(style: string, variables: Variables, files: TemplateFiles) {
  const rendered = style.includes("/")
    ? undefined
    : await render(`styles/${style}`, variables, files);
  if (rendered) return rendered;
  const valid = files.names().filter((name) => /^styles\/[^/]+$/.test(name))
    .map((name) => name.replace("styles/", ""));
  const close = nearest(style, valid);
  throw new AimuxError(
    "invalid_input",
    `Cannot answer in style ${JSON.stringify(style)}: no such style`,
    {
      hint: `${close ? `Did you mean "${close}"? ` : ""}Styles: ${valid.join(", ")}`,
      details: { style, ...close && { did_you_mean: close }, valid },
    },
  );
}
