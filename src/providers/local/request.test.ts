import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import type { GenerateRequest } from "../../engine/model.ts";
import { embedRequest, generateRequest } from "./request.ts";

const tool = { type: "function", function: { name: "weather", parameters: { type: "object" } } };

function translated(fields: Partial<ChatCompletionRequest>, receipt = createReceipt(false)): GenerateRequest {
  const body = { model: "m", messages: [{ role: "user", content: "Hi" }], ...fields } as const;
  return generateRequest(body, receipt);
}

test("fields of the sampling, under OpenAI's names and those of vLLM and Ollama", () => {
  const request = translated({
    temperature: 0.5,
    top_p: 0.9,
    top_k: 20,
    min_p: 0.1,
    repetition_penalty: 1.1,
    seed: 7,
    max_tokens: 9,
    presence_penalty: 1,
    frequency_penalty: 0.5,
    logit_bias: { "5": -100 },
    logprobs: true,
    top_logprobs: 3,
    max_completion_tokens: 8,
    stop: ["a", ""],
  });
  assert.deepEqual(request, {
    messages: [{ role: "user", content: "Hi" }],
    templateVariables: { enable_thinking: false },
    temperature: 0.5,
    topP: 0.9,
    topK: 20,
    minP: 0.1,
    repetitionPenalty: 1.1,
    seed: 7,
    maxTokens: 8,
    presencePenalty: 1,
    frequencyPenalty: 0.5,
    logitBias: new Map([[5, -100]]),
    topLogprobs: 3,
    stop: ["a"],
  });
  assert.equal(translated({ repeat_penalty: 1.2 }).repetitionPenalty, 1.2);
  assert.equal(translated({ top_k: -1 }).topK, 0);
  assert.equal(translated({ logprobs: true }).topLogprobs, 0);
  const thinks = { enable_thinking: true, reasoning_effort: "low" };
  assert.deepEqual(translated({ reasoning_effort: "low" }).templateVariables, thinks);
});

test("JSON, with and without a schema", () => {
  const schema = { type: "object" };
  assert.equal(translated({ response_format: { type: "text" } }).json, undefined);
  assert.equal(translated({ response_format: { type: "json_object" } }).json, "object");
  assert.deepEqual(
    translated({ response_format: { type: "json_schema", json_schema: { name: "a", schema } } }).json,
    schema,
  );
});

test("tools, and whether they have to be called", () => {
  const functions = [{ name: "weather", parameters: { type: "object" } }];
  assert.deepEqual(translated({ tools: [tool] }).tools, { functions, choice: "auto", parallel: true });
  assert.equal(translated({ tools: [tool], tool_choice: "none" }).tools, undefined);
  assert.deepEqual(translated({ tools: [tool], tool_choice: "required" }).tools, {
    functions,
    choice: "required",
    parallel: false,
  });
  const named = { type: "function", function: { name: "weather" } };
  const parallel_tool_calls = true;
  assert.deepEqual(translated({ tools: [tool], tool_choice: named, parallel_tool_calls }).tools, {
    functions,
    choice: { name: "weather" },
    parallel: true,
  });
});

test("a tool's result bears the name of the function", () => {
  const call = { id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } };
  const { messages } = translated({
    messages: [
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "sunny" }] },
    ],
  });
  assert.deepEqual(messages, [
    { role: "assistant", content: "", tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", name: "weather", content: "sunny" },
  ]);
});

test("what cannot be honoured is a 400 that names the field", () => {
  const strict = { type: "function", function: { name: "a", strict: true, parameters: { not: {} } } };
  const format = { type: "json_schema", json_schema: { name: "a", schema: { uniqueItems: true } } };
  const refused: readonly (readonly [fields: Partial<ChatCompletionRequest>, param: string, message: RegExp])[] = [
    [{ top_logprobs: 2 }, "top_logprobs", /only allowed when 'logprobs'/],
    [{ min_p: 2 }, "min_p", /a number from 0 to 1, but got 2/],
    [{ top_k: "many" }, "top_k", /but got "many"/],
    [{ repetition_penalty: 0 }, "repetition_penalty", /but got 0/],
    [{ logit_bias: { x: 1 } }, "logit_bias", /token ids/],
    [{ logit_bias: { "5": 101 } }, "logit_bias.5", /from -100 to 100, but got 101/],
    [{ response_format: format }, "response_format.json_schema.schema", /uniqueItems/],
    [{ tools: [strict] }, "tools[0].function.parameters", /has 'not'/],
    [{ tools: [tool], tool_choice: { type: "function", function: { name: "x" } } }, "tool_choice", /'x'/],
    [{ tool_choice: "required" }, "tool_choice", /only allowed when 'tools'/],
    [{ modalities: ["audio"] }, "modalities", /write text/],
    [{ messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "messages[0].content[0]", /image_url/],
  ];
  for (const [fields, param, message] of refused) {
    assert.throws(
      () => translated(fields),
      (error) =>
        error instanceof ApiError && error.status === 400 && error.param === param && message.test(error.message),
      JSON.stringify(fields),
    );
  }
});

test("what cannot be honoured is left out where the client allows it, and stands in the receipt", () => {
  const receipt = createReceipt(true);
  const strict = { type: "function", function: { name: "a", strict: true, parameters: { not: {} } } };
  const request = translated(
    {
      response_format: { type: "json_schema", json_schema: { name: "a", schema: { uniqueItems: true } } },
      tools: [strict],
      modalities: ["audio"],
      web_search_options: {},
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }, { type: "image_url" }] }],
    },
    receipt,
  );
  assert.equal(request.json, "object");
  assert.deepEqual(request.messages, [{ role: "user", content: "Hi" }]);
  assert.equal(
    receipt.text(),
    "dropped=modalities,web_search_options,response_format.json_schema.schema,tools[0].function.parameters,messages[0].content[1]",
  );
});

test("embeddings: texts or token ids, with a prompt and a length", () => {
  const body = { model: "m", input: "a" };
  assert.deepEqual(embedRequest(body), { inputs: ["a"] });
  assert.deepEqual(embedRequest({ ...body, input: [1, 2] }), { inputs: [[1, 2]] });
  assert.deepEqual(embedRequest({ ...body, prompt_name: "query", prompt: "find: ", dimensions: 8 }), {
    inputs: ["a"],
    promptName: "query",
    prompt: "find: ",
    dimensions: 8,
  });
  assert.throws(() => embedRequest({ ...body, prompt_name: 7 }), { status: 400, param: "prompt_name" });
  assert.throws(() => embedRequest({ ...body, prompt: ["find: "] }), { status: 400, param: "prompt" });
});
