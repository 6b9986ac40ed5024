import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { runs } from "../../../test/fuzz.ts";
import type { Message } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { chatRequest } from "./request.ts";
import type { Content, GenerateContentRequest } from "./wire.ts";

const text = fc.oneof(fc.string(), fc.constant(""), fc.string({ unit: "grapheme" }));
const url = fc.constantFrom("data:image/png;base64,QUJD", "data:oops", "gs://bucket/cat.png", "https://youtu.be/x");
const part = fc.oneof(
  fc.record({ type: fc.constant("text"), text }),
  fc.record({ type: fc.constant("image_url"), image_url: fc.record({ url, detail: fc.constantFrom("low", "auto") }) }),
  fc.constantFrom({ type: "input_audio", input_audio: { data: "QUJD", format: "wav" } }, { type: "unheard-of" }),
);
const content = fc.oneof(text, fc.array(part, { maxLength: 3 }));
const name = fc.oneof(fc.stringMatching(/^[\w-]{1,64}$/), fc.string({ minLength: 1 }));
const call = fc.record({
  id: fc.oneof(fc.uuid(), fc.constantFrom("", "same")),
  type: fc.constant("function"),
  function: fc.record({ name, arguments: fc.oneof(fc.json(), fc.string()) }),
});

/** A turn with calls and their answers, in any order. */
const toolTurn = fc
  .record({
    calls: fc.array(call, { minLength: 1, maxLength: 3 }),
    content: fc.oneof(text, fc.constant(null)),
    order: fc.boolean(),
  })
  .chain(({ calls, content, order }) =>
    fc
      .array(fc.oneof(text, fc.json()), { minLength: calls.length, maxLength: calls.length })
      .map((results): Message[] => {
        const answers = calls.map(({ id }, i): Message => ({ role: "tool", tool_call_id: id, content: results[i]! }));
        return [{ role: "assistant", content, tool_calls: calls }, ...(order ? answers : answers.toReversed())];
      }),
  );
const turn = fc.oneof(
  fc
    .record({ role: fc.constantFrom("user", "system", "developer", "assistant"), content })
    .map((one) => [one as Message]),
  toolTurn,
);

const nullable = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.oneof(value, fc.constant(null));
const tool = fc.record({
  type: fc.constant("function"),
  function: fc.record(
    {
      name,
      description: nullable(text),
      strict: nullable(fc.boolean()),
      parameters: nullable(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))),
    },
    { requiredKeys: ["name"] },
  ),
});
const body = fc.record(
  {
    model: fc.constant("m"),
    messages: fc.array(turn, { minLength: 1, maxLength: 4 }).map((turns) => turns.flat()),
    temperature: nullable(fc.float({ min: 0, max: 2, noNaN: true })),
    top_p: nullable(fc.float({ min: 0, max: 1, noNaN: true })),
    max_tokens: nullable(fc.integer({ min: 1 })),
    max_completion_tokens: nullable(fc.integer({ min: 1 })),
    stop: nullable(fc.oneof(text, fc.array(text, { maxLength: 7 }))),
    seed: nullable(fc.maxSafeInteger()),
    presence_penalty: nullable(fc.float({ min: -2, max: 2, noNaN: true })),
    frequency_penalty: nullable(fc.float({ min: -2, max: 2, noNaN: true })),
    logprobs: nullable(fc.boolean()),
    top_logprobs: nullable(fc.nat(20)),
    tools: nullable(fc.array(tool, { maxLength: 3 })),
    tool_choice: nullable(fc.constantFrom("none", "auto", "required")),
    parallel_tool_calls: nullable(fc.boolean()),
    response_format: nullable(
      fc.constantFrom(
        { type: "text" },
        { type: "json_object" },
        { type: "json_schema", json_schema: { name: "x", schema: { type: "object" } } },
        { type: "json_schema", json_schema: { name: "x", schema: null } },
      ),
    ),
    reasoning_effort: nullable(fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh", "max", "oops")),
    user: nullable(fc.string()),
    metadata: nullable(fc.dictionary(fc.string(), fc.string())),
    service_tier: nullable(fc.constantFrom("auto", "flex", "scale")),
    safetySettings: nullable(fc.constant([])),
  },
  { requiredKeys: ["model", "messages"] },
);
const model = fc.constantFrom(
  "gemini-1.5-flash",
  "gemini-2.0-flash",
  "gemini-2.5-pro",
  "gemini-2.5-flash-image",
  "gemini-3-flash-preview",
  "gemini-3-pro-preview",
  "gemini-7",
  "gemma-3-27b-it",
);

test("whatever a valid request says, it is refused with a 400 or becomes one that Gemini takes", () => {
  fc.assert(
    fc.property(body, model, fc.boolean(), (body, model, dropParams) => {
      const receipt = createReceipt(dropParams);
      const context = { model, stream: false, receipt, toolState: new Map(), images: new Map(), options: {} };
      let request: GenerateContentRequest;
      try {
        request = chatRequest(body, context).body as GenerateContentRequest;
      } catch (thrown) {
        assert.ok(thrown instanceof ApiError && thrown.status === 400, String(thrown));
        return;
      }
      assertWhole(request);
      assertTurns(request.contents);
      assertSettings(request, model);
      assert.match(receipt.text(), /^[\x20-\x7e]*$/);
    }),
    runs(1000),
  );
});

/** What clients and schemas say may hold null; nothing else does. */
const FREE = new Set(["args", "response", "parametersJsonSchema", "responseJsonSchema"]);

function assertWhole(value: unknown): void {
  assert.notEqual(value, null);
  assert.notEqual(value, undefined);
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) if (!FREE.has(key)) assertWhole(inner);
}

const FUNCTION_NAME = /^[a-zA-Z_][\w.:-]{0,63}$/;

function assertTurns(contents: readonly Content[]): void {
  assert.equal(contents[0]?.role, "user");
  let open: readonly (string | undefined)[] = [];
  for (const { role, parts } of contents) {
    assert.ok(role === "user" || role === "model");
    assert.ok(parts.length > 0);
    for (const part of parts) assert.notEqual(part.text, "");
    const responses = parts.flatMap(({ functionResponse }) => (functionResponse ? [functionResponse.name] : []));
    assert.deepEqual(responses, open);
    open = parts.flatMap(({ functionCall }) => (functionCall ? [functionCall.name] : []));
    assert.ok(
      open.every((name) => FUNCTION_NAME.test(name ?? "")),
      String(open),
    );
  }
  assert.deepEqual(open, []);
}

function assertSettings(
  { generationConfig = {}, tools = [], toolConfig }: GenerateContentRequest,
  model: string,
): void {
  const { thinkingConfig = {}, stopSequences = [], responseMimeType, seed = 0, presencePenalty = 0 } = generationConfig;
  assert.ok(!("thinkingBudget" in thinkingConfig && "thinkingLevel" in thinkingConfig));
  assert.ok(stopSequences.length <= 5 && stopSequences.every((sequence) => sequence !== ""));
  assert.equal(seed, seed | 0);
  assert.ok(Math.abs(presencePenalty) < 2);
  const declared = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  const names = declared.map(({ name }) => name);
  assert.ok(names.every((name) => FUNCTION_NAME.test(name)));
  assert.equal(toolConfig !== undefined, declared.length > 0);
  if (!/-3|-7/.test(model)) assert.ok(declared.length === 0 || responseMimeType === undefined);
}
