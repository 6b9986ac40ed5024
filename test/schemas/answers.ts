import assert from "node:assert/strict";
import type OpenAI from "openai";
import { validator } from "../../src/engine/grammar/fixtures/validator.ts";
import type { JsonSchema, ToolFunction } from "../../src/engine/model.ts";

/** Enough for all that the schemas and tools here allow. */
const SETTINGS = { model: "local/tiny", max_tokens: 512, seed: 1 } as const;

/** Asks for something that fits a schema, and looks whether it does. */
export async function checkAnswer(client: OpenAI, what: string, schema: JsonSchema): Promise<void> {
  const { choices } = await client.chat.completions.create({
    ...SETTINGS,
    messages: [{ role: "user", content: `Give me an example of ${what} as JSON.` }],
    response_format: { type: "json_schema", json_schema: { name: "example", schema } },
  });
  const content = choices[0]?.message.content ?? "";
  assert.equal(choices[0]?.finish_reason, "stop", content);
  assert.deepEqual(validator(schema)(JSON.parse(content)), [], content);
}

/** Asks for the call of one of the tools, and looks whether its arguments fit. */
export async function checkCall(client: OpenAI, tool: ToolFunction, all: readonly ToolFunction[]): Promise<void> {
  const { name, description = "", parameters = {} } = tool;
  const { choices } = await client.chat.completions.create({
    ...SETTINGS,
    messages: [{ role: "user", content: `Use the tool '${name}'. ${description}.` }],
    tools: all.map((each) => ({ type: "function", function: { ...each, parameters: { ...each.parameters } } })),
    tool_choice: { type: "function", function: { name } },
  });
  assert.equal(choices[0]?.finish_reason, "tool_calls");
  const calls = (choices[0]?.message.tool_calls ?? []).filter((call) => call.type === "function");
  assert.deepEqual(
    calls.map((call) => call.function.name),
    [name],
  );
  const written = calls[0]?.function.arguments ?? "";
  assert.deepEqual(validator(parameters)(JSON.parse(written)), [], written);
}
