import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { readCompletion, readStream } from "../../../test/recorded.ts";
import type { AnswerContext } from "../http-provider.ts";
import { modelFacts } from "./model.ts";
import { chatRequest, type Plan } from "./request.ts";
import { completion } from "./response.ts";
import { chunks } from "./stream.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const json = fc.dictionary(text, fc.oneof(fc.integer(), text, fc.boolean()), { maxKeys: 3 });

/** A line's worth of an answer. */
const piece = fc.oneof(
  fc.record({ content: text }),
  fc.record({ thinking: text, content: fc.constant("") }),
  fc.record({
    content: fc.constant(""),
    tool_calls: fc.array(
      fc.record({
        id: fc.uuid().map((id) => `call_${id}`),
        function: fc.record({ name: fc.constantFrom("a", "b"), arguments: json }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
);

const HEAD = { model: "qwen3", created_at: "2026-01-02T03:04:05Z" };
const END = { ...HEAD, done: true, done_reason: "stop", prompt_eval_count: 7, eval_count: 9 };

const context: AnswerContext<Plan> = {
  model: "qwen3",
  plan: { receipt: createReceipt(false), wantsLogprobs: false, fewestPromptTokens: 0 },
  withUsage: true,
  keep: () => {},
  onSkipped: () => {},
  failure: (status) => new ApiError(status, "api_error", "failed"),
};

async function* cut(bytes: Buffer, borders: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...borders.map((border) => border % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  let at = 0;
  for (const end of ends) {
    yield bytes.subarray(at, end);
    at = end;
  }
}

test("a stream, however it is cut, folds to the answer that is had whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      async (list, borders) => {
        const lines = [...list.map((message) => ({ ...HEAD, message, done: false })), { ...END, message: {} }];
        const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
        const joined = {
          content: list.map(({ content }) => content).join(""),
          thinking: list.map((message) => ("thinking" in message ? message.thinking : "")).join(""),
          tool_calls: list.flatMap((message) => ("tool_calls" in message ? message.tool_calls : [])),
        };
        const whole = readCompletion(completion({ ...END, message: joined }, context));
        assert.deepEqual(await readStream(chunks(cut(bytes, borders), context)), whole);
      },
    ),
    { numRuns: 200 },
  );
});

const tool = fc.record({
  type: fc.constant("function"),
  function: fc.record(
    {
      name: fc.constantFrom("a", "b"),
      description: fc.option(text),
      strict: fc.option(fc.boolean()),
      parameters: fc.option(
        fc.record({ type: fc.constant("object"), properties: fc.constant({ x: { type: "string" } }) }),
      ),
    },
    { requiredKeys: ["name"] },
  ),
});
const part = fc.oneof(
  fc.record({ type: fc.constant("text"), text }),
  fc.record({
    type: fc.constant("image_url"),
    image_url: fc.record({
      url: fc.constant("data:image/png;base64,iVBORw0K"),
      detail: fc.constantFrom("low", "auto"),
    }),
  }),
  fc.record({ type: fc.constantFrom("input_audio", "file", "video_url"), file: fc.constant({ file_id: "f" }) }),
);
const message = fc.oneof(
  fc.record({
    role: fc.constantFrom("system", "developer", "user"),
    content: fc.oneof(text, fc.array(part, { maxLength: 3 })),
  }),
  fc.record(
    {
      role: fc.constant("assistant"),
      content: fc.option(text),
      refusal: fc.constant(null),
      reasoning_content: fc.option(text),
      tool_calls: fc.array(
        fc.record({
          id: fc.constantFrom("call_1", "call_2"),
          type: fc.constant("function"),
          function: fc.record({ name: fc.constantFrom("a", "b"), arguments: fc.oneof(fc.json(), text) }),
        }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ["role"] },
  ),
  fc.record({ role: fc.constant("tool"), tool_call_id: fc.constantFrom("call_1", "call_3"), content: text }),
);
const request = fc.record(
  {
    model: fc.constant("ollama/m"),
    messages: fc.array(message, { minLength: 1, maxLength: 5 }),
    temperature: fc.option(fc.double({ min: 0, max: 2, noNaN: true }).map(Math.abs)),
    top_p: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs)),
    max_tokens: fc.option(fc.integer({ min: 1 })),
    max_completion_tokens: fc.option(fc.integer({ min: 1 })),
    stop: fc.option(fc.oneof(text, fc.array(text, { maxLength: 4 }))),
    seed: fc.option(fc.integer()),
    presence_penalty: fc.option(fc.constantFrom(-2, 0, 2)),
    logit_bias: fc.option(fc.constant({ "50256": -100 })),
    user: fc.option(text),
    metadata: fc.option(fc.constant({ a: "b" })),
    tools: fc.option(fc.array(tool, { maxLength: 2 })),
    tool_choice: fc.option(
      fc.constantFrom("none", "auto", "required", { type: "function", function: { name: "a" } }, { type: "custom" }),
    ),
    response_format: fc.option(
      fc.constantFrom(
        { type: "text" },
        { type: "json_object" },
        { type: "json_schema", json_schema: { name: "s", schema: { type: "object" } } },
        { type: "json_schema", json_schema: { name: "s" } },
      ),
    ),
    reasoning_effort: fc.option(fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh", "newest")),
    logprobs: fc.option(fc.boolean()),
    top_logprobs: fc.option(fc.integer({ min: 0, max: 20 })),
    modalities: fc.option(fc.constantFrom(["text"], ["text", "audio"])),
    keep_alive: fc.option(fc.constantFrom(0, "5m")),
    options: fc.option(
      fc.record({ num_ctx: fc.option(fc.integer({ min: 1 })), top_k: fc.integer() }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: ["model", "messages"] },
);
const shown = fc.record(
  {
    capabilities: fc.subarray(["completion", "tools", "vision", "thinking"]),
    model_info: fc.constant({ "general.architecture": "llama", "llama.context_length": 2048 }),
    parameters: fc.constantFrom("", "num_ctx 8192"),
  },
  { requiredKeys: [] },
);

test("a valid request becomes one that the vendor takes, or a 400 that says why not", () => {
  fc.assert(
    fc.property(request, shown, fc.boolean(), fc.constantFrom("m", "gpt-oss"), (body, shown, dropParams, model) => {
      const context = {
        model,
        stream: false,
        receipt: createReceipt(dropParams),
        toolState: new Map(),
        images: new Map(),
        options: {},
        described: modelFacts(shown),
      };
      try {
        assertTakes(chatRequest(body, context).body);
      } catch (thrown) {
        assert.ok(thrown instanceof ApiError && thrown.status === 400 && thrown.param !== null, String(thrown));
      }
    }),
    { numRuns: 1000 },
  );
});

/** What the vendor's JSON decoder demands. Source: https://github.com/ollama/ollama/blob/main/api/types.go */
function assertTakes(body: object): void {
  const sent = JSON.parse(JSON.stringify(body));
  assert.deepEqual(body, sent, "nothing is undefined");
  assertNoNulls(sent, "request");
  assert.equal(typeof sent.model, "string");
  assert.equal(typeof sent.stream, "boolean");
  for (const { role, content, tool_calls = [], images = [], thinking = "" } of sent.messages) {
    assert.ok(["system", "user", "assistant", "tool"].includes(role), role);
    assert.deepEqual([typeof content, typeof thinking], ["string", "string"]);
    assert.ok(images.every((image: unknown) => typeof image === "string" && /^[\w+/]+=*$/.test(image)));
    for (const { function: called } of tool_calls) {
      assert.equal(typeof called.name, "string");
      assert.ok(typeof called.arguments === "object" && !Array.isArray(called.arguments));
    }
  }
  for (const { type, function: described } of sent.tools ?? []) {
    assert.deepEqual([type, typeof described.name, typeof described.parameters], ["function", "string", "object"]);
  }
  if (sent.think !== undefined) assert.ok([true, false, "low", "medium", "high"].includes(sent.think));
  if (sent.format !== undefined) assert.ok(sent.format === "json" || typeof sent.format === "object");
  assert.ok(Number.isInteger(sent.options.num_ctx) && sent.options.num_ctx > 0);
}

/** The arguments of past calls are the model's own, and may hold anything. */
function assertNoNulls(value: unknown, path: string): void {
  assert.notEqual(value, null, path);
  if (typeof value !== "object" || path.endsWith(".arguments")) return;
  for (const [field, inner] of Object.entries(value ?? {})) assertNoNulls(inner, `${path}.${field}`);
}
