import assert from "node:assert/strict";
import { after, test } from "node:test";
import { EngineError } from "../errors.ts";
import type { GenerateEvent, GenerateRequest, ToolUse } from "../model.ts";
import { loadChatModel } from "./chat-model.ts";
import { collect, cpu, greedy, never, tinyModel } from "./fixtures/tiny.ts";

const options = { threads: 1, contextTokens: 1024, gpu: "off", runtime: cpu } as const;
const mistral = tinyModel("mistral-v0.2");
const model = await loadChatModel(mistral.snapshot, options, never);
const llama = await loadChatModel(tinyModel("llama-3").snapshot, options, never);
after(() => Promise.all([model.dispose(), llama.dispose()]));

const [first] = mistral.oracle.chat;
assert.ok(first);
const { messages } = first;
const [firstToken = 0] = first.greedy_ids;

function ask(change: Partial<GenerateRequest>, from = model): AsyncIterable<GenerateEvent> {
  return from.generate(greedy(messages, change), never);
}

function textOf(events: readonly GenerateEvent[], type: GenerateEvent["type"]): string {
  return events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
}

test("log probabilities are those of the reference, before any sampling", async () => {
  const events = await Array.fromAsync(
    ask({ maxTokens: 1, topLogprobs: 3, temperature: 1.5, logitBias: new Map([[firstToken, 50]]) }),
  );
  const [chosen] = events.flatMap((event) => (event.type === "text" ? (event.logprobs ?? []) : []));
  assert.ok(chosen);
  assert.equal(chosen.text, "안");
  assert.deepEqual([...chosen.bytes], [...Buffer.from("안")]);
  assert.ok(Math.abs(chosen.logprob - -0.72225) < 0.1, String(chosen.logprob));
  const reference = [-0.72225, -2.67216, -2.85736];
  chosen.top.forEach(({ logprob }, place) => assert.ok(Math.abs(logprob - reference[place]!) < 0.1, String(logprob)));
  assert.equal(chosen.top.length, 3);
});

test("log probabilities change nothing about the answer, and there is one for each token of the text", async () => {
  const events = await Array.fromAsync(ask({ maxTokens: 16, topLogprobs: 0 }));
  assert.equal(textOf(events, "text"), first.greedy_text);
  const all = events.flatMap((event) => (event.type === "text" ? (event.logprobs ?? []) : []));
  assert.equal(all.length, 16);
  assert.ok(all.every(({ top, logprob }) => top.length === 0 && logprob <= 0));
});

test("a bias can forbid a token and force one, also the one that ends an answer", async () => {
  const without = await collect(ask({ maxTokens: 16, logitBias: new Map([[firstToken, -100]]) }));
  assert.ok(!without.text.includes("안"), without.text);
  const ended = await collect(ask({ maxTokens: 16, logitBias: new Map([[2, 100]]) }));
  assert.deepEqual([ended.text, ended.end.reason, ended.end.completionTokens], ["", "stop", 1]);
  await assert.rejects(
    collect(ask({ logitBias: new Map([[1_000_000, 1]]) })),
    (error) => error instanceof EngineError && error.code === "bad_request" && /no token 1000000/.test(error.message),
  );
});

test("top_k 1 and min_p 1 leave only the likeliest token, and a repetition penalty changes what comes again", async () => {
  for (const change of [{ topK: 1 }, { minP: 1 }]) {
    assert.equal((await collect(ask({ maxTokens: 16, temperature: 2, seed: 1, ...change }))).text, first.greedy_text);
  }
  const { text } = await collect(ask({ maxTokens: 16, repetitionPenalty: 8 }));
  assert.notEqual(text, first.greedy_text);
});

test("JSON answers fit their schema whatever is sampled, with both kinds of tokenizer", async () => {
  const json = {
    type: "object",
    properties: {
      name: { type: "string", minLength: 1, maxLength: 8 },
      age: { type: "integer", minimum: 0, maximum: 120 },
      tags: { type: "array", items: { enum: ["a", "b"] }, minItems: 1, maxItems: 2 },
    },
    required: ["name", "age", "tags"],
  };
  for (const from of [model, llama]) {
    for (let seed = 0; seed < 10; seed++) {
      const { text, end } = await collect(ask({ json, temperature: seed / 4, seed }, from));
      assert.equal(end.reason, "stop", text);
      const { name, age, tags } = JSON.parse(text) as { name: string; age: number; tags: string[] };
      assert.ok(name.length >= 1 && Array.from(name).length <= 8, text);
      assert.ok(Number.isInteger(age) && age >= 0 && age <= 120, text);
      assert.ok(tags.length >= 1 && tags.length <= 2 && tags.every((tag) => tag === "a" || tag === "b"), text);
    }
  }
});

test("a JSON answer that is cut short says so", async () => {
  const { end } = await collect(ask({ json: { type: "string", minLength: 500 }, maxTokens: 5 }));
  assert.equal(end.reason, "length");
});

test("a forced call always parses; tools that the template does not know are emulated", async () => {
  const parameters = { properties: { city: { type: "string", maxLength: 6 } }, required: ["city"] };
  const tools: ToolUse = { functions: [{ name: "weather", parameters }], choice: "required", parallel: false };
  for (const from of [model, llama]) {
    for (let seed = 0; seed < 5; seed++) {
      const events = await Array.fromAsync(ask({ tools, temperature: seed / 2, seed }, from));
      assert.deepEqual(events[0], { type: "start", emulated: ["tools"] });
      assert.deepEqual(
        events.filter(({ type }) => type === "toolCall"),
        [{ type: "toolCall", name: "weather" }],
      );
      const { city } = JSON.parse(textOf(events, "arguments")) as { city: string };
      assert.ok(Array.from(city).length <= 6);
      const end = events.at(-1);
      assert.equal(end?.type === "end" && end.reason, "toolCalls");
      assert.equal(textOf(events, "text"), "");
    }
  }
});

test("a schema that a grammar cannot express is a bad request, and the model is free for others", async () => {
  await assert.rejects(
    collect(ask({ json: { not: {} } })),
    (error) => error instanceof EngineError && error.code === "bad_request",
  );
  assert.equal((await collect(ask({ maxTokens: 16 }))).text, first.greedy_text);
});
