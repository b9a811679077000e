/** Decodes the text that `aider --message` prints (aider 0.86, with --no-pretty and --no-stream). */
import type { ErrorCode } from "../../lib/errors.ts";
import type { Decoded, Decoder, ToldFailure, Usage } from "../decoder.ts";
import { plainText } from "../../lib/terminal/plain_text.ts";
import { fill } from "./fields.ts";
import { isLong, longText } from "./long_text.ts";
import { addUsage } from "./usage.ts";

/**
 * aider may go on by itself, to read a file or to mend what its linter found. All that it says is
 * the answer then: the later rounds add to the first and do not repeat it.
 *
 * It exits with 0 on errors. An error stands at the beginning of a line where the answer should be,
 * and no usage report follows it, as one follows every answer, even one about such errors.
 */
export const aider: Decoder = function aider({ stdout }): Decoded {
  if (!isLong(stdout)) return decode(plainText(stdout.text()));
  // What decides stands at its beginning and at its end.
  const { text, long } = longText(stdout);
  const decoded = decode(text);
  return decoded.failure || !long ? decoded : { ...decoded, long };
};

function decode(text: string): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  const printed = withoutBanner(text);
  const aside = (notice: string) => {
    decoded.warnings.push(oneLine(notice));
    return "";
  };
  const body = printed.replace(RETRIED, aside).replace(DELETED, aside);

  let usage: Usage | undefined;
  let reported = 0;
  for (const report of body.matchAll(REPORT)) {
    usage = addUsage(usage, reportUsage(report.groups ?? {}));
    reported = report.index + report[0].length;
  }
  fill(decoded, { usage });

  const error = ERROR.exec(body.slice(reported));
  const answer = error === null ? body : body.slice(0, reported + error.index);
  decoded.text = answer.replace(REPORT, "").trim();
  if (error !== null) return { ...decoded, failure: failureOf(error) };
  // It was ended while it still tried; what it said before is no answer then.
  if (TRYING.test(printed)) return fill(decoded, { failure: lastAttempt(printed) });
  if (decoded.text === "") return fill(decoded, { failure: lastAttempt(printed) });
  if (EMPTY.test(decoded.text)) return { ...decoded, text: "", failure: { message: decoded.text } };
  return decoded;
}

/** What follows the block that begins with aider's version and ends with an empty line. */
function withoutBanner(text: string): string {
  const banner = /^(?:Aider v\d|Git repo: |Repo-map: )/m.exec(text);
  if (banner === null) return text;
  const end = text.indexOf("\n\n", banner.index);
  return end < 0 ? "" : text.slice(end + 2);
}

/** "Tokens: 4.2k sent, 112 received. Cost: $0.0096 message, $0.02 session.", wrapped or not. */
const REPORT = new RegExp(
  String.raw`^Tokens: (?<sent>[\d.,]+[kM]?) sent,` +
    String.raw`(?:\s+[\d.,]+[kM]? cache write,)?(?:\s+(?<hit>[\d.,]+[kM]?) cache hit,)?` +
    String.raw`\s+(?<received>[\d.,]+[kM]?) received\.` +
    String.raw`(?:\s+Cost:\s+\$(?<cost>[\d.]+) message,\s+\$[\d.]+ session\.)?[ ]*$\n?`,
  "gm",
);

function reportUsage(report: Record<string, string | undefined>): Usage {
  return fill<Usage>({}, {
    input_tokens: count(report.sent),
    output_tokens: count(report.received),
    cached_tokens: count(report.hit),
    cost_usd: count(report.cost),
  });
}

/** aider rounds: "950", "4.2k", "14k", "1.1M". */
function count(text: string | undefined): number | undefined {
  const [, digits = "", unit = ""] = /^([\d.]+)([kM]?)$/.exec(text?.replaceAll(",", "") ?? "") ??
    [];
  const value = Number(digits) * (unit === "k" ? 1000 : unit === "M" ? 1_000_000 : 1);
  return digits === "" || Number.isNaN(value) ? undefined : Number(value.toFixed(10));
}

/** An error of litellm's, up to the next empty line. */
const ERROR = /^litellm\.(\w*(?:Error|Exception|Timeout))\b.*(?:\n(?![ \t]*$).+)*/m;

/** An attempt that failed and was made again. */
const RETRIED =
  /^litellm\.\w+.*\n(?:(?!litellm\.|[ \t]*$).+\n){0,40}?Retrying in [\d.]+ seconds\.\.\.[ ]*(?:\n+|$)/gm;

/** What aider says before the answer of a file that git knows and that is gone; it is wrapped. */
const DELETED = new RegExp(
  String.raw`^Repo-map can't include\b(?:.*\n){1,6}?` +
    String.raw`Has it been deleted from the file system but not from\s+git\?[ ]*(?:\n|$)`,
  "gm",
);

/** The end of an output that breaks off between two attempts. */
const TRYING = /^Retrying in [\d.]+ seconds\.\.\.\s*$(?![^])/m;

/** What aider says in place of an answer that has no words. */
const EMPTY = /^Empty response received from LLM.*$/;

/** litellm's classes that have one meaning; the others are left to the message. */
const CLASSES: Readonly<Record<string, ErrorCode>> = {
  AuthenticationError: "auth",
  PermissionDeniedError: "auth",
  NotFoundError: "model_unavailable",
  RateLimitError: "quota",
  BudgetExceededError: "quota",
  ContentPolicyViolationError: "refused",
  APIConnectionError: "transient",
  BadGatewayError: "transient",
  InternalServerError: "transient",
  ServiceUnavailableError: "transient",
  Timeout: "transient",
};

function failureOf([message, name = ""]: RegExpExecArray): ToldFailure {
  const code = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  return fill<ToldFailure>({ message: oneLine(message) }, { code });
}

/** The failure of a run that was ended while aider still tried. */
function lastAttempt(printed: string): ToldFailure | undefined {
  const last = [...printed.matchAll(RETRIED)].at(-1)?.[0];
  const error = last === undefined ? null : ERROR.exec(last);
  return error === null ? undefined : failureOf(error);
}

/** aider wraps at 80 columns. */
function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
