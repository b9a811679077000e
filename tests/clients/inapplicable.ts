/**
 * What of the conformance suite cannot be shown, and why: by the name of a scenario, or of one of
 * its checks as `scenario:check`. An entry that is not true any more fails the run.
 */

/** Reasons by scenario, or by `scenario:check`. */
export type Inapplicable = Readonly<Record<string, string>>;

/** On any server. */
export const NOWHERE: Inapplicable = {
  "tasks-status-notifications": "the suite skips it on every server, until it is rewritten for " +
    "subscriptions/listen",
  ...all("aimux keeps no sessions over HTTP: there is none to end, and none to resume", [
    "server-session-lifecycle",
    "server-sse-polling",
  ]),
  ...all("aimux's lists never change", [
    "server-stateless:sep-2575-server-sends-prompts-list-changed-on-subscription",
    "server-stateless:sep-2575-server-sends-tools-list-changed-on-subscription",
  ]),
};

/** On the server that users have. */
export const ON_PRODUCT: Inapplicable = {
  ...NOWHERE,
  ...all("it calls tools of the suite", [
    "elicitation-sep1034-defaults",
    "elicitation-sep1330-enums",
    "http-custom-header-server-validation",
    "input-required-result-basic-elicitation",
    "input-required-result-basic-list-roots",
    "input-required-result-basic-sampling",
    "input-required-result-capability-check",
    "input-required-result-ignore-extra-params",
    "input-required-result-missing-input-response",
    "input-required-result-multi-round",
    "input-required-result-multiple-input-requests",
    "input-required-result-request-state",
    "input-required-result-result-type",
    "input-required-result-tampered-state",
    "json-schema-2020-12",
    "server-stateless:sep-2575-http-server-no-independent-requests-on-stream",
    "server-stateless:sep-2575-missing-capability-http-400",
    "server-stateless:sep-2575-server-no-log-without-loglevel",
    "server-stateless:sep-2575-server-rejects-undeclared-capability",
    "tasks-capability-negotiation:sep-2663-server-rejects-undeclared-client",
    "tasks-capability-negotiation:tasks-per-request-meta-opt-in",
    "tasks-dispatch-and-envelope:sep-2663-durable-create-strong-consistency",
    "tasks-dispatch-and-envelope:sep-2663-legacy-task-param-ignored",
    "tasks-dispatch-and-envelope:tasks-immediate-result-shortcut",
    "tasks-dispatch-and-envelope:tasks-result-type-complete-on-non-task-responses",
    "tasks-dispatch-and-envelope:tasks-server-directed-creation-no-hint",
    "tasks-lifecycle",
    "tasks-mrtr-composition",
    "tasks-mrtr-input",
    "tasks-request-headers:sep-2663-routing-headers-accepted-on-tasks-get",
    "tasks-request-headers:sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get",
    "tasks-request-headers:tasks-headers-tolerate-mcp-method-on-tools-call",
    "tasks-request-state-removal",
    "tasks-required-task-error",
    "tasks-wire-fields",
    "tools-call-audio",
    "tools-call-elicitation",
    "tools-call-embedded-resource",
    "tools-call-error",
    "tools-call-image",
    "tools-call-mixed-content",
    "tools-call-sampling",
    "tools-call-simple-text",
    "tools-call-with-logging",
    "tools-call-with-progress",
  ]),
  ...all("it reads resources of the suite", [
    "resources-read-binary",
    "resources-read-text",
    "resources-templates-read",
  ]),
  ...all("aimux has no prompts", [
    "caching:sep-2549-prompts-list-caching-hints",
    "completion-complete",
    "input-required-result-non-tool-request",
    "prompts-get-embedded-resource",
    "prompts-get-simple",
    "prompts-get-with-args",
    "prompts-get-with-image",
    "prompts-list",
  ]),
  ...all("the old era has no stream over HTTP but that of a call, and aimux says so", [
    "logging-set-level",
    "resources-subscribe",
    "resources-unsubscribe",
  ]),
};

function all(reason: string, names: readonly string[]): Inapplicable {
  return Object.fromEntries(names.map((name) => [name, reason]));
}
