import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { capabilities } from "./capabilities.ts";
import { chatRequest } from "./request.ts";
import type { BlockParam, MessagesRequest, Turn } from "./wire.ts";

const MODELS = (
  "claude-opus-5 claude-fable-5-1 claude-opus-4-8 claude-sonnet-4-6 claude-opus-4-5 claude-haiku-9 claude-sonnet-4-5 " +
  "claude-opus-4-1 claude-sonnet-4-0 claude-3-7-sonnet-latest claude-3-haiku-20240307 another-model"
).split(" ");

const text = fc.oneof(fc.constantFrom("", " \n", "Hi", "夜市 🌃"), fc.string());
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const id = fc.constantFrom("a", "b", "call.c", "toolu_01", "");

const part = fc.oneof(
  text.map((value) => ({ type: "text", text: value })),
  fc
    .constantFrom("https://example.com/a.png", "data:image/png;base64,iVBORw0KGgo=", "data:text/plain,no", "ftp://no")
    .map((url) => ({ type: "image_url", image_url: { url } })),
  fc
    .constantFrom(
      "data:application/pdf;base64,JVBERi0=",
      "data:text/plain;base64,IA==",
      "JVBERi0=",
      "data:x/y;base64,AA==",
    )
    .map((file_data) => ({ type: "file", file: { file_data } })),
);
const content = fc.oneof(text, fc.array(part, { maxLength: 3 }));
const toolCall = fc.record({
  id,
  type: fc.constant("function"),
  function: fc.record({ name: fc.constantFrom("f", "g"), arguments: fc.oneof(fc.json(), fc.string()) }),
});
const thought = fc.constantFrom(
  { type: "thinking", thinking: "hm", signature: "s" },
  { type: "thinking", thinking: "unsigned" },
  { type: "redacted_thinking", data: "d" },
);
const message = fc.oneof(
  fc.record({
    role: fc.constantFrom("user", "system", "developer"),
    content: fc.oneof(
      text,
      text.map((t) => [{ type: "text", text: t }]),
    ),
  }),
  fc.record({ role: fc.constant("user"), content }),
  fc.record(
    {
      role: fc.constant("assistant"),
      content: optional(text),
      refusal: optional(text),
      tool_calls: fc.array(toolCall, { maxLength: 3 }),
      thinking_blocks: fc.array(thought, { maxLength: 2 }),
    },
    { requiredKeys: ["role"] },
  ),
  fc.record({ role: fc.constant("tool"), tool_call_id: id, content }),
);
const schema = fc.constantFrom(
  { type: "object", properties: { a: { type: "string", minLength: 1 } } },
  { anyOf: [{ type: "object", properties: { a: {} } }] },
  { type: "object", properties: { next: { $ref: "#" } } },
  { type: "array", items: { type: "number" } },
  {},
);
const tool = fc.record({
  type: fc.constant("function"),
  function: fc.record(
    {
      name: fc.constantFrom("f", "g"),
      description: optional(text),
      parameters: optional(schema),
      strict: optional(fc.boolean()),
    },
    { requiredKeys: ["name"] },
  ),
});
const request = fc.record(
  {
    model: fc.constantFrom(...MODELS),
    messages: fc.array(message, { minLength: 1, maxLength: 8 }),
    max_tokens: optional(fc.integer({ min: 1, max: 300_000 })),
    temperature: optional(fc.double({ min: 0, max: 2, noNaN: true })),
    top_p: optional(fc.double({ min: 0, max: 1, noNaN: true })),
    stop: optional(fc.oneof(text, fc.array(text, { maxLength: 3 }))),
    tools: optional(fc.array(tool, { maxLength: 2 })),
    tool_choice: optional(fc.constantFrom("auto", "none", "required", { type: "function", function: { name: "f" } })),
    parallel_tool_calls: optional(fc.boolean()),
    reasoning_effort: optional(fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh")),
    response_format: optional(
      fc.oneof(
        fc.constantFrom({ type: "text" }, { type: "json_object" }),
        schema.map((s) => ({ type: "json_schema", json_schema: { name: "n", schema: s } })),
      ),
    ),
    user: optional(text),
    seed: optional(fc.integer()),
    service_tier: optional(fc.constantFrom("auto", "default", "flex", "priority")),
  },
  { requiredKeys: ["model", "messages"] },
);

test("whatever is asked for, the vendor is sent what it takes, or the client is told what is wrong", () => {
  fc.assert(
    fc.property(request, fc.boolean(), (asked, dropParams) => {
      const body = asked as ChatCompletionRequest;
      const context = {
        model: body.model,
        stream: true,
        receipt: createReceipt(dropParams),
        toolState: new Map(),
        images: new Map(),
        options: {},
      };
      try {
        assertTaken(chatRequest(body, context).body as MessagesRequest);
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown;
        assert.equal(thrown.status, 400);
        assert.ok(thrown.param);
      }
    }),
    { numRuns: 1500 },
  );
});

/** The vendor's rules that a request can break. */
function assertTaken(sent: MessagesRequest): void {
  assert.deepEqual(JSON.parse(JSON.stringify(sent)), sent, "nothing undefined");
  assert.ok(!/[:[,]null[,\]}]/.test(JSON.stringify({ ...sent, messages: [], tools: [], system: [] })), "nothing null");
  assert.ok(Number.isInteger(sent.max_tokens) && sent.max_tokens >= 1);
  assertTurns(sent.messages);
  sent.system?.forEach(assertBlock);
  assertTools(sent);
  assertSampling(sent);
  assert.ok(sent.stop_sequences?.every((sequence) => sequence.trim() !== "") ?? true);
}

function assertTurns(turns: readonly Turn[]): void {
  const ids = new Set<string>();
  turns.forEach((turn, index) => {
    assert.equal(turn.role, index % 2 === 0 ? "user" : "assistant");
    assert.ok(turn.content.length > 0);
    turn.content.forEach(assertBlock);
    const calls = turn.content.filter((block) => block.type === "tool_use");
    const next = turns[index + 1]?.content.slice(0, calls.length) ?? [];
    assert.deepEqual(
      next.map((block) => (block.type === "tool_result" ? block.tool_use_id : block.type)),
      calls.map((call) => call.id),
      "each call is answered at once",
    );
    for (const call of calls) {
      assert.match(call.id, /^[a-zA-Z0-9_-]+$/);
      assert.ok(!ids.has(call.id));
      ids.add(call.id);
    }
    const results = turn.content.filter((block) => block.type === "tool_result");
    const before = turns[index - 1]?.content.filter((block) => block.type === "tool_use") ?? [];
    assert.equal(results.length, before.length, "no result without its call");
  });
}

function assertBlock(block: BlockParam): void {
  if (block.type === "text") assert.notEqual(block.text.trim(), "");
  if (block.type === "thinking") assert.ok(block.signature);
  if (block.type === "tool_result") block.content?.forEach(assertBlock);
  if (block.type === "tool_use") assert.ok(!Array.isArray(block.input) && typeof block.input === "object");
}

function assertTools({ model, messages, tools, tool_choice, thinking }: MessagesRequest): void {
  if (tool_choice) assert.ok(tools && tools.length > 0);
  const isForced = tool_choice?.type === "any" || tool_choice?.type === "tool";
  if (isForced) assert.ok(capabilities(model).canForceTools && thinking?.type !== "enabled");
  if (messages.some(({ content }) => content.some(({ type }) => type === "tool_use"))) assert.ok(tools);
  for (const { input_schema } of tools ?? []) {
    assert.equal(input_schema.type, "object");
    assert.ok(!["anyOf", "oneOf", "allOf"].some((keyword) => keyword in input_schema));
  }
}

function assertSampling({ model, max_tokens, thinking, temperature, top_p, output_config }: MessagesRequest): void {
  const known = capabilities(model);
  if (temperature !== undefined) assert.ok(temperature >= 0 && temperature <= 1);
  if (known.sampling === "none") assert.deepEqual([temperature, top_p], [undefined, undefined]);
  if (known.sampling === "one") assert.ok(temperature === undefined || top_p === undefined);
  if (thinking?.type === "adaptive") assert.equal(known.thinking, "adaptive");
  if (output_config?.effort) assert.ok(known.efforts.includes(output_config.effort));
  if (thinking?.type !== "enabled") return;
  assert.equal(known.thinking, "budget");
  assert.ok(thinking.budget_tokens >= 1024 && thinking.budget_tokens < max_tokens);
  assert.ok(temperature === undefined || temperature === 1);
}
