import assert from "node:assert/strict";
import { isSecretName, isSecretVariable } from "./secret_names.ts";

const SECRET = [
  ...["OPENAI_API_KEY", "GITHUB_TOKEN", "GH_TOKEN_2", "CLIENT_SECRET", "PGPASSWORD", "DB_PASSWD"],
  ...["AWS_SECRET_ACCESS_KEY", "AWS_CREDENTIALS", "APIKEY", "MASTERKEY", "MYSQL_PWD", "SECRETS"],
  ...["api_key", "apiKey", "x-api-key", "X-Goog-Api-Key", "accessToken", "Authorization", "cookie"],
  ...["Proxy-Authorization", "private_key", "privateKey", "passphrase", "id_token", "_authToken"],
];

const PLAIN = [
  ...[
    "PATH",
    "HOME",
    "TOKENIZERS_PARALLELISM",
    "GIT_AUTHOR_NAME",
    "XAUTHORITY",
    "KEYBOARD",
    "MONKEY",
  ],
  ...["SSH_AUTH_SOCK", "AUTH_METHOD", "TOKEN_URL", "SSL_KEY_FILE", "AWS_SECRET_NAME", "KEYCLOAK"],
  ...["author", "keyboard", "token_count", "publicKey", "job_id", "cli", "message"],
  ...["", "_", "monkey_patch", "compass", "bypass", "authored"],
];

Deno.test("names of secrets are known, in whatever way they are written", () => {
  for (const name of SECRET) assert.ok(isSecretName(name) && isSecretVariable(name), name);
});

Deno.test("names that only sound alike are none", () => {
  for (const name of PLAIN) assert.ok(!isSecretName(name) && !isSecretVariable(name), name);
});

Deno.test("a bare key or auth is a secret as a variable, but not as a field", () => {
  for (const name of ["KEY", "ENCRYPT_KEYS", "REGISTRY_AUTH", "AUTH", "key"]) {
    assert.ok(isSecretVariable(name), name);
    assert.ok(!isSecretName(name), name);
  }
});
