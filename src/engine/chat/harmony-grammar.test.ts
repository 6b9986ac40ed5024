import assert from "node:assert/strict";
import { test } from "node:test";
import { assertGrammar } from "../grammar/fixtures/matcher.ts";
import { createRandomText, seeded } from "../grammar/fixtures/random-text.ts";
import { validator } from "../grammar/fixtures/validator.ts";
import type { GenerateRequest, ToolUse } from "../model.ts";
import { TOOLS } from "./fixtures/tools.ts";
import { harmonyGrammar } from "./harmony-grammar.ts";
import { createHarmonyReader } from "./harmony-reader.ts";

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools: ToolUse = { functions: [{ name: "weather", parameters }], choice: "auto", parallel: true };
const thoughts = "<|channel|>analysis<|message|>Hm, to=functions.x {}<|end|><|start|>assistant";
const final = (text: string): string => `<|channel|>final<|message|>${text}`;
const call = '<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{"city": "Paris"}';
const otherCall = ' to=functions.weather<|channel|>commentary json<|message|>{"city": "Paris"}';
const preamble = "<|channel|>commentary<|message|>A moment.<|end|><|start|>assistant";

interface Asked extends Pick<GenerateRequest, "json" | "tools"> {
  readonly continues?: boolean;
}

async function check(asked: Asked, fitting: readonly string[], others: readonly string[]): Promise<void> {
  await assertGrammar(harmonyGrammar(asked, asked.continues ?? false), fitting, others);
}

test("JSON is asked of the final channel alone", () =>
  check(
    { json: parameters },
    [final('{"city":"x"}'), thoughts + final('{"city":"x"}'), thoughts + thoughts + final('{"city":"x"}')],
    ['{"city":"x"}', final("Hi"), thoughts, thoughts + call, preamble + final('{"city":"x"}')],
  ));

test("a model that may call says what it wants, but a call has to be one that fits its schema", () =>
  check(
    { tools },
    [final("Hi"), final(""), thoughts + final("Hi<|end|>"), thoughts + call, otherCall, preamble + call],
    ["Hi", call.replace("Paris", '", "x": "'), call.replace("weather", "time"), final("Hi<|end|>") + call],
  ));

test("a forced call comes after nothing but thoughts", async () => {
  const forced = { tools: { ...tools, choice: "required" } } as const;
  await check(
    forced,
    [call, thoughts + call, thoughts + otherCall],
    [final("Hi"), thoughts + final("Hi"), preamble + call],
  );
  await check({ ...forced, continues: true }, [`<|end|><|start|>assistant${call}`], [call, "Hi"]);
  assert.throws(
    () => harmonyGrammar({ tools: { ...tools, choice: { name: "x" } } }, false),
    /no tool 'x' to be called; there are 'weather'/,
  );
});

test("an answer that goes on inside a message is bound from its first character on", async () => {
  await check({ json: "object", continues: true }, ["{}"], [final("{}")]);
  await check({ json: "object", tools }, [final("{}"), call], [final("Hi")]);
  assert.equal(harmonyGrammar({}, false), undefined);
});

test("whatever the grammar of a forced call allows is read as that call, with arguments that fit", () => {
  for (const tool of TOOLS) {
    const grammar = harmonyGrammar(
      { tools: { functions: TOOLS, choice: { name: tool.name }, parallel: false } },
      false,
    );
    const next = createRandomText(grammar ?? "", seeded(7));
    const errors = validator(tool.parameters ?? {});
    for (let count = 0; count < 10; count++) {
      const text = next();
      const reader = createHarmonyReader({ continues: false, hasTools: true, stop: [] });
      const pieces = [...(text.match(/[^]{1,5}/gu) ?? []).flatMap((piece) => reader.push(piece)), ...reader.end()];
      const calls = pieces.filter((piece) => piece.type === "toolCall");
      assert.deepEqual(calls, [{ type: "toolCall", name: tool.name }], text);
      const args = pieces.map((piece) => (piece.type === "arguments" ? piece.text : "")).join("");
      assert.deepEqual(errors(JSON.parse(args)), [], text);
    }
  }
});
