import assert from "node:assert/strict";
import { test } from "node:test";
import { grammarMatcher } from "../grammar/fixtures/matcher.ts";
import type { GenerateRequest, ToolUse } from "../model.ts";
import { TOKEN_TYPE } from "../tokenizer/detokenizer.ts";
import { createPreparation, type Prepared } from "./preparation.ts";
import { createChatTemplate } from "./template.ts";

const TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
/** As Gemma 4's: thoughts in a channel of their own, which the prompt closes where they are not wanted. */
const GEMMA = `{% for tool in tools or [] %}<|tool>declaration:{{ tool.function.name }}<tool|>{% endfor %}${TURNS}
{%- for m in messages %}{% for call in m.tool_calls or [] %}<|tool_call>call:{{ call.function.name }}{
{%- for key, value in call.function.arguments | items %}{{ key }}:<|"|>{{ value }}<|"|>{% endfor %}}<tool_call|>{% endfor %}{% endfor %}
{%- if not enable_thinking %}<|channel>thought\n<channel|>{% endif %}`;
/** As DeepSeek V3.1's, whose variable has a name of its own. */
const DEEPSEEK = `${TURNS}{% if thinking %}<think>{% else %}</think>{% endif %}`;
/** As Nemotron Nano's, which reads a word in the messages. */
const NEMOTRON = `{% set ns = namespace(thinks=true) %}{% for m in messages %}{% if '/no_think' in m.content %}{% set ns.thinks = false %}{% endif %}
{%- endfor %}${TURNS}{% if ns.thinks %}<think>\n\n{% else %}<think></think>{% endif %}`;
/** As Qwen 3.5's. */
const QWEN = `{% if tools %}{{ tools | tojson }}{% endif %}${TURNS}{% for m in messages %}{% for call in m.tool_calls or [] %}<tool_call>
<function={{ call.function.name }}>{% for key, value in call.function.arguments | items %}<parameter={{ key }}>{{ value }}</parameter>{% endfor %}
{%- endfor %}{% endfor %}{% if enable_thinking %}<think>\n{% else %}<think>\n\n</think>\n\n{% endif %}`;

const CONTROL = ["<|channel>", "<channel|>", "<|tool_call>", "<tool_call|>", '<|"|>', "<think>", "</think>", "<turn|>"];
const functions = [{ name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } }];
const tools: ToolUse = { functions, choice: "auto", parallel: true };

interface Asked extends Pick<GenerateRequest, "tools" | "json"> {
  readonly enable_thinking?: boolean;
}

/** What is prepared for a model with such a chat template. */
function prepared(source: string, { enable_thinking = false, ...asked }: Asked): Prepared & { readonly text: string } {
  let text = "";
  const prepare = createPreparation({
    template: createChatTemplate({ template: source, bos: "", eos: "" }, "owner/model"),
    vocabulary: {
      kind: "gpt2",
      pieces: CONTROL,
      types: CONTROL.map(() => TOKEN_TYPE.control),
      addSpacePrefix: false,
      bos: undefined,
      addBos: false,
      bosText: "",
      eosText: "",
      ends: new Set(),
    },
    encode(prompt) {
      text = prompt;
      return [];
    },
    preset: { temperature: 1, topP: 1 },
  });
  const request = { stop: [], presencePenalty: 0, frequencyPenalty: 0, templateVariables: { enable_thinking } };
  const all = prepare({ ...request, messages: [{ role: "user", content: "Hi" }], ...asked });
  return { ...all, text };
}

/** What an answer is read as that comes character by character. */
function read({ reader }: Prepared, answer: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const piece of [...Array.from(answer).flatMap((each) => reader.push(each)), ...reader.end()]) {
    const [type, text] = piece.type === "toolCall" ? ["call", piece.name] : [piece.type, piece.text];
    parts[type] = (parts[type] ?? "") + text;
  }
  return parts;
}

async function allows({ grammar = "" }: Prepared, text: string): Promise<boolean> {
  const matches = await grammarMatcher(grammar);
  return matches(text);
}

test("Gemma's thoughts and calls come apart, and their marks are text where they are tokens", () => {
  const thinking = prepared(GEMMA, { tools, enable_thinking: true });
  assert.ok(thinking.text.endsWith("<user>Hi"));
  assert.deepEqual(thinking.emulated, []);
  const call = '<|tool_call>call:weather{city:<|"|>Paris<|"|>}<tool_call|>';
  assert.deepEqual(read(thinking, `<|channel>thought\nHm, a city.\n<channel|>Let me see.${call}`), {
    reasoning: "Hm, a city.",
    text: "Let me see.",
    call: "weather",
    arguments: '{"city": "Paris"}',
  });
  const shown = CONTROL.filter((_, id) => thinking.vocabulary.types[id] === TOKEN_TYPE.userDefined);
  assert.deepEqual(shown, ["<|channel>", "<channel|>", "<|tool_call>", "<tool_call|>", '<|"|>']);
  const closed = prepared(GEMMA, {});
  assert.ok(closed.text.endsWith("<|channel>thought\n<channel|>"));
  assert.deepEqual(read(closed, "Hello."), { text: "Hello." });
});

test("a grammar binds what comes after Gemma's thoughts", async () => {
  const json = { type: "object", properties: { a: { type: "integer" } }, required: ["a"] };
  const answer = prepared(GEMMA, { json, enable_thinking: true });
  assert.ok(await allows(answer, '<|channel>thought\nHm {}<channel|>{"a": 1}'));
  assert.ok(!(await allows(answer, "<|channel>thought\nHm<channel|>1")));
  const forced = prepared(GEMMA, { tools: { ...tools, choice: "required" } });
  assert.ok(await allows(forced, '<|tool_call>call:weather{city:<|"|>a < b<|"|>}<tool_call|>'));
  assert.ok(!(await allows(forced, "<|tool_call>call:time{}<tool_call|>")));
});

test("where a template calls its variable `thinking`, it gets it by that name, too", () => {
  const asked = prepared(DEEPSEEK, { enable_thinking: true });
  assert.equal(asked.text, "<user>Hi<think>");
  assert.deepEqual(read(asked, "Hm.</think>Yes."), { reasoning: "Hm.", text: "Yes." });
  assert.equal(prepared(DEEPSEEK, {}).text, "<user>Hi</think>");
});

test("a model that only a word keeps from thinking gets the word", () => {
  assert.equal(prepared(NEMOTRON, {}).text, "<system>/no_think<user>Hi<think></think>");
  const asked = prepared(NEMOTRON, { enable_thinking: true });
  assert.equal(asked.text, "<user>Hi<think>\n\n");
  assert.deepEqual(read(asked, "Hm.\n</think>\n\nYes."), { reasoning: "Hm.", text: "Yes." });
});

test("Qwen's calls between tags are read after thoughts that the prompt has opened", async () => {
  const asked = prepared(QWEN, { tools: { ...tools, choice: "required" }, enable_thinking: true });
  const answer =
    "Hm.\n</think>\n\n<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>";
  assert.deepEqual(read(asked, answer), { reasoning: "Hm.", call: "weather", arguments: '{"city": "Paris"}' });
  assert.ok(await allows(asked, answer));
  assert.ok(!(await allows(asked, "Hm.\n</think>\n\nParis")));
});
