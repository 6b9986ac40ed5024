import * as fc from "fast-check";
import type { ChatCompletionRequest, Message } from "../src/api/chat.ts";

/*
 * Random requests that are valid in OpenAI's eyes: what every provider must take, or refuse with a reason.
 */

const text = fc.oneof(fc.constantFrom("", "Hi", "夜市 🌃", "Answer in JSON"), fc.string());
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });

const part = fc.oneof(
  { weight: 4, arbitrary: text.map((value) => ({ type: "text", text: value })) },
  fc
    .constantFrom("https://example.com/a.png", "data:image/png;base64,iVBORw0KGgo=")
    .map((url) => ({ type: "image_url", image_url: { url, detail: "low" } })),
  fc.constant({ type: "input_audio", input_audio: { data: "AA==", format: "wav" } }),
  fc.constant({ type: "file", file: { file_data: "data:application/pdf;base64,JVBERi0=", filename: "a.pdf" } }),
);
const textParts = fc
  .array(text, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((t) => ({ type: "text", text: t })));
const textContent = fc.oneof(text, textParts);

const instructions: fc.Arbitrary<Message[]> = fc
  .record({ role: fc.constantFrom("system" as const, "developer" as const), content: textContent })
  .map((message) => [message]);

const question: fc.Arbitrary<Message[]> = fc
  .record(
    {
      role: fc.constant("user" as const),
      content: fc.oneof(text, fc.array(part, { minLength: 1, maxLength: 3 })),
      name: fc.constant("anna"),
    },
    { requiredKeys: ["role", "content"] },
  )
  .map((message) => [message]);

const answer: fc.Arbitrary<Message[]> = fc
  .record(
    {
      role: fc.constant("assistant" as const),
      content: textContent,
      refusal: optional(text),
      reasoning_content: optional(text),
      annotations: fc.constant([]),
    },
    { requiredKeys: ["role", "content"] },
  )
  .map((message) => [message]);

/** An assistant's calls with all of their results. */
const toolUse: fc.Arbitrary<Message[]> = fc
  .record({
    content: optional(text),
    thought: optional(text),
    calls: fc.uniqueArray(
      fc.record({
        id: fc.oneof(fc.constantFrom("call_1", "call_2", "call_3"), fc.string({ minLength: 70, maxLength: 80 })),
        name: fc.constantFrom("f", "g"),
        arguments: fc.oneof(fc.json(), fc.constantFrom("{}", '{"a":', "")),
        result: textContent,
      }),
      { selector: ({ id }) => id, minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ content, thought, calls }) => [
    {
      role: "assistant",
      content,
      ...(thought !== null && { reasoning_content: thought }),
      tool_calls: calls.map(({ id, name, arguments: args }) => ({
        id,
        type: "function",
        function: { name, arguments: args },
        extra_content: {},
      })),
    },
    ...calls.map(({ id, result }) => ({ role: "tool" as const, tool_call_id: id, content: result })),
  ]);

const messages = fc
  .tuple(fc.array(fc.oneof(instructions, question, answer, toolUse), { maxLength: 6 }), question)
  .map(([before, last]) => [...before.flat(), ...last]);

const schema = fc.constantFrom(
  { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false },
  { type: "object", properties: { next: { $ref: "#" } } },
  {},
);

const tool = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
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
    }),
  },
  fc.constant({ type: "custom", custom: { name: "h", format: { type: "text" } } }),
);

const toolChoice = fc.oneof(
  fc.constantFrom("auto", "none", "required"),
  fc.constant({ type: "function", function: { name: "f" } }),
  fc.constant({
    type: "allowed_tools",
    allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
  }),
);

/** @param models names of which one is asked for. */
export function arbitraryRequest(models: readonly string[]): fc.Arbitrary<ChatCompletionRequest> {
  const fraction = fc.double({ min: 0, max: 2, noNaN: true });
  return fc.record(
    {
      model: fc.constantFrom(...models),
      messages,
      max_tokens: optional(fc.integer({ min: 1, max: 300_000 })),
      max_completion_tokens: optional(fc.integer({ min: 1, max: 300_000 })),
      temperature: optional(fraction),
      top_p: optional(fraction.map((value) => value / 2)),
      presence_penalty: optional(fraction),
      frequency_penalty: optional(fraction),
      logit_bias: optional(fc.constant({ 50256: -100 })),
      logprobs: optional(fc.boolean()),
      top_logprobs: optional(fc.integer({ min: 0, max: 20 })),
      n: optional(fc.integer({ min: 1, max: 3 })),
      seed: optional(fc.integer()),
      stop: optional(fc.oneof(text, fc.array(text, { maxLength: 4 }))),
      tools: optional(fc.array(tool, { maxLength: 3 })),
      tool_choice: optional(toolChoice),
      parallel_tool_calls: optional(fc.boolean()),
      reasoning_effort: optional(fc.constantFrom("none", "minimal", "low", "medium", "high", "xhigh", "max")),
      response_format: optional(
        fc.oneof(
          fc.constantFrom({ type: "text" }, { type: "json_object" }),
          schema.map((value) => ({ type: "json_schema", json_schema: { name: "n", schema: value, strict: true } })),
        ),
      ),
      modalities: optional(fc.constantFrom(["text"], ["text", "audio"])),
      verbosity: optional(fc.constantFrom("low", "high")),
      user: optional(text),
      metadata: optional(fc.constant({ a: "b" })),
      service_tier: optional(fc.constantFrom("auto", "flex")),
      store: optional(fc.boolean()),
      prediction: optional(fc.constant({ type: "content", content: "x" })),
    },
    { requiredKeys: ["model", "messages"] },
  ) as fc.Arbitrary<ChatCompletionRequest>;
}
