import assert from "node:assert/strict";
import { test } from "node:test";
import { eachChunk } from "../../../test/each-chunk.ts";
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../../api/chat.ts";
import { Json } from "../../api/json.ts";
import { createReceipt, type Receipt } from "../../api/receipt.ts";
import type { Engine } from "../../engine/engine.ts";
import type { GenerateEvent, GenerateRequest } from "../../engine/model.ts";
import type { Call } from "../provider.ts";
import { local } from "./index.ts";

const TEXT: readonly GenerateEvent[] = [
  { type: "start", emulated: [] },
  { type: "reasoning", text: "Hm." },
  {
    type: "text",
    text: "Hi",
    logprobs: [
      {
        text: "Hi",
        bytes: Uint8Array.of(72, 105),
        logprob: -0.5,
        top: [{ text: "H", bytes: Uint8Array.of(72), logprob: -1 }],
      },
    ],
  },
  { type: "text", text: "!" },
  { type: "end", reason: "stop", promptTokens: 5, completionTokens: 4, reasoningTokens: 1, cachedTokens: 2 },
];
const CALLS: readonly GenerateEvent[] = [
  { type: "start", emulated: ["tools"] },
  { type: "toolCall", name: "weather" },
  { type: "arguments", text: '{"city":' },
  { type: "arguments", text: '"Paris"}' },
  { type: "toolCall", name: "time" },
  { type: "arguments", text: "{}" },
  { type: "end", reason: "toolCalls", promptTokens: 5, completionTokens: 9, cachedTokens: 0 },
];

interface Asked {
  readonly provider: ReturnType<typeof local>;
  readonly call: Call<ChatCompletionRequest>;
  readonly receipt: Receipt;
  readonly requests: readonly GenerateRequest[];
}

/** An engine that always says the same. */
function ask(events: readonly GenerateEvent[], fields: Partial<ChatCompletionRequest> = {}): Asked {
  const requests: GenerateRequest[] = [];
  const engine: Pick<Engine, "generate"> = {
    async generate(model, request) {
      requests.push(request);
      return { model, events: iterable(events) };
    },
  };
  const receipt = createReceipt(false);
  const body = Json.fromValue<ChatCompletionRequest>({
    model: "m",
    messages: [{ role: "user", content: "Hi" }],
    ...fields,
  });
  const call = { model: "m", body, receipt, signal: new AbortController().signal };
  return { provider: local(engine as Engine), call: call as Call<ChatCompletionRequest>, receipt, requests };
}

async function* iterable<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function whole({ provider, call }: Asked): Promise<ChatCompletion> {
  return (await provider.chat(call)).value;
}

async function streamed({ provider, call }: Asked): Promise<readonly ChatCompletionChunk[]> {
  return Array.fromAsync(eachChunk(await provider.chatStream(call)));
}

const entry = {
  token: "Hi",
  logprob: -0.5,
  bytes: [72, 105],
  top_logprobs: [{ token: "H", logprob: -1, bytes: [72] }],
};

test("an answer with thoughts and log probabilities", async () => {
  const { choices, usage } = await whole(ask(TEXT));
  assert.deepEqual(choices, [
    {
      index: 0,
      message: { role: "assistant", content: "Hi!", refusal: null, reasoning_content: "Hm." },
      logprobs: { content: [entry], refusal: null },
      finish_reason: "stop",
    },
  ]);
  assert.deepEqual(usage, {
    prompt_tokens: 5,
    completion_tokens: 4,
    total_tokens: 9,
    prompt_tokens_details: { cached_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 1 },
  });
});

test("the same as a stream: the role first, the usage in a last chunk without choices", async () => {
  const chunks = await streamed(ask(TEXT, { stream: true }));
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.delta),
    [
      { role: "assistant", content: "" },
      { reasoning_content: "Hm." },
      { content: "Hi" },
      { content: "!" },
      {},
      undefined,
    ],
  );
  assert.deepEqual(chunks[2]?.choices[0]?.logprobs, { content: [entry], refusal: null });
  assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, "stop");
  assert.equal(chunks.at(-1)?.usage?.total_tokens, 9);
  assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
});

test("tool calls have ids and arguments in pieces, and what was emulated stands in the receipt", async () => {
  const asked = ask(CALLS);
  const { choices } = await whole(asked);
  const calls = choices[0]?.message.tool_calls ?? [];
  assert.deepEqual(
    calls.map((call) => call.function),
    [
      { name: "weather", arguments: '{"city":"Paris"}' },
      { name: "time", arguments: "{}" },
    ],
  );
  assert.ok(calls.every(({ id, type }) => /^call_\w+$/.test(id) && type === "function"));
  assert.equal(choices[0]?.message.content, null);
  assert.equal(choices[0]?.finish_reason, "tool_calls");
  assert.equal(asked.receipt.text(), "emulated=tools");

  const [, opening, ...others] = await streamed(ask(CALLS));
  const { id, ...first } = opening?.choices[0]?.delta.tool_calls?.[0] ?? {};
  assert.match(id ?? "", /^call_/);
  assert.deepEqual(first, { index: 0, type: "function", function: { name: "weather", arguments: "" } });
  assert.deepEqual(others[0]?.choices[0]?.delta.tool_calls, [{ index: 0, function: { arguments: '{"city":' } }]);
});

test("the receipt is complete with the first chunk", async () => {
  const { provider, call, receipt } = ask(CALLS, { stream: true });
  const chunks = await provider.chatStream(call);
  for await (const chunk of eachChunk(chunks)) {
    assert.deepEqual(chunk.choices[0]?.delta, { role: "assistant", content: "" });
    break;
  }
  assert.equal(receipt.text(), "emulated=tools");
});

test("several answers come one after the other, each with its own seed, and count the prompt once", async () => {
  const asked = ask(TEXT, { n: 3, seed: 7 });
  const { choices, usage } = await whole(asked);
  assert.deepEqual(
    choices.map(({ index, message }) => [index, message.content]),
    [
      [0, "Hi!"],
      [1, "Hi!"],
      [2, "Hi!"],
    ],
  );
  assert.deepEqual(
    asked.requests.map(({ seed }) => seed),
    [7, 8, 9],
  );
  assert.deepEqual([usage?.prompt_tokens, usage?.completion_tokens, usage?.total_tokens], [5, 12, 17]);

  const chunks = await streamed(ask(TEXT, { n: 2, stream: true }));
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.index),
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, undefined],
  );
});

test("an answer that has no end is an error", async () => {
  await assert.rejects(whole(ask(TEXT.slice(0, 3))), { code: "upstream_incomplete" });
  await assert.rejects(streamed(ask(TEXT.slice(0, 3))), { code: "upstream_incomplete" });
});
