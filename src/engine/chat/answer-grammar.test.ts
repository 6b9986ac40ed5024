import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../errors.ts";
import { assertGrammar } from "../grammar/fixtures/matcher.ts";
import type { GenerateRequest, ToolUse } from "../model.ts";
import { answerGrammar, type Thinking } from "./answer-grammar.ts";
import { formatOf, HERMES, type ToolFormat } from "./tool-format.ts";

const thoughts = { open: "<think>", close: "</think>" };
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools: ToolUse = {
  functions: [
    { name: "weather", parameters },
    { name: "time", parameters: { properties: { a: { not: {} } } } },
  ],
  choice: "auto",
  parallel: true,
};
const weather = '{"name": "weather", "arguments": {"city": "Paris"}}';
const hermes = (...calls: readonly string[]): string =>
  calls.map((call) => `<tool_call>\n${call}\n</tool_call>`).join("\n");

interface Asked extends Pick<GenerateRequest, "json" | "tools"> {
  readonly format?: ToolFormat;
  readonly thinking?: Thinking;
}

async function check(asked: Asked, fitting: readonly string[], others: readonly string[]): Promise<void> {
  const { format = HERMES, thinking = "none" } = asked;
  const grammar = answerGrammar(asked, { tools: format, thoughts, hasLeadingSpace: false }, thinking);
  await assertGrammar(grammar, fitting, others);
}

test("a text may say anything, but what opens like a call has to be one that fits its schema", () =>
  check(
    { tools },
    ["", "Hi", "1 < 2 <tool", hermes(weather), `Wait.\n${hermes(weather, '{"name": "time", "arguments": {"x": 1}}')}`],
    [
      "<tool_call>",
      "<tool_call> hm",
      hermes('{"name": "weather", "arguments": {}}'),
      hermes('{"name": "x", "arguments": {}}'),
    ],
  ));

test("a forced call is one and nothing else", async () => {
  await check({ tools: { ...tools, choice: "required" } }, [hermes(weather), hermes(weather, weather)], ["", "Hi"]);
  const one = { ...tools, choice: "required", parallel: false } as const;
  await check({ tools: one }, [hermes(weather)], [hermes(weather, weather)]);
  await check(
    { tools: { ...tools, choice: { name: "time" } } },
    [hermes('{"name":"time","arguments":{}}')],
    [hermes(weather)],
  );
});

test("a function without described parameters is called without any", () =>
  check(
    { tools: { functions: [{ name: "now" }], choice: "required", parallel: false } },
    [hermes('{"name": "now", "arguments": {}}')],
    [hermes('{"name": "now", "arguments": {"a": 1}}')],
  ));

test("calls are written as the model's format has them", async () => {
  const forced = { tools: { ...tools, choice: { name: "weather" } } } as const;
  const format = (template: string): { format: ToolFormat } => ({ format: formatOf(template) ?? HERMES });
  await check({ ...forced, ...format("[TOOL_CALLS]") }, [`[TOOL_CALLS] [${weather}]`], [weather]);
  await check({ ...forced, ...format("[TOOL_CALLS][ARGS]") }, ['[TOOL_CALLS]weather[ARGS]{"city":"x"}'], [weather]);
  await check(
    { ...forced, ...format("<|tool_call|><|/tool_call|>") },
    [`<|tool_call|>[${weather}]<|/tool_call|>`],
    [weather],
  );
  const llama = '{"name": "weather", "parameters": {"city": "Paris"}}';
  await check({ ...forced, ...format("<|python_tag|>") }, [llama], [weather, `<|python_tag|>${llama}`]);
});

test("where calls have no mark of their own, the model is left alone", () => {
  const format = formatOf("<|python_tag|>") ?? HERMES;
  assert.equal(answerGrammar({ tools }, { tools: format, thoughts, hasLeadingSpace: false }, "none"), undefined);
  assert.equal(answerGrammar({}, { tools: HERMES, thoughts, hasLeadingSpace: false }, "possible"), undefined);
});

test("JSON, also beside tools, and after thoughts", async () => {
  await check({ json: "object" }, ["{}", '{"a": [1]}'], ["[]", "Hi"]);
  await check({ json: parameters, tools }, ['{"city":"x"}', hermes(weather)], ["Hi", "{}"]);
  await check({ json: parameters, thinking: "begun" }, ['Hm, {}</think>\n\n{"city":"x"}'], ['{"city":"x"}', "Hm"]);
  await check({ json: parameters, thinking: "possible" }, ['<think>Hm</think>{"city":"x"}', '{"city":"x"}'], ["Hm"]);
});

test("a tool that is not there cannot be forced", () => {
  assert.throws(
    () =>
      answerGrammar(
        { tools: { ...tools, choice: { name: "x" } } },
        { tools: HERMES, thoughts, hasLeadingSpace: false },
        "none",
      ),
    (error) =>
      error instanceof EngineError && /no tool 'x' to be called; there are 'weather', 'time'/.test(error.message),
  );
});
