import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { arbitraryRequest } from "../../../../test/arbitrary-request.ts";
import type { ChatCompletionRequest } from "../../../api/chat.ts";
import { ApiError } from "../../../api/error.ts";
import { createReceipt } from "../../../api/receipt.ts";
import { chatRequest } from "./request.ts";
import type { ResponsesRequest } from "./wire.ts";

const MODEL = "gpt-5.6-sol";

function sent(given: object, dropParams = false): { body: ResponsesRequest; receipt: string } {
  const receipt = createReceipt(dropParams);
  const body = { model: MODEL, messages: [{ role: "user", content: "Hi" }], ...given } as ChatCompletionRequest;
  const context = { model: MODEL, stream: false, receipt, toolState: new Map(), images: new Map(), options: {} };
  const request = chatRequest(body, context);
  assert.equal(request.path, "/responses");
  return { body: request.body as ResponsesRequest, receipt: receipt.text() };
}

const PLAIN: ResponsesRequest = {
  model: MODEL,
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] }],
  store: false,
  include: ["reasoning.encrypted_content"],
};

test("a question is an input item; nothing is stored, and thoughts come encrypted", () => {
  assert.deepEqual(sent({}), { body: PLAIN, receipt: "" });
});

test("every kind of message has its item", () => {
  const { body } = sent({
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
          { type: "file", file: { file_data: "data:application/pdf;base64,JVBERi0=", filename: "a.pdf" } },
        ],
      },
      {
        role: "assistant",
        content: "Let me see.",
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "call_2", type: "custom", custom: { name: "g", input: "x" } },
        ],
      },
      {
        role: "tool",
        tool_call_id: "call_1",
        content: [
          { type: "text", text: "A " },
          { type: "text", text: "cat" },
        ],
      },
      { role: "tool", tool_call_id: "call_2", content: "A dog" },
      { role: "assistant", content: null, refusal: "I cannot say." },
    ],
  });
  assert.deepEqual(body.input, [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
    {
      type: "message",
      role: "user",
      content: [
        { type: "input_text", text: "What is this?" },
        { type: "input_image", image_url: "https://example.com/a.png", detail: "low" },
        { type: "input_file", file_data: "data:application/pdf;base64,JVBERi0=", filename: "a.pdf" },
      ],
    },
    { type: "message", role: "assistant", content: "Let me see." },
    { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
    { type: "custom_tool_call", call_id: "call_2", name: "g", input: "x" },
    { type: "function_call_output", call_id: "call_1", output: "A cat" },
    { type: "custom_tool_call_output", call_id: "call_2", output: "A dog" },
    { type: "message", role: "assistant", content: "I cannot say." },
  ]);
});

test("tools, their choice, the format and the limits have their own places", () => {
  const schema = { type: "object", properties: {} };
  const given = {
    tools: [
      { type: "function", function: { name: "f", description: "F", parameters: schema, strict: true } },
      {
        type: "custom",
        custom: { name: "g", format: { type: "grammar", grammar: { definition: "x", syntax: "lark" } } },
      },
    ],
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
    },
    parallel_tool_calls: false,
    reasoning_effort: "high",
    verbosity: "low",
    response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: true } },
    max_tokens: 3,
    seed: 1,
    metadata: { a: "b" },
    service_tier: "flex",
    store: true,
    user: null,
    new_field: [1],
  };
  assert.deepEqual(sent(given), {
    body: {
      ...PLAIN,
      store: true,
      tools: [
        { type: "function", name: "f", description: "F", parameters: schema, strict: true },
        { type: "custom", name: "g", format: { type: "grammar", definition: "x", syntax: "lark" } },
      ],
      tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] },
      parallel_tool_calls: false,
      reasoning: { effort: "high" },
      text: { format: { type: "json_schema", name: "n", schema, strict: true }, verbosity: "low" },
      max_output_tokens: 16,
      metadata: { a: "b" },
      service_tier: "flex",
      new_field: [1],
    },
    receipt: "renamed=max_tokens;dropped=seed;clamped=max_completion_tokens",
  });
});

test("a forced call names its tool", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  const choice = (tool_choice: unknown): unknown => sent({ tools, tool_choice }).body.tool_choice;
  assert.equal(choice("required"), "required");
  assert.deepEqual(choice({ type: "function", function: { name: "f" } }), { type: "function", name: "f" });
  assert.deepEqual(choice({ type: "custom", custom: { name: "g" } }), { type: "custom", name: "g" });
});

test("what this API does not know is refused by name, or dropped where the client allows it", () => {
  for (const field of ["audio", "web_search_options", "functions", "function_call"]) {
    assert.throws(() => sent({ [field]: {} }), { status: 400, param: field });
    assert.deepEqual(sent({ [field]: {} }, true), { body: PLAIN, receipt: `dropped=${field}` });
  }
});

test("whatever is asked for, nothing is sent that this API refuses, or the client is told what is wrong", () => {
  fc.assert(
    fc.property(arbitraryRequest([MODEL]), fc.boolean(), (asked, dropParams) => {
      try {
        assertTaken(sent(asked, dropParams).body);
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown;
        assert.equal(thrown.status, 400);
        assert.ok(thrown.param);
      }
    }),
    { numRuns: 1000 },
  );
});

const UNKNOWN = ["messages", "n", "stop", "max_tokens", "max_completion_tokens", "seed", "response_format", "logprobs"];

function assertTaken(body: ResponsesRequest): void {
  assert.deepEqual(JSON.parse(JSON.stringify(body)), body, "nothing undefined");
  assert.deepEqual(
    Object.values(body).filter((value) => value === null),
    [],
    "nothing null",
  );
  assert.deepEqual(
    UNKNOWN.filter((field) => field in body),
    [],
  );
  assert.ok(body.max_output_tokens === undefined || body.max_output_tokens >= 16);
  assert.ok(body.tool_choice === undefined || body.tools !== undefined);
  const calls = new Set(body.input.flatMap((item) => (item.type === "function_call" ? [item.call_id] : [])));
  const results = body.input.filter((item) => item.type === "function_call_output").map(({ call_id }) => call_id);
  assert.ok(results.every((id) => calls.has(id) && id.length <= 64));
}
