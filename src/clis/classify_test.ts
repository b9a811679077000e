import assert from "node:assert/strict";
import { classify } from "./classify.ts";
import type { ErrorCode } from "../lib/errors.ts";

const MESSAGES: Partial<Record<ErrorCode, readonly string[]>> = {
  quota: [
    "You've hit your usage limit. Upgrade to Pro or try again at 3pm.",
    "Error: rate limit exceeded 429",
    "Claude AI usage limit reached",
    "5-hour limit reached ∙ resets 3am",
    "exceeded retry limit, last status: 429 Too Many Requests",
    "API Error: 429 slow down",
    "HTTP 429",
    "[429] slow down",
    '{"error":{"code":429,"message":"Resource has been exhausted"}}',
    "Quota exceeded for quota metric 'Generate Content API requests per minute'",
    "You exceeded your current quota, please check your plan and billing details.",
    "insufficient_quota",
    "Your credit balance is too low to access the Anthropic API",
    "litellm.RateLimitError: OpenAIException - no",
    "rate_limit_error: no",
    "The model gpt-5 is rate-limited",
  ],
  model_unavailable: [
    "The model `gpt-9` does not exist or you do not have access to it.",
    "The 'gpt-9' model is not supported when using Codex with a ChatGPT account.",
    "There's an issue with the selected model (x). It may not exist or you may not have access.",
    "404 models/gemini-9 is not found for API version v1beta",
    "ProviderModelNotFoundError",
    "model_not_found",
    "Your project does not have access to model gpt-9 (HTTP 403)",
    "status 404: model: claude-9",
    '{"type":"not_found_error","message":"model: claude-9"}',
    "Unknown model: x",
    "Error: Invalid model: x",
  ],
  auth: [
    "unexpected status 401 Unauthorized: no",
    "401 Incorrect thing (mock 401)",
    "No (HTTP 403)",
    "403 Forbidden",
    "Authentication failed. Please log in using /login",
    "authentication_error",
    "litellm.AuthenticationError: no",
    "Invalid API key · Fix external API key",
    "Incorrect API key provided (mock 401)",
    "API key not valid. Please pass a valid API key.",
    "The api_key client option must be set either by passing api_key to the client",
    "Not logged in · Please run /login",
    "No provider configured, couldn't auto-detect model.",
    "Missing environment variable: `MOCK_API_KEY`.",
    "Your access token could not be refreshed. Please log out and sign in again.",
    "OAuth token has expired",
  ],
  transient: [
    "API Error: 529 overloaded",
    "overloaded_error",
    "The server had an error while processing your request. Sorry about that!",
    "500 Internal Server Error",
    "status: 503",
    "got 502",
    "The model is overloaded. Please try again later.",
    "connect ECONNREFUSED 127.0.0.1:1",
    "Connection refused (os error 111)",
    "connection reset by peer",
    "getaddrinfo ENOTFOUND api.example.org",
    "dns error: failed to lookup address information",
    "Request timed out.",
    "run timed out after 5s",
    "stream disconnected before completion",
    "Connection error.",
    "Selected model is at capacity. Please try a different model.",
  ],
  refused: [
    "Claude Code is unable to respond to this request, which appears to violate our Usage Policy",
    "The prompt was blocked due to safety settings",
    "litellm.ContentPolicyViolationError: content policy",
  ],
  failed: [
    "",
    "Exec failed",
    "Cannot find the author of 429 lines of code",
    "429 lines of code changed, none reviewed",
    "wrote 500 files, then stopped",
    "Cannot read src/authentication.ts",
    "Cannot find module './authentication/index'",
    "port 4290 is in use",
    "took 1.429 s",
    "no rollout found for thread id 0",
    "unexpected argument '--timeout' found",
    "Unexpected token in JSON at position 401",
    "cannot write the log in /var/tmp",
    "Gemini CLI is not running in a trusted directory.",
    "Session not found",
  ],
};

for (const [code, messages] of Object.entries(MESSAGES)) {
  for (const message of messages) {
    Deno.test(`"${message}" is classed as ${code}`, () => {
      assert.equal(classify(message), code);
    });
  }
}
