/** What CLIs and providers print when they fail, as far as it is known, and what it means. */
import assert from "node:assert/strict";
import { judge } from "./outcome.ts";
import { shippedProfiles } from "./testing.ts";

const MESSAGES: Record<string, Record<string, string[]>> = {
  codex: {
    quota: [
      "exceeded retry limit, last status: 429 Too Many Requests, request id: 9f1c",
      "You've hit your usage limit. Upgrade to Pro or try again at 3:05 PM.",
      "Quota exceeded. Check your plan and billing details.",
      "Rate limit reached for gpt-5.4 in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 1.5s.",
      "You've reached your weekly limit of Codex messages",
    ],
    model_unavailable: [
      "unexpected status 404 Not Found: The model `gpt-x` does not exist or you do not have access to it., url: https://api.openai.com/v1/responses",
      '{"detail":"The \'gpt-5.5\' model is not supported when using Codex with a ChatGPT account."}',
      "unexpected status 400 Bad Request: The requested model 'gpt-9' does not exist.",
    ],
    auth: [
      "unexpected status 401 Unauthorized: Missing bearer or basic authentication in header",
      "Your access token could not be refreshed because your refresh token was already used. Please log out and sign in again.",
      "Missing environment variable: `OPENAI_API_KEY`.",
      "unexpected status 403 Forbidden: Country, region, or territory not supported",
    ],
    transient: [
      "stream disconnected before completion: error sending request for url (https://api.openai.com/v1/responses)",
      "error sending request for url (https://api.openai.com/v1/responses)",
      "We're currently experiencing high demand, which may cause temporary errors.",
      "unexpected status 503 Service Unavailable: upstream connect error or disconnect/reset before headers",
      "Selected model is at capacity. Please try a different model.",
      "dns error: failed to lookup address information: Name or service not known",
      "stream disconnected before completion: An error occurred while processing your request. You can retry your request",
      "tls handshake eof",
    ],
    refused: [
      "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt",
      "This request was flagged for potentially high-risk cyber activity",
    ],
    failed: [
      "Codex ran out of room in the model's context window. Start a new conversation or clear earlier history before retrying.",
      "unexpected argument '--full-auto' found",
    ],
  },
  claude: {
    quota: [
      "Claude AI usage limit reached|1735689600",
      "You've hit your limit · resets 3pm (Europe/Berlin)",
      "5-hour limit reached ∙ resets 3pm",
      "You're out of extra usage · resets 6pm",
      "Credit balance is too low",
      'API Error: 429 {"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account\'s rate limit. Please try again later."}}',
      "You've hit your weekly limit · resets Oct 5, 9am",
      "Opus weekly limit reached ∙ resets Monday",
    ],
    model_unavailable: [
      "There's an issue with the selected model (claude-x). It may not exist or you may not have access to it. Run --model to pick a different model.",
      'API Error: 404 {"type":"error","error":{"type":"not_found_error","message":"model: claude-x"}}',
      "Claude Opus is not available with the Claude Pro plan. If you have updated your subscription plan recently, run /logout and /login for the plan to take effect.",
    ],
    auth: [
      "Not logged in · Please run /login",
      "Invalid API key · Please run /login",
      "Invalid API key · Fix external API key",
      "OAuth token has expired. Please run /login",
      "OAuth token revoked · Please run /login",
      'API Error: 403 {"error":{"type":"forbidden","message":"Request not allowed"}}',
      'API Error: 400 {"type":"error","error":{"type":"invalid_request_error","message":"This organization has been disabled."}}',
      "Your account does not have access to Claude Code. Please run /login.",
    ],
    transient: [
      'API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}',
      "API Error: Repeated 529 Overloaded errors",
      "API Error: Connection error.",
      "API Error: Request timed out.",
      "API Error (Unable to connect to API (ConnectionRefused))",
      "API Error: The socket connection was closed unexpectedly. For more information, pass `verbose: true` in the second argument to fetch()",
      'API Error: 500 {"type":"error","error":{"type":"api_error","message":"Internal server error"}}',
      "API Error: Unable to connect to API due to poor internet connection",
    ],
    refused: [
      "API Error: Claude Code is unable to respond to this request, which appears to violate our Usage Policy (https://www.anthropic.com/legal/aup).",
      'API Error: 400 {"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}',
    ],
    failed: ["Prompt is too long", "Reached maximum number of turns (5)"],
  },
  gemini: {
    quota: [
      "You have exhausted your daily quota on this model.",
      "You have exhausted your capacity on this model. Your quota will reset after 4h12m5s.",
      "Resource has been exhausted (e.g. check quota).",
      "You exceeded your current quota, please check your plan and billing details. Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0. Please retry in 34.07s.",
      "No capacity available for model gemini-3-pro on the server (HTTP 429)",
    ],
    model_unavailable: [
      "models/gemini-9 is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models. (HTTP 404)",
      "Requested entity was not found. (HTTP 404)",
      "This model models/gemini-1.0 is no longer available to new users.",
    ],
    auth: [
      "API key not valid. Please pass a valid API key. (HTTP 400)",
      "API key expired. Please renew the API key.",
      "Please set an Auth method in your /home/user/.gemini/settings.json or specify one of the following environment variables before running: GEMINI_API_KEY",
      "Invalid auth method selected.",
      "This account requires setting the GOOGLE_CLOUD_PROJECT or GOOGLE_CLOUD_PROJECT_ID env var.",
      "Permission 'cloudaicompanion.companions.generateChat' denied on resource '//cloudaicompanion.googleapis.com/projects/x' (or it may not exist). (HTTP 403)",
    ],
    transient: [
      "The model is overloaded. Please try again later. (HTTP 503)",
      "exception TypeError: fetch failed sending request",
      "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
      "Deadline expired before operation could complete.",
    ],
    refused: [
      "Candidate was blocked due to SAFETY",
      "The response was blocked: PROHIBITED_CONTENT",
    ],
    failed: [
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ],
  },
  qwen: {
    quota: [
      "[API Error: 429 Free allocated quota exceeded.]",
      "Qwen OAuth quota exceeded: Your free daily quota has been reached.",
      "[API Error: 400 Access denied, please make sure your account is in good standing. (Arrearage)]",
      '[API Error: 403 The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode]',
    ],
    model_unavailable: [
      "[API Error: 400 Model not exist.]",
      "[API Error: 404 The model `qwen9` does not exist or you do not have access to it.]",
    ],
    auth: [
      "[API Error: 401 invalid access token or token expired]",
      "No auth type is selected. Please configure an auth type (e.g. via settings or `--auth-type`) before running in non-interactive mode.",
    ],
    transient: ["[API Error: Connection error. (cause: fetch failed)]", "[API Error: terminated]"],
    refused: [
      "[API Error: 400 Output data may contain inappropriate content.]",
      "[API Error: 400 DataInspectionFailed]",
    ],
  },
  aider: {
    quota: [
      "litellm.RateLimitError: AnthropicException - number of request tokens has exceeded your per-minute rate limit",
      "litellm.RateLimitError: RateLimitError: OpenAIException - You exceeded your current quota, please check your plan and billing details.",
      "litellm.APIError: APIError: OpenrouterException - Insufficient credits. Add more using https://openrouter.ai/settings/credits",
    ],
    model_unavailable: [
      "litellm.NotFoundError: OpenAIException - The model `x` does not exist",
      "litellm.BadRequestError: LLM Provider NOT provided. Pass in the LLM provider you are trying to call.",
      "litellm.BadRequestError: OpenrouterException - x/y is not a valid model ID",
      "litellm.NotFoundError: OpenrouterException - No endpoints found for x/y:free.",
    ],
    auth: [
      "litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect API key provided",
      "litellm.PermissionDeniedError: Error code: 403",
    ],
    transient: [
      "litellm.InternalServerError: AnthropicException - Overloaded",
      "litellm.ServiceUnavailableError: VertexAIException - try later",
      "litellm.APIConnectionError: OllamaException - [Errno 111] Connection refused",
      "litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out.",
    ],
    refused: [
      "litellm.ContentPolicyViolationError: Your input image may contain content that is not allowed",
    ],
    failed: [
      "litellm.ContextWindowExceededError: This model's maximum context length is 8192 tokens",
    ],
  },
  goose: {
    quota: [
      "Rate limit exceeded: Too many requests",
      "Credits exhausted: Please add credits to your account, then resend your message to continue.",
    ],
    model_unavailable: ["Request failed: Resource not found (404): Model 'x' not found"],
    auth: ["No provider configured. Run 'goose configure' first.", "Authentication error: 401"],
    transient: [
      "Server error: HTTP 502 from upstream",
      "Network error: Could not connect to api.openai.com",
      "Request failed: error sending request for url (http://127.0.0.1:1/v1/chat/completions)",
    ],
  },
  crush: {
    quota: ["too many requests", "You have exceeded your monthly limit"],
    model_unavailable: ["large model not found: x", 'model "x" not found in provider config'],
    auth: ["no providers configured - please run 'crush' to set up a provider interactively"],
    transient: [
      'Post "https://api.openai.com/v1/chat/completions": dial tcp: lookup api.openai.com: no such host',
      'Post "https://api.openai.com/v1/chat/completions": read tcp 10.0.0.2:1->10.0.0.3:443: i/o timeout',
      'Post "https://api.openai.com/v1/chat/completions": net/http: TLS handshake timeout',
      "unexpected EOF",
    ],
  },
  gptme: {
    quota: ["Error code: 429 - {'error': {'message': 'Rate limit', 'type': 'rate_limit_error'}}"],
    model_unavailable: ["Error code: 404 - {'error': {'message': 'The model `x` does not exist'}}"],
    auth: [
      "No provider configured, couldn't auto-detect model.",
      "Error code: 401 - {'error': {'message': 'Incorrect API key provided'}}",
    ],
    transient: [
      "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error'}}",
      "httpx.ConnectError: [Errno -2] Name or service not known",
      "httpx.ReadTimeout: The read operation timed out",
      "openai.APIConnectionError: Connection error.",
    ],
  },
  cline: {
    quota: [
      "Insufficient balance. Your Cline Credits balance is $0.00",
      "You have run out of credits. Please buy more to continue.",
    ],
    auth: ["Unauthorized: Please sign in to Cline before trying again.", "Missing API key"],
    transient: ["terminated", "502 status code (no body)"],
    model_unavailable: ["400 x is not a valid model ID"],
  },
  continue: {
    quota: ["429 You exceeded your current quota", "You're out of credits! Add more"],
    auth: ["401 Incorrect API key provided (mock 401)", "Not authenticated. Please run 'cn login'"],
    transient: [
      "The request failed and the interceptors did not return an alternative response",
      "Connection error.",
      "aborted",
      "503 Service Unavailable",
    ],
    model_unavailable: ["404 The model `x` does not exist"],
  },
  droid: {
    quota: [
      "402 Payment Required",
      "You've used all of your tokens. Ready for more? Reload your tokens at https://app.factory.ai",
    ],
    model_unavailable: [
      "Invalid model: x. Available models: y",
      'Model "x" is not available for your organization',
    ],
    auth: [
      "Authentication failed. Please log in using /login or set a valid FACTORY_API_KEY environment variable.",
    ],
    failed: ["Exec failed"],
  },
  opencode: {
    quota: [
      "Too Many Requests (HTTP 429)",
      "Insufficient balance. Manage your billing here",
      "Free usage exceeded, add credits https://opencode.ai/zen",
    ],
    model_unavailable: ["Model not found: foo/bar. Did you mean: foo/baz?"],
    auth: [
      "Incorrect API key provided (mock 401) (HTTP 401)",
      "API key is missing. Pass it using the 'apiKey' parameter",
    ],
    transient: [
      "Cannot connect to API: Unable to connect. Is the computer able to access the url?",
      "Cannot connect to API: getaddrinfo ENOTFOUND api.openai.com",
      "Overloaded (HTTP 529)",
    ],
    failed: ["Unexpected server error. Check server logs for details."],
  },
};

const profiles = shippedProfiles();

for (const [cli, classes] of Object.entries(MESSAGES)) {
  Deno.test(`what ${cli} prints of a failure has its class`, () => {
    const wrong: string[] = [];
    for (const [code, messages] of Object.entries(classes)) {
      for (const message of messages) {
        const decoded = { text: "", warnings: [], failure: { message } };
        const verdict = judge(decoded, { code: 1 }, "", cli, profiles.get(cli)!);
        const told = verdict.ok ? "completed" : verdict.code;
        if (told !== code) wrong.push(`${told}, not ${code}: ${message}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
