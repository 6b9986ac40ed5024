import assert from "node:assert/strict";
import { test } from "node:test";
import type OpenAI from "openai";
import { type Answer, completion, event, events, sendEvents, sendJson, startFakeProvider } from "./fakes/openai.ts";
import { openaiClient, post, PROVIDER_KEY, startFronted } from "./fronted.ts";
import { startOmniport } from "./omniport.ts";

const hello: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Hello big 世界 👋" }];
const paris: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Paris, at night" }];

test("a chat is answered whole, with usage", async () => {
  await using fronted = await startFronted();
  const answer = await fronted.client.chat.completions.create({ model: "openai/gpt-4o", messages: hello });
  assert.deepEqual(JSON.parse(JSON.stringify(answer)), completion("gpt-4o", "Hello big 世界 👋"));
});

test("the provider gets the request as the client wrote it, with its own name of the model and its own key", async () => {
  await using fronted = await startFronted();
  const client = openaiClient(fronted.server, "the-client's-own-key");
  await client.chat.completions.create({ model: "openai/gpt-4o", messages: hello, temperature: 0.5 });

  const [call] = fronted.provider.calls;
  assert.equal(call?.path, "/v1/chat/completions");
  assert.deepEqual(call?.body, { model: "gpt-4o", messages: hello, temperature: 0.5 });
  assert.equal(call?.headers.authorization, `Bearer ${PROVIDER_KEY}`);
  assert.equal(call?.headers["content-type"], "application/json");
  assert.ok(!JSON.stringify(call?.headers).includes("the-client's-own-key"));
  assert.ok(!Object.keys(call?.headers ?? {}).some((name) => name.startsWith("x-stainless")));
});

test("a chat is streamed word by word, and without usage unless it is asked for", async () => {
  await using fronted = await startFronted();
  const body = { model: "openai/gpt-4o", messages: hello, stream: true } as const;
  const stream = await fronted.client.chat.completions.create(body);
  const all = await Array.fromAsync(stream);

  const deltas = all.map(({ choices }) => choices[0]?.delta);
  const words = [{ content: "Hello " }, { content: "big " }, { content: "世界 " }, { content: "👋" }];
  assert.deepEqual(deltas, [{ role: "assistant", content: "" }, ...words, {}]);
  assert.equal(all.at(-1)?.choices[0]?.finish_reason, "stop");
  assert.ok(all.every((chunk) => chunk.usage === undefined));
  // Omniport itself counts the tokens of every call.
  assert.deepEqual(fronted.provider.calls[0]?.body.stream_options, { include_usage: true });
});

test("the usage of a stream comes in a last chunk without choices where it is asked for", async () => {
  await using fronted = await startFronted();
  const stream_options = { include_usage: true };
  const body = { model: "openai/gpt-4o", messages: hello, stream: true, stream_options } as const;
  const all = await Array.fromAsync(await fronted.client.chat.completions.create(body));
  assert.deepEqual(all.at(-1)?.choices, []);
  assert.deepEqual(all.at(-1)?.usage, { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 });
  assert.ok(all.slice(0, -1).every((chunk) => chunk.usage === null));
});

for (const withUsage of [false, true]) {
  test(`a stream ${withUsage ? "with" : "without"} usage has OpenAI's bytes and headers`, async () => {
    await using fronted = await startFronted();
    const body = {
      model: "openai/gpt-4o",
      messages: hello,
      stream: true,
      ...(withUsage ? { stream_options: { include_usage: true } } : {}),
    };
    const response = await post(`${fronted.server.api}/chat/completions`, JSON.stringify(body));
    assert.equal(await response.text(), events("gpt-4o", "Hello big 世界 👋", withUsage).join(""));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    assert.equal(response.headers.get("cache-control"), "no-cache");
    assert.match(response.headers.get("x-request-id") ?? "", /^req_/);
  });
}

test("what no one here knows passes through both ways as it was written, number by number", async () => {
  const answered =
    '{"id": "x", "object": "chat.completion", "created": 1.0, "model": "m", "new_field": {"big": 12345678901234567890},' +
    ' "choices": [{"index": 0, "message": {"role": "assistant", "content": "\\u4e16"}, "finish_reason": "stop"}]}';
  const answer: Answer = (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(answered);
  };
  await using fronted = await startFronted({ answer });

  const sent = (model: string): string =>
    `{"seed": 1.0, "model":"${model}", "new": {"big": 12345678901234567890, "f": 1.0, "__proto__": {"a": 1}}, ` +
    '"messages": [{"role": "user", "content": "\\u00e9 \\/ \\ud83d\\ude00", "cache": 1e2}], "__proto__": {"b": 2}}';
  const response = await post(`${fronted.server.api}/chat/completions`, sent("openai/gpt-4o"));
  assert.equal(await response.text(), answered);
  assert.equal(withoutSpaces(fronted.provider.calls[0]?.text), withoutSpaces(sent("gpt-4o")));
});

test("what no one here knows passes through a stream as it was written", async () => {
  const chunk = (rest: string): string =>
    `data: {"id":"x", "object":"chat.completion.chunk", "created":1.0, "model":"m", "n": 12345678901234567890, "choices":[{"index":0, ${rest}}]}\n\n`;
  const all = [
    chunk('"delta":{"role":"assistant","content":"\\u4e16"},"finish_reason":null'),
    chunk('"delta":{"new":1.0},"finish_reason":"stop"'),
    "data: [DONE]\n\n",
  ];
  await using fronted = await startFronted({ answer: (_, response) => sendEvents(response, all) });
  const body = JSON.stringify({ model: "openai/gpt-4o", messages: hello, stream: true });
  const response = await post(`${fronted.server.api}/chat/completions`, body);
  assert.equal(await response.text(), all.join(""));
});

for (const [name, keys] of [
  ["twice", '"model": "nonsense/x", "model": "openai/gpt-4o"'],
  ["twice, once escaped", '"model": "nonsense/x", "mod\\u0065l": "openai/gpt-4o"'],
  ["escaped", '"\\u006dodel": "openai\\/gpt-4o"'],
] as const) {
  test(`a model that is named ${name} reaches the provider once, as the one that was routed`, async () => {
    await using fronted = await startFronted();
    const text = `{${keys}, "messages": [{"role": "user", "content": "hi"}]}`;
    const response = await post(`${fronted.server.api}/chat/completions`, text);
    assert.equal(response.status, 200);
    const [call] = fronted.provider.calls;
    assert.equal(call?.body.model, "gpt-4o");
    assert.equal(call?.text.match(/"(m|\\u006d)od(e|\\u0065)l"/g)?.length, 1);
  });
}

test("a long conversation reaches the provider byte by byte with its length, again where the first try fails", async () => {
  const answer: Answer = ({ body }, response) => {
    if (fronted.provider.calls.length === 1) return response.writeHead(500).end();
    return sendJson(response, completion(body.model, "yes"));
  };
  await using fronted = await startFronted({ answer });
  const said = (model: string): string => `"model":"${model}","messages":[${turns.join(",")}]}`;
  const turns = Array.from({ length: 40 }, (_, turn) => {
    const content = `${turn} \\n\\"世界\\" `.repeat(600);
    return `{"role":"${turn % 2 ? "assistant" : "user"}","content":"${content}"}`;
  });
  const response = await post(`${fronted.server.api}/chat/completions`, `{"n":1,${said("openai/gpt-4o")}`);
  assert.equal(response.status, 200);
  assert.equal(fronted.provider.calls.length, 2);
  for (const { text, headers } of fronted.provider.calls) {
    assert.ok(text === `{"n":1,${said("gpt-4o")}`);
    assert.equal(headers["content-length"], String(Buffer.byteLength(text)));
  }
});

const tools: OpenAI.ChatCompletionTool[] = [
  { type: "function", function: { name: "weather", parameters: { type: "object", properties: { city: {} } } } },
];
const toolCall = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"台北"}' } };

test("tools go to the provider, and its calls come back", async () => {
  const message = { role: "assistant", content: null, tool_calls: [toolCall] };
  const choices = [{ index: 0, message, finish_reason: "tool_calls" }];
  const answer: Answer = (_, response) => sendJson(response, { ...completion("gpt-4o", ""), choices });
  await using fronted = await startFronted({ answer });
  const request = { model: "openai/gpt-4o", messages: hello, tools, tool_choice: "required" } as const;
  const got = await fronted.client.chat.completions.create(request);
  assert.deepEqual(got.choices[0]?.message.tool_calls, [toolCall]);
  assert.equal(got.choices[0]?.finish_reason, "tool_calls");
  assert.deepEqual(fronted.provider.calls[0]?.body, { ...request, model: "gpt-4o" });
});

test("a tool call is streamed piece by piece, and the client puts it together", async () => {
  const base = { id: "x", object: "chat.completion.chunk", created: 1, model: "gpt-4o" };
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    event({ ...base, choices: [{ index: 0, delta, finish_reason }] });
  const first = { index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "" } };
  const pieces = ['{"ci', 'ty":"台', '北"}'].map((piece) =>
    chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
  );
  const start = chunk({ role: "assistant", content: null, tool_calls: [first] });
  const all = [start, ...pieces, chunk({}, "tool_calls"), "data: [DONE]\n\n"];
  await using fronted = await startFronted({ answer: (_, response) => sendEvents(response, all) });
  const stream = fronted.client.chat.completions.stream({
    model: "openai/gpt-4o",
    messages: hello,
    tools,
  });
  const { choices } = await stream.finalChatCompletion();
  const [call] = choices[0]?.message.tool_calls ?? [];
  assert.ok(call?.type === "function");
  assert.deepEqual([call.id, call.function.name, call.function.arguments], ["call_1", "weather", '{"city":"台北"}']);
});

test("a conversation with a tool's result passes unchanged", async () => {
  await using fronted = await startFronted();
  const messages = [
    { role: "developer", content: "Be short." },
    {
      role: "user",
      content: [
        { type: "text", text: "Weather?" },
        { type: "image_url", image_url: { url: "data:x" } },
      ],
    },
    { role: "assistant", tool_calls: [toolCall] },
    { role: "tool", tool_call_id: "call_1", content: "26 °C" },
  ];
  await post(`${fronted.server.api}/chat/completions`, JSON.stringify({ model: "gpt-4o", messages }));
  assert.deepEqual(fronted.provider.calls[0]?.body.messages, messages);
});

test("DeepSeek's streams go to its base URL, whole answers to the other address", async () => {
  await using provider = await startFakeProvider();
  await using server = await startOmniport({
    DEEPSEEK_API_KEY: "sk-deepseek",
    DEEPSEEK_API_URL: provider.url.replace("/v1", ""),
    DEEPSEEK_API_ENDPOINT_NONSTREAM: provider.url.replace("/v1", "/whole/chat/completions"),
  });
  const client = openaiClient(server);
  const body = { model: "deepseek/deepseek-chat", messages: hello, max_completion_tokens: 9 };
  await client.chat.completions.create(body);
  await Array.fromAsync(await client.chat.completions.create({ ...body, stream: true }));

  assert.deepEqual(
    provider.calls.map(({ path }) => path),
    ["/whole/chat/completions", "/chat/completions"],
  );
  assert.deepEqual(provider.calls[0]?.body, { model: "deepseek-chat", messages: hello, max_tokens: 9 });
  assert.equal(provider.calls[1]?.headers.authorization, "Bearer sk-deepseek");
});

const yaml = (url: string): string => `
providers:
  house:
    base_url: ${url}
    api_key_env: HOUSE_KEY
    headers: { x-team: search }
aliases:
  fast: openai/gpt-4o-mini
  "our/best": house/meta/llama-3
`;

test("providers and aliases of omniport.yaml are called by their names", async () => {
  await using house = await startFakeProvider();
  await using fronted = await startFronted({ environment: { HOUSE_KEY: "house-key" }, yaml: yaml(house.url) });
  const ask = (model: string): Promise<unknown> => fronted.client.chat.completions.create({ model, messages: paris });
  await ask("house/meta/llama-3");
  await ask("our/best");
  await ask("fast");

  assert.deepEqual(
    house.calls.map(({ body }) => body.model),
    ["meta/llama-3", "meta/llama-3"],
  );
  assert.equal(house.calls[0]?.headers.authorization, "Bearer house-key");
  assert.equal(house.calls[0]?.headers["x-team"], "search");
  assert.deepEqual(
    fronted.provider.calls.map(({ body }) => body.model),
    ["gpt-4o-mini"],
  );
});

for (const name of ["gpt-4o", "o3-mini", "chatgpt-4o-latest", "openai/gpt-4o"]) {
  test(`'${name}' is one of OpenAI's`, async () => {
    await using fronted = await startFronted();
    await fronted.client.chat.completions.create({ model: name, messages: paris });
    assert.equal(fronted.provider.calls[0]?.body.model, name.replace("openai/", ""));
  });
}

test("the routes are served without /v1, too", async () => {
  await using fronted = await startFronted();
  const body = JSON.stringify({ model: "openai/gpt-4o", messages: paris });
  const response = await post(`${fronted.server.url}/chat/completions`, body);
  assert.deepEqual(await response.json(), completion("gpt-4o", "Paris, at night"));
});

test("a sensible request id of the client's is kept; another one is replaced", async () => {
  await using fronted = await startFronted();
  const ask = async (id: string): Promise<string | null> => {
    const headers = { "content-type": "application/json", "x-request-id": id };
    const body = JSON.stringify({ model: "openai/gpt-4o", messages: paris });
    const response = await post(`${fronted.server.api}/chat/completions`, body, { headers });
    return response.headers.get("x-request-id");
  };
  assert.equal(await ask("trace-1:a.b"), "trace-1:a.b");
  assert.match((await ask("x".repeat(129))) ?? "", /^req_[0-9a-f]{24}$/);
  assert.match((await ask('"><script>')) ?? "", /^req_[0-9a-f]{24}$/);
});

function withoutSpaces(text = ""): string {
  return text.replaceAll(" ", "");
}
