import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSchema, checkTools, DEFAULT_SETTINGS, isSendable, requestFields } from "./settings.ts";

const TOOL = { type: "function", function: { name: "get_weather", parameters: { type: "object" } } };

test("untouched settings ask for nothing", () => {
  assert.deepEqual(requestFields(DEFAULT_SETTINGS), {});
});

test("every setting becomes the field that OpenAI has for it, zero included", () => {
  const settings = {
    ...DEFAULT_SETTINGS,
    temperature: 0,
    topP: 0.5,
    maxTokens: 10,
    seed: 0,
    stop: "END\n\n\t.",
    reasoningEffort: "low",
    tools: JSON.stringify([TOOL]),
    format: "json_schema",
    schema: '{"type":"array"}',
  } as const;
  assert.deepEqual(requestFields(settings), {
    temperature: 0,
    top_p: 0.5,
    max_tokens: 10,
    seed: 0,
    stop: ["END", "\t."],
    reasoning_effort: "low",
    tools: [TOOL],
    response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "array" } } },
  });
});

test("tools that cannot be sent say why, and which", () => {
  assert.deepEqual(checkTools(" "), { value: undefined });
  assert.deepEqual(checkTools("[]"), { value: undefined });
  assert.deepEqual(checkTools("{}"), { problem: { kind: "not_an_array" } });
  assert.deepEqual(checkTools(JSON.stringify([TOOL, { type: "function" }])), {
    problem: { kind: "not_a_tool", index: 2 },
  });
  assert.deepEqual(checkTools("[null]"), { problem: { kind: "not_a_tool", index: 1 } });
  assert.deepEqual(checkTools('[{"type":"function","function":{"name":"get weather"}}]'), {
    problem: { kind: "bad_tool_name", index: 1, detail: "get weather" },
  });
  const broken = checkTools("[{");
  assert.ok("problem" in broken && broken.problem.kind === "not_json");
});

test("a schema is an object; nothing is sent while one of them is wrong", () => {
  assert.deepEqual(checkSchema("[1]"), { problem: { kind: "not_an_object" } });
  assert.equal(isSendable({ ...DEFAULT_SETTINGS, schema: "1" }), false);
  assert.equal(isSendable({ ...DEFAULT_SETTINGS, tools: "[" }), false);
  assert.equal(isSendable({ ...DEFAULT_SETTINGS, schema: "{}" }), true);
});
