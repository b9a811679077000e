import assert from "node:assert/strict";
import type { Behaviour } from "./behaviour.ts";
import { type ModelServer, startModelServer } from "./server.ts";

/** How each API is asked, and where its answer stands: whole, and in the pieces of a stream. */
const APIS = {
  chat: {
    path: "/v1/chat/completions",
    body: {
      model: "m",
      reasoning_effort: "high",
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "First" },
        { role: "assistant", content: "One" },
        { role: "user", content: [{ type: "text", text: "Second" }] },
      ],
      tools: [{
        type: "function",
        function: {
          name: "write_file",
          parameters: { properties: { path: {}, content: {} }, required: ["path", "content"] },
        },
      }],
    },
    // deno-lint-ignore no-explicit-any -- four shapes of JSON
    whole: (body: any) => body.choices[0].message.content,
    // deno-lint-ignore no-explicit-any -- as above
    piece: (body: any) => body.choices?.[0]?.delta.content ?? "",
    // deno-lint-ignore no-explicit-any -- as above
    call: (body: any) => {
      const { name, arguments: args } = body.choices[0].message.tool_calls[0].function;
      return { name, input: JSON.parse(args) };
    },
  },
  responses: {
    path: "/v1/responses",
    body: {
      model: "m",
      reasoning: { effort: "high" },
      instructions: "Be brief",
      input: [
        { role: "user", content: [{ type: "input_text", text: "First" }] },
        { role: "assistant", content: [{ type: "output_text", text: "One" }] },
        { type: "message", role: "user", content: [{ type: "input_text", text: "Second" }] },
      ],
      tools: [{
        type: "function",
        name: "write_file",
        parameters: { properties: { path: {}, content: {} }, required: ["path", "content"] },
      }],
    },
    // deno-lint-ignore no-explicit-any -- as above
    whole: (body: any) => body.output[0].content[0].text,
    // deno-lint-ignore no-explicit-any -- as above
    piece: (body: any) => body.type === "response.output_text.delta" ? body.delta : "",
    // deno-lint-ignore no-explicit-any -- as above
    call: (body: any) => {
      const { name, arguments: args } = body.output[0];
      return { name, input: JSON.parse(args) };
    },
  },
  anthropic: {
    path: "/v1/messages",
    body: {
      model: "m",
      output_config: { effort: "high" },
      system: [{ type: "text", text: "Be brief" }],
      messages: [
        { role: "user", content: "First" },
        { role: "assistant", content: [{ type: "text", text: "One" }] },
        { role: "user", content: [{ type: "text", text: "Second" }] },
      ],
      tools: [{
        name: "write_file",
        input_schema: { properties: { path: {}, content: {} }, required: ["path", "content"] },
      }],
    },
    // deno-lint-ignore no-explicit-any -- as above
    whole: (body: any) => body.content[0].text,
    // deno-lint-ignore no-explicit-any -- as above
    piece: (body: any) => body.delta?.text ?? "",
    // deno-lint-ignore no-explicit-any -- as above
    call: ({ content: [{ name, input }] }: any) => ({ name, input }),
  },
  gemini: {
    path: "/v1beta/models/m:generateContent",
    body: {
      generationConfig: { thinkingConfig: { thinkingLevel: "high" } },
      systemInstruction: { parts: [{ text: "Be brief" }] },
      contents: [
        { role: "user", parts: [{ text: "First" }] },
        { role: "model", parts: [{ text: "One" }] },
        { role: "user", parts: [{ text: "Second" }] },
      ],
      tools: [{
        functionDeclarations: [{
          name: "write_file",
          parameters: { properties: { path: {}, content: {} }, required: ["path", "content"] },
        }],
      }],
    },
    // deno-lint-ignore no-explicit-any -- as above
    whole: (body: any) => body.candidates[0].content.parts[0].text,
    // deno-lint-ignore no-explicit-any -- as above
    piece: (body: any) => body.candidates[0].content.parts[0].text,
    // deno-lint-ignore no-explicit-any -- as above
    call: (body: any) => {
      const { name, args } = body.candidates[0].content.parts[0].functionCall;
      return { name, input: args };
    },
  },
};

for (const [name, api] of Object.entries(APIS)) {
  Deno.test(`the model answers over the API ${name}, and records what arrived`, async () => {
    await using model = startModelServer();

    assert.equal(api.whole(await json(model, api)), "MOCK: Second [turns=2 chars=6]");
    assert.equal(await streamed(model, api), "MOCK: Second [turns=2 chars=6]");

    assert.equal(model.requests.length, 2);
    for (const request of model.requests) {
      assert.equal(request.api, name);
      assert.equal(request.model, "m");
      assert.equal(request.effort, "high");
      assert.deepEqual(request.messages, [
        { role: "system", text: "Be brief" },
        { role: "user", text: "First" },
        { role: "assistant", text: "One" },
        { role: "user", text: "Second" },
      ]);
      assert.deepEqual(request.tools.map(({ name }) => name), ["write_file"]);
    }
    assert.deepEqual(model.requests.map(({ stream }) => stream), [false, true]);
  });

  Deno.test(`the model asks over the API ${name} for an edit by the tool that is offered`, async () => {
    await using model = startModelServer();
    model.behave({ edit: { path: "a.txt", content: "made" } });

    assert.deepEqual(api.call(await json(model, api)), {
      name: "write_file",
      input: { path: "a.txt", content: "made" },
    });
    assert.equal(model.asked, 1);
  });

  Deno.test(`the model fails over the API ${name} as it is told to`, async () => {
    await using model = startModelServer();
    for (const status of [401, 429, 500, 529] as const) {
      model.behave({ status });
      const response = await ask(model, api.path, api.body);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("retry-after"), status === 429 ? "1" : null);
      assert.match((await response.json()).error.message, new RegExp(`mock ${status}`));
    }
  });

  Deno.test(`the model cuts a stream of the API ${name} in its middle`, async () => {
    await using model = startModelServer();
    model.behave({ answer: "one two three four five six", cut: true });
    await assert.rejects(streamed(model, api));
  });
}

Deno.test("a slow answer comes in pieces, and whole", async () => {
  await using model = startModelServer();
  model.behave({ answer: "one two three four", pauseMs: 1 });
  assert.equal(await streamed(model, APIS.chat), "one two three four");
});

Deno.test("a model that hangs tells that it was asked, and ends with its behaviour", async () => {
  await using model = startModelServer();
  model.behave({ hang: true });
  const arrival = model.arrival();
  const answer = json(model, APIS.chat);
  await arrival;
  model.behave({ answer: "late" });
  assert.equal(APIS.chat.whole(await answer), "late");
});

Deno.test("after its tool has answered, the model is done with the edit", async () => {
  await using model = startModelServer();
  model.behave({ edit: { path: "a.txt", content: "made" }, answer: "done" });
  const { body, path } = APIS.chat;
  const messages = [
    ...body.messages,
    { role: "assistant", tool_calls: [{ function: { name: "write_file" } }] },
    { role: "tool", content: "written" },
  ];
  const response = await ask(model, path, { ...body, messages });
  assert.equal(APIS.chat.whole(await response.json()), "done");
});

Deno.test("an edit by a shell is a command, and a tool that was offered before is remembered", async () => {
  await using model = startModelServer();
  const { body, path } = APIS.chat;
  const shell = {
    type: "function",
    function: { name: "bash", parameters: { properties: { command: { type: "string" } } } },
  };
  const behaviour: Behaviour = { edit: { path: "a.txt", content: "made" }, by: ["shell"] };
  for (const tools of [[shell], []]) {
    model.behave(behaviour);
    const response = await ask(model, path, { ...body, tools });
    assert.deepEqual(APIS.chat.call(await response.json()), {
      name: "bash",
      input: { command: "printf '%s' 'made' > 'a.txt'" },
    });
  }
});

Deno.test("an edit is asked for in words where there are no tools", async () => {
  await using model = startModelServer();
  const { body, path } = APIS.chat;
  const asText = "a.txt\n```\nmade\n```";
  model.behave({ edit: { path: "a.txt", content: "made", asText }, answer: "done" });
  const ask1 = await ask(model, path, { ...body, tools: [] });
  assert.equal(APIS.chat.whole(await ask1.json()), asText);
  const messages = [...body.messages, { role: "assistant", content: asText }];
  const ask2 = await ask(model, path, { ...body, tools: [], messages });
  assert.equal(APIS.chat.whole(await ask2.json()), "done");
});

Deno.test("what is no model's turn is answered and recorded apart", async () => {
  await using model = startModelServer();
  const models = await fetch(`${model.url}/v1/models`);
  assert.equal((await models.json()).data[0].id, "mock-model");
  const lost = await fetch(`${model.url}/nowhere`);
  assert.equal(lost.status, 404);
  await lost.body?.cancel();
  assert.deepEqual(model.others, ["GET /v1/models", "GET /nowhere"]);
  assert.deepEqual(model.requests, []);
});

interface Asked {
  path: string;
  body: Record<string, unknown>;
  // deno-lint-ignore no-explicit-any -- as above
  piece(body: any): string;
}

function ask({ url }: ModelServer, path: string, body: unknown): Promise<Response> {
  return fetch(url + path, { method: "POST", body: JSON.stringify(body) });
}

async function json(model: ModelServer, { path, body }: Asked): Promise<unknown> {
  return await (await ask(model, path, body)).json();
}

async function streamed(model: ModelServer, { path, body, piece }: Asked): Promise<string> {
  const streaming = path.replace(":generateContent", ":streamGenerateContent");
  const response = await ask(model, streaming, { ...body, stream: true });
  const events = (await response.text()).split("\n\n").filter(Boolean)
    .map((event) => event.replace(/^event: .*\n/, "").replace(/^data: /, ""));
  return events.filter((event) => event !== "[DONE]").map((event) => piece(JSON.parse(event)))
    .join("");
}
