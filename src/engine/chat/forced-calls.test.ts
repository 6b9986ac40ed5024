import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandomText, seeded } from "../grammar/fixtures/random-text.ts";
import { validator } from "../grammar/fixtures/validator.ts";
import type { ToolFunction } from "../model.ts";
import { answerGrammar } from "./answer-grammar.ts";
import { TOOLS } from "./fixtures/tools.ts";
import { createToolCallReader } from "./tool-calls.ts";
import { formatOf, HERMES, type ToolFormat } from "./tool-format.ts";

const CALLS = 20;
const thoughts = { open: "<think>", close: "</think>" };

/** By what stands in the chat templates of models that have them. */
const FORMATS: ReadonlyMap<string, ToolFormat> = new Map(
  [
    "<tool_call>",
    "<tool_call><function=",
    "<tool_call><arg_key>",
    "[TOOL_CALLS]",
    "[TOOL_CALLS][ARGS]",
    "<|tool_call|>",
    "<|tool_call|><|/tool_call|>",
    "<|python_tag|>",
    "[func_name1(",
    "<|START_ACTION|>",
    "<｜tool▁calls▁begin｜>",
    "<｜tool▁calls▁begin｜>```json",
    "<|tool_calls_section_begin|>",
    "<|tool_call>call:",
    "<|tool_call_start|>",
    "<TOOLCALL>",
  ].map((template) => [template, formatOf(template) ?? HERMES]),
);

for (const [template, format] of FORMATS) {
  test(`${template}: whatever the grammar of a forced call allows is read as that call, with arguments that fit`, () => {
    for (const tool of TOOLS) {
      const tools = { functions: TOOLS, choice: { name: tool.name }, parallel: false };
      const grammar = answerGrammar({ tools }, { tools: format, thoughts, hasLeadingSpace: false }, "none");
      const next = createRandomText(grammar ?? "", seeded(7));
      const errors = validator(tool.parameters ?? {});
      for (let count = 0; count < CALLS; count++) {
        const text = next();
        const args = argumentsIn(text, tool, format);
        assert.deepEqual(errors(args), [], `${text}\n${JSON.stringify(args)}`);
      }
    }
  });
}

/** What a reader finds in an answer that is one call. */
function argumentsIn(text: string, tool: ToolFunction, format: ToolFormat): unknown {
  const reader = createToolCallReader(format, TOOLS);
  const [first, ...more] = [
    ...(text.match(/[^]{1,5}/gu) ?? []).flatMap((piece) => reader.push(piece)),
    ...reader.end(),
  ];
  assert.deepEqual(first, { type: "toolCall", name: tool.name }, text);
  return JSON.parse(more.map((piece) => (piece.type === "arguments" ? piece.text : assert.fail(text))).join(""));
}
