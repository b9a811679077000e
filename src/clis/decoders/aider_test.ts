import assert from "node:assert/strict";
import { aider } from "./aider.ts";
import { decode } from "./testing.ts";

const BANNER = `Detected dumb terminal, disabling fancy input and pretty output.

Aider v0.86.2
Model: openai/m with ask edit format
Git repo: .git with 2 files
Repo-map: using 1024 tokens, auto refresh
Added a.ts to the chat.
Restored previous conversation history.

`;

const RATE_LIMIT =
  `litellm.RateLimitError: RateLimitError: OpenAIException - Rate limited (mock 429)
The API provider has rate limited you. Try again later or check your quotas.
`;

Deno.test("aider: banner and usage report are no part of the answer", () => {
  const decoded = decode(aider, `${BANNER}The answer\n\nTokens: 11 sent, 7 received.\n`);

  assert.equal(decoded.text, "The answer");
  assert.deepEqual(decoded.usage, { input_tokens: 11, output_tokens: 7 });
});

Deno.test("aider: a file that is gone is a warning, no part of the answer", () => {
  const notice = "Repo-map can't include \n/home/user/project/made-by-the-model.txt\n" +
    "Has it been deleted from the file system but not from git?\n";
  const decoded = decode(aider, `${BANNER}${notice}The answer\n\nTokens: 11 sent, 7 received.\n`);

  assert.equal(decoded.text, "The answer");
  assert.deepEqual(decoded.warnings, [
    "Repo-map can't include /home/user/project/made-by-the-model.txt " +
    "Has it been deleted from the file system but not from git?",
  ]);
});

Deno.test("aider: rounded counts and the cost of the message are read", () => {
  const report = "Tokens: 4.2k sent, 1.1M cache write, 2k cache hit, 112 received. " +
    "Cost: $0.0096 message, $0.02 session.";

  const decoded = decode(aider, `${BANNER}ok\n\n${report}\nApplied edit to a.ts\n`);

  assert.deepEqual(decoded.usage, {
    input_tokens: 4200,
    output_tokens: 112,
    cached_tokens: 2000,
    cost_usd: 0.0096,
  });
  assert.equal(decoded.text, "ok\n\nApplied edit to a.ts");
});

Deno.test("aider: a report on two lines is one, and several are added up", () => {
  const report = "Tokens: 1k sent, 10 received.\nCost: $0.01 message, $0.01 session.\n";
  const decoded = decode(aider, `${BANNER}first\n\n${report}\nsecond\n\n${report}`);

  assert.deepEqual(decoded.usage, { input_tokens: 2000, output_tokens: 20, cost_usd: 0.02 });
  assert.match(decoded.text, /^first\s+second$/);
});

Deno.test("aider: an error in the place of the answer is a failure of its class", () => {
  const classes = {
    RateLimitError: "quota",
    AuthenticationError: "auth",
    ServiceUnavailableError: "transient",
    Timeout: "transient",
    NotFoundError: "model_unavailable",
    APIError: undefined,
  };
  for (const [name, code] of Object.entries(classes)) {
    const decoded = decode(aider, `${BANNER}litellm.${name}: ${name}: no such \nthing\n`);
    assert.equal(decoded.failure?.message, `litellm.${name}: ${name}: no such thing`);
    assert.equal(decoded.failure?.code, code);
    assert.equal(decoded.text, "");
  }
});

Deno.test("aider: an answer that talks about such errors is an answer", () => {
  const answer = "litellm.RateLimitError: what does it mean?\n\nRetry later.";
  const decoded = decode(aider, `${BANNER}${answer}\n\nTokens: 11 sent, 7 received.\n`);

  assert.equal(decoded.failure, undefined);
  assert.equal(decoded.text, answer);
});

Deno.test("aider: attempts that failed before a good one are warnings", () => {
  const stdout = `${BANNER}${RATE_LIMIT}Retrying in 0.2 seconds...\n${RATE_LIMIT}` +
    `Retrying in 0.5 seconds...\nThe answer\n\nTokens: 11 sent, 7 received.\n`;

  const decoded = decode(aider, stdout);

  assert.equal(decoded.failure, undefined);
  assert.equal(decoded.text, "The answer");
  assert.equal(decoded.warnings.length, 2);
});

Deno.test("aider: attempts that never come to a good one are a failure", () => {
  const tried = `${BANNER}${RATE_LIMIT}Retrying in 32.0 seconds...\n`;
  const afterWords = `${BANNER}I will look.\n\nTokens: 11 sent, 7 received.\n${RATE_LIMIT}` +
    "Retrying in 4.0 seconds...";
  assert.equal(decode(aider, afterWords).failure?.code, "quota");
  for (const stdout of [tried, `${tried}${RATE_LIMIT}\n`]) {
    const decoded = decode(aider, stdout);
    assert.equal(decoded.failure?.code, "quota");
    assert.equal(decoded.text, "");
  }
});

Deno.test("aider: an error after a good round is a failure that keeps what was said", () => {
  const decoded = decode(aider, `${BANNER}first\n\nTokens: 1 sent, 1 received.\n\n${RATE_LIMIT}`);

  assert.equal(decoded.failure?.code, "quota");
  assert.equal(decoded.text, "first");
});

Deno.test("aider: an empty response is a failure", () => {
  const decoded = decode(aider, `${BANNER}Empty response received from LLM. Check your account?\n`);

  assert.match(decoded.failure?.message ?? "", /^Empty response/);
  assert.equal(decoded.text, "");
});

Deno.test("aider: output that ends within the banner has no answer", () => {
  assert.equal(decode(aider, "Aider v0.86.2\r\nModel: openai/m with ask edit format\r\n").text, "");
});

Deno.test("aider: line ends of Windows make no difference", () => {
  const stdout = `${BANNER}one\n\ntwo\n\nTokens: 11 sent, 7 received.\n`.replaceAll("\n", "\r\n");

  assert.equal(decode(aider, stdout).text, "one\n\ntwo");
});
