/** Tells from a failure's message what kind of failure it is. */
import type { ErrorCode } from "../lib/errors.ts";

/**
 * The class of a failure by its message, `failed` where the message fits none.
 *
 * It is only asked about failures: a good answer may talk about rate limits as much as it likes.
 *
 * @example
 * ```ts
 * import { classify } from "./classify.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(classify("API Error: 429 Too Many Requests"), "quota");
 * assert.equal(classify("The patch changes 429 lines of code"), "failed");
 * ```
 */
export function classify(text: string): ErrorCode {
  const message = text.slice(0, MAX_LENGTH);
  for (const [code, patterns] of CLASSES) {
    if (patterns.some((pattern) => pattern.test(message))) return code;
  }
  return "failed";
}

/** More than any message that a person would read. */
const MAX_LENGTH = 20_000;

/**
 * A number as a status: behind a word that announces one, behind a bracket, or first of all as in
 * "401 Incorrect API key"; never as part of another number or as a count of things.
 */
function status(digits: string): RegExp {
  const announced = String.raw`\b(?:${ANNOUNCING})["')]{0,3}\s{0,3}[:=#]?\s{0,3}["'([]?`;
  const standing = String.raw`(?![\w-]|\.\d|\s+(?:${COUNTED})\b)`;
  return new RegExp(String.raw`(?:${announced}|^\W*|[([]\s*)(?:${digits})${standing}`, "i");
}

const ANNOUNCING = String.raw`https?|http/[\d.]+|status(?:[ _-]?code)?|code|error|errno|response|` +
  "responded with|returned|received|got|failed with|failed:";

const COUNTED = "of|lines?|files?|tokens?|tests?|items?|times|bytes|chars|characters|words|rows|" +
  "entries|errors?|warnings?|seconds?|minutes?|ms";

/** First match wins: a 403 that speaks of a model is about the model. */
const CLASSES: ReadonlyArray<readonly [ErrorCode, readonly RegExp[]]> = [
  ["quota", [
    status("429"),
    /\brate[ _-]?limit/i,
    /\busage[ _-]limit/i,
    /\b(?:hit|reached|exceeded) (?:your|the|its) (?:[\w-]+ )?limit\b/i,
    /\b(?:\d+-hour|hourly|daily|weekly|monthly|session|spending|spend) limit\b/i,
    /\btoo[ _]many[ _]requests\b/i,
    /\bquota\b.{0,60}\b(?:exceeded|exhausted|reached|used up)\b/is,
    /\b(?:exceed(?:ed|s)?|exhausted|reached|insufficient|over|out of)\b.{0,40}[ _]quota\b/is,
    /\bresource[ _](?:has been )?exhausted\b/i,
    /\bcredit balance\b/i,
    /\b(?:insufficient|out of|no more|not enough) (?:credits?|balance|funds)\b/i,
    /\binsufficient_quota\b/i,
    /\bpayment required\b/i,
    /\bcredits? (?:are |is |have been |has been )?(?:exhausted|used up)\b/i,
  ]],
  ["model_unavailable", [
    /\bmodels?\b[^\n]{0,100}?\b(?:not found|not exist|doesn't exist)/i,
    /\bmodels?\b[^\n]{0,100}?\b(?:is|are|was) not (?:supported|available|enabled|allowed|accessible)/i,
    /\bmodels?\b[^\n]{0,100}?\b(?:deprecated|decommissioned|retired|no longer (?:available|supported))\b/i,
    /\bmodel\b[^\n]{0,60}?\bis (?:unavailable|invalid|unknown|unsupported|not valid)\b/i,
    /\b(?:no such|unknown|invalid|unsupported|unrecognized|unavailable) model\b/i,
    /\bnot a valid model\b/i,
    /\bno (?:endpoints|allowed providers)\b[^\n]{0,20}\b(?:found|available)\b/i, // OpenRouter
    /\b(?:no|not have|without|lacks?) access to (?:the |this |that )?(?:requested |selected )?model\b/i,
    /\bmodel[ _-]?not[ _-]?(?:found|supported|available)/i,
    /model[_ ]?not[_ ]?found/i,
    /\bnot_found(?:_error)?\b[^\n]{0,100}\bmodels?\b/i,
    new RegExp(status("404").source + String.raw`[^\n]{0,200}\bmodels?\b`, "i"),
    new RegExp(String.raw`\bmodels?\b[^\n]{0,200}?` + status("404").source, "i"),
  ]],
  ["auth", [
    status("401|403"),
    /\bunauthori[sz]ed\b/i,
    /\bunauthenticated\b/i,
    /\bforbidden\b/i,
    // The act, not a file or a module that is named after it.
    /(?<![\w/-])authenticat(?:ion|e|ed|ing)(?![\w-]*[./]\w)/i,
    /AuthenticationError\b/,
    /\b(?:invalid|incorrect|missing|expired|revoked|bad|wrong|no)\b.{0,30}\bapi[ _-]?keys?\b/is,
    /\bapi[ _-]?key\b.{0,60}\b(?:invalid|incorrect|missing|expired|revoked|required|must be set)\b/is,
    /\bapi[ _-]?key\b.{0,40}\bnot (?:valid|set|found|provided|configured)\b/is,
    /\bx-api-key\b/i,
    /\bmissing environment variable\b.{0,10}\w*(?:KEY|TOKEN)\b/is,
    /\bnot (?:logged|signed) in\b/i,
    /\b(?:please|must|need to|have to) (?:run \S+ to )?(?:log|sign)[ -]?in\b/i,
    /\b(?:log|sign)[ -]?in (?:again|using|with|via|first|required|to (?:your|continue|use))\b/i,
    /\brun\b.{0,20}[/ ]log-?in\b/i,
    /\bno providers? configured\b/i,
    /\b(?:organization|account) (?:has been|is) (?:disabled|suspended|deactivated)\b/i,
    /\bno (?:auth|valid) credentials\b|\bcredentials?\b.{0,30}\b(?:invalid|expired|missing|required|not found)\b/is,
    /\binvalid (?:credentials?|bearer)\b/i,
    /\b(?:oauth|access|refresh|auth|bearer|session) token\b.{0,40}\b(?:expired|invalid|revoked|missing|refreshed)\b/is,
    /\bPERMISSION_DENIED\b|\bpermission_error\b|\bPermissionDenied(?:Error)?\b/,
  ]],
  ["transient", [
    status(String.raw`408|5\d\d`),
    /overloaded/i,
    /\bat capacity\b/i,
    /\bserver had an error\b/i, // OpenAI
    /\binternal server error\b|\bserver_error\b|\bInternalServerError\b/i,
    /\binternal error (?:has )?occurred\b/i,
    /\bhigh demand\b/i,
    /\bbad gateway\b/i,
    /\bservice (?:is )?(?:temporarily |currently )?unavailable\b|\bServiceUnavailable/i,
    /\b(?:temporarily|currently) unavailable\b/i,
    /\btemporary failure\b/i,
    /\bconnection (?:was |is |has been )?(?:refused|reset|aborted|closed|error|lost|failed|timed)\b/i,
    /\b(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)\b/,
    /\b(?:unable|could not|cannot|can't|failed) (?:to )?connect\b|\bConnectionRefused\b/i,
    /\berror sending request\b/i, // reqwest
    /\bdns\b(?![\w-]*[./]\w)/i,
    /\bgetaddrinfo\b|\bname resolution\b|\bcould not resolve host\b|\bno such host\b/i,
    /\bname or service not known\b/i,
    /\btls handshake\b|\bunexpected EOF\b/i,
    /\bUND_ERR_(?:SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT)\b|\bother side closed\b/, // undici
    /\bpeer closed connection\b|\bincomplete chunked read\b/i, // httpx
    /\btimed[ -]out\b/i,
    /\b(?:request|connection|connect|read|gateway|stream|network|idle|api|i\/o) time-?out\b/i,
    /\bdeadline (?:exceeded|expired)\b|\bTimeoutError\b/i,
    /\bstream (?:was )?(?:disconnected|closed|interrupted)\b|\bstream (?:decode )?error\b/i,
    /\bsocket hang up\b|\bfetch failed\b|(?:^|: )terminated\]?$/i, // the last is undici's
    /\bnetwork (?:error|failure|is unreachable|connection)\b/i,
  ]],
  ["refused", [
    /\b(?:content|usage|safety) polic(?:y|ies)\b/i,
    /\bcontent[ _-](?:filter|policy|management)/i,
    /\bviolat\w+\b.{0,60}\b(?:polic|terms)/is,
    /\bblocked (?:by|due to|for|because of)\b.{0,40}\b(?:safety|policy|moderation|content|filter)/is,
    /\bflagged (?:for|as|by)\b|\binappropriate content\b/i,
    /PolicyViolation/,
    /\bPROHIBITED_CONTENT\b|\bBLOCKLIST\b|\bSAFETY\b/,
    /\b(?:model|request|prompt) (?:was |has been |has )?refused\b/i,
    /\brefused to (?:answer|respond|help|comply)\b/i,
  ]],
];
