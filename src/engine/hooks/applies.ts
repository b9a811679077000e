/** Which hooks a run concerns. */
import type { AfterHook, BeforeHook, HooksConfig } from "../../config/hooks.ts";

/** What hooks are chosen by. */
export interface RunKind {
  cli: string;
  role: string;
}

/** Whether a hook is asked about such a run. */
export function applies({ clis, roles }: BeforeHook | AfterHook, { cli, role }: RunKind): boolean {
  return (clis === undefined || clis.includes(cli)) &&
    (roles === undefined || roles.includes(role));
}

/** The names of the hooks that such a run would ask, in order. */
export function hooksFor(
  { before, after }: HooksConfig,
  run: RunKind,
): { before: string[]; after: string[] } {
  const names = (hooks: readonly (BeforeHook | AfterHook)[]) =>
    hooks.filter((hook) => applies(hook, run)).map(({ name }) => name);
  return { before: names(before), after: names(after) };
}
