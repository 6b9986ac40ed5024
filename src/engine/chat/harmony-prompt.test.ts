import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { TemplateMessage, ToolUse } from "../model.ts";
import { readDialect } from "./dialect.ts";
import { harmonyMessages, harmonyVariables } from "./harmony-prompt.ts";
import { createChatTemplate } from "./template.ts";
import { promptWithTools } from "./tool-prompt.ts";

const source = await readFile(new URL("fixtures/harmony.jinja", import.meta.url), "utf8");
const template = createChatTemplate({ template: source, bos: "", eos: "<|return|>" }, "tiny/gpt-oss");
const dialect = readDialect(template);
const user = { role: "user", content: "Hi" };
const tools: ToolUse = { functions: [{ name: "time" }, { name: "weather" }], choice: "auto", parallel: true };

/** What stands in the prompt after the user's words. */
function rendered(messages: readonly TemplateMessage[]): string {
  const prompted = promptWithTools([user, ...messages], tools, dialect);
  return template.render(harmonyMessages(prompted.messages), prompted.variables).text.split("Hi<|end|>")[1] ?? "";
}

function call(id: string, name: string): object {
  return { id, type: "function", function: { name, arguments: '{"a":1}' } };
}

function result(id: string, content: string): TemplateMessage {
  return { role: "tool", tool_call_id: id, content };
}

test("a template of gpt-oss is known by its marks, and tells the model of its tools", () => {
  assert.deepEqual(
    [dialect.isHarmony, dialect.knowsTools, dialect.wantsArgumentsText, dialect.takesSystem],
    [true, true, false, true],
  );
});

test("several calls of one message are a message each, with its result right behind it", () => {
  const calls = { role: "assistant", content: "", tool_calls: [call("a", "time"), call("b", "weather")] };
  const written = (name: string, text: string): string =>
    `<|start|>assistant to=functions.${name}<|channel|>commentary json<|message|>{"a": 1}<|call|>` +
    `<|start|>functions.${name} to=assistant<|channel|>commentary<|message|>"${text}"<|end|>`;
  const expected = `${written("time", "12:00")}${written("weather", "warm")}<|start|>assistant`;
  assert.equal(rendered([calls, result("a", "12:00"), result("b", "warm")]), expected);
  assert.equal(rendered([calls, result("b", "warm"), result("a", "12:00")]), expected);
});

test("thoughts and words beside a call are its analysis, and those of earlier answers are gone", () => {
  const thoughtful = { role: "assistant", content: "A moment.", reasoning_content: "The time?" };
  assert.match(
    rendered([{ ...thoughtful, tool_calls: [call("a", "time")] }, result("a", "12:00")]),
    /^<\|start\|>assistant<\|channel\|>analysis<\|message\|>The time\?\n\nA moment\.<\|end\|><\|start\|>assistant to=functions\.time/,
  );
  assert.match(rendered([thoughtful, user]), /^<\|start\|>assistant<\|channel\|>final<\|message\|>A moment\.<\|end\|>/);
});

test("all messages of the system are one, which comes first", () => {
  const system = { role: "system", content: "Be kind." };
  const other = { role: "system", content: "Be brief." };
  const both = [{ role: "system", content: "Be kind.\n\nBe brief." }, user, user];
  assert.deepEqual(harmonyMessages([system, user, other, user]), both);
  assert.deepEqual(harmonyMessages([system, user]), [system, user]);
  assert.deepEqual(harmonyMessages([user, other]), [other, user]);
  assert.deepEqual(harmonyMessages([user]), [user]);
});

test("of efforts beyond its three, the model gets the nearest", () => {
  const levels = ["none", "minimal", "low", "medium", "high", "xhigh"].map(
    (effort) => harmonyVariables({ reasoning_effort: effort })["reasoning_effort"],
  );
  assert.deepEqual(levels, ["low", "low", "low", "medium", "high", "high"]);
  assert.deepEqual(harmonyVariables({ a: 1 }), { a: 1 });
});
