/** What a project sets, as a person is shown it before trusting it: each key with its value. */
import type { Redactor } from "../lib/redact.ts";
import { isSecretVariable } from "../lib/secret_names.ts";
import { visibleJson } from "../lib/terminal/visible_json.ts";
import { nested, valueAt } from "./merge.ts";
import type { ProjectSetting } from "./project_settings.ts";

/** Without the secrets that it may hold. */
export function shownValue({ keys, value }: ProjectSetting, redact: Redactor): unknown {
  // A variable's name says more often that it holds a secret.
  if (isSecretVariable(keys.at(-1) ?? "") && typeof value === "string") return "[redacted]";
  return valueAt(redact.facts(nested(keys, value)), keys);
}

/** One line: `cli.d/codex/profile.yaml:2 binary: "./codex"`. */
export function shownSetting(setting: ProjectSetting, redact: Redactor): string {
  const { file, keys, place } = setting;
  const name = keys.every((key) => /^[\w@.-]+$/.test(key))
    ? keys.join(".")
    : visibleJson(keys.join("."));
  const where = visibleJson(`${file}:${place().line ?? 1}`).slice(1, -1);
  return `${where} ${name}: ${visibleJson(shownValue(setting, redact))}`;
}
