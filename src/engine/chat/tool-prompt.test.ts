import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../errors.ts";
import type { TemplateMessage, ToolUse } from "../model.ts";
import { readDialect } from "./dialect.ts";
import { createChatTemplate } from "./template.ts";
import { promptWithTools } from "./tool-prompt.ts";

const PLAIN = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
/** As Qwen's: tools as JSON, calls with their arguments as JSON. */
const QWEN = `{% if tools %}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{% endif %}{% for m in messages %}<{{ m.role }}>{{ m.content }}
{%- for call in m.tool_calls or [] %}<tool_call>{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}</tool_call>{% endfor %}{% endfor %}`;
/** As Mistral's: ids of nine characters. */
const MISTRAL = `{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{% if m.tool_calls %}[TOOL_CALLS] [
{%- for call in m.tool_calls %}{% if call.id | length != 9 %}{{ raise_exception('length 9') }}{% endif %}{{ call.function | tojson }} {{ call.id }}{% endfor %}]
{%- elif m.role == 'tool' %}[{{ m.tool_call_id }}]{{ m.content }}{% else %}{{ m.content }}{% endif %}{% endfor %}`;
/** As DeepSeek's: arguments as text. */
const TEXTUAL = `{% if tools %}{{ tools | tojson }}<tool_call>{% endif %}{% for m in messages %}{{ m.content }}
{%- for call in m.tool_calls or [] %}{{ call.function.name + ' ' + call.function.arguments }}{% endfor %}{% endfor %}`;
/** As Qwen3-Coder's, and as GLM's: arguments between tags. */
const TAGGED = (name: string, argument: string): string =>
  `{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{{ m.content }}
{%- for call in m.tool_calls or [] %}<tool_call>${name}{% for key, value in call.function.arguments | items %}${argument}{% endfor %}</tool_call>
{%- endfor %}{% endfor %}`;
const CODER = TAGGED("<function={{ call.function.name }}>", "<parameter={{ key }}>{{ value }}</parameter>");
const GLM = TAGGED("{{ call.function.name }}", "<arg_key>{{ key }}</arg_key><arg_value>{{ value }}</arg_value>");
/** As DeepSeek's of V3 and V3.1: calls, and no tools. */
const CALLS_ALONE = `{% for m in messages %}<{{ m.role }}>{{ m.content }}
{%- for call in m.tool_calls or [] %}<｜tool▁calls▁begin｜>{{ call.function.name + '<｜tool▁sep｜>' + call.function.arguments }}{% endfor %}{% endfor %}`;
/** As LFM 2's: tools, and no calls. */
const TOOLS_ALONE = `{% if tools %}List of tools: {{ tools | tojson }}{% endif %}${PLAIN}`;
/** As Kimi K2's: the function's name stands in the call's id. */
const KIMI = `{% if tools %}<|im_system|>tool_declare{{ tools | tojson }}{% endif %}{% for m in messages %}<{{ m.role }}>
{%- if m.role == 'tool' %}## Return of {{ m.tool_call_id }} {% endif %}{{ m.content }}
{%- for call in m.tool_calls or [] %}<|tool_call_begin|>{{ call.id }}{{ call.function.arguments | tojson }}{% endfor %}{% endfor %}`;
const NO_SYSTEM = `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${PLAIN}`;

const call = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } };
const history: readonly TemplateMessage[] = [
  { role: "user", content: "Weather?" },
  { role: "assistant", content: "", tool_calls: [call] },
  { role: "tool", content: "sunny", tool_call_id: "call_1" },
  { role: "tool", content: "warm", tool_call_id: "call_1" },
];
const tools: ToolUse = { functions: [{ name: "weather", description: "Tells it." }], choice: "auto", parallel: true };

function prompt(source: string, messages = history): string {
  const template = createChatTemplate({ template: source, bos: "", eos: "" }, "owner/model");
  const prompted = promptWithTools(messages, tools, readDialect(template));
  return template.render(prompted.messages, prompted.variables).text;
}

test("a template that knows tools gets them, and the arguments of earlier calls as objects", () => {
  const schema = '{"type": "object", "properties": {}}';
  const described = `{"type": "function", "function": {"name": "weather", "description": "Tells it.", "parameters": ${schema}}}`;
  assert.equal(
    prompt(QWEN),
    `${described}<user>Weather?<assistant><tool_call>{"name": "weather", "arguments": {"city": "Paris"}}</tool_call><tool>sunny<tool>warm`,
  );
});

test("a template that wants short ids gets the same one for a call and its result", () => {
  const [, id, result] = /([0-9a-f]{9})\]\[([0-9a-f]{9})\]sunny/.exec(prompt(MISTRAL)) ?? [];
  assert.ok(id);
  assert.equal(id, result);
});

test("a template that puts arguments together as text gets them as text", () => {
  assert.match(prompt(TEXTUAL), /weather \{"city":"Paris"\}/);
});

test("a template that writes arguments between tags gets them as an object, too", () => {
  assert.match(prompt(CODER), /<tool_call><function=weather><parameter=city>Paris<\/parameter><\/tool_call>/);
  assert.match(prompt(GLM), /<tool_call>weather<arg_key>city<\/arg_key><arg_value>Paris<\/arg_value><\/tool_call>/);
});

test("a template that shows calls and no tools gets these in a system message, with the format that it shows", () => {
  const text = prompt(CALLS_ALONE);
  assert.match(text, /^<system>## Tools\n[^]*### weather\nDescription: Tells it\.[^]*<user>Weather\?<assistant>/);
  assert.match(text, /<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>tool_call_name<｜tool▁sep｜>tool_call_arguments</);
  assert.ok(text.endsWith('<｜tool▁calls▁begin｜>weather<｜tool▁sep｜>{"city":"Paris"}<tool>sunny<tool>warm'), text);
});

test("a template that shows tools and no calls gets these as the model writes them, and results as they are", () => {
  const text = prompt(TOOLS_ALONE);
  assert.match(text, /^List of tools: \[\{"type": "function"/);
  assert.ok(
    text.endsWith('<assistant><|tool_call_start|>[weather(city="Paris")]<|tool_call_end|><tool>sunny<tool>warm'),
    text,
  );
  const given = { city: "a", all: [null, true, { b: 1.5 }] };
  const asked = { ...call, function: { name: "weather", arguments: JSON.stringify(given) } };
  assert.match(
    prompt(TOOLS_ALONE, [{ role: "assistant", content: "Wait.", tool_calls: [asked, asked] }, ...history.slice(2)]),
    /Wait\.\n<\|tool_call_start\|>\[(weather\(city="a", all=\[None, True, \{"b": 1\.5\}\]\)(, )?){2}\]<\|tool_call_end\|>/,
  );
});

test("a template that fails where a schema names no type gets one that names it", () => {
  const STRICT = `{% for tool in tools or [] %}{{ tool.function.name }}{% for name, schema in tool.function.parameters.properties | items %}
{{- name }}:{{ schema.type | upper }} {% endfor %}{% endfor %}<|tool_call>call:${KIMI}`;
  const template = createChatTemplate({ template: STRICT, bos: "", eos: "" }, "owner/model");
  const parameters = { properties: { unit: { enum: ["c"] }, days: { type: ["integer", "null"] } } };
  const asked: ToolUse = { ...tools, functions: [{ name: "weather", parameters }] };
  const { messages, variables } = promptWithTools(history.slice(0, 1), asked, readDialect(template));
  assert.match(template.render(messages, variables).text, /^weatherunit:STRING days:INTEGER /);
});

test("a template that wants a function's name in the id of its call gets it there, and the number of the call", () => {
  const text = prompt(KIMI, [...history.slice(0, 3), ...history.slice(0, 1), ...again("call_2")]);
  assert.ok(text.includes('<|tool_call_begin|>functions.weather:0{"city": "Paris"}'), text);
  assert.ok(text.includes("<tool>## Return of functions.weather:0 sunny"), text);
  assert.ok(text.includes("<|tool_call_begin|>functions.weather:1{"), text);
  assert.ok(text.endsWith("<tool>## Return of functions.weather:1 sunny"), text);
});

/** The same call once more. */
function again(id: string): readonly TemplateMessage[] {
  return [
    { role: "assistant", content: "", tool_calls: [{ ...call, id }] },
    { role: "tool", content: "sunny", tool_call_id: id },
  ];
}

test("a template that knows no tools gets them in words, and calls and results as ordinary messages", () => {
  const text = prompt(PLAIN);
  assert.match(text, /^<system># Tools\n[^]*"name":"weather"[^]*<tool_call>\n/);
  assert.ok(
    text.endsWith(
      '<user>Weather?<assistant><tool_call>\n{"name":"weather","arguments":{"city":"Paris"}}\n</tool_call>' +
        "<user><tool_response>\nsunny\n</tool_response>\n<tool_response>\nwarm\n</tool_response>",
    ),
    text,
  );
  assert.match(prompt(PLAIN, [{ role: "system", content: "Be brief." }, ...history]), /^<system>Be brief\.\n\n# Tools/);
});

test("where there may be no system message, the words stand before the user's", () => {
  assert.match(prompt(NO_SYSTEM), /^<user># Tools[^]*\n\nWeather\?<assistant>/);
});

test("arguments of an earlier call that are no JSON object are a bad request", () => {
  const wrong = { ...call, function: { name: "weather", arguments: "Paris" } };
  assert.throws(
    () => prompt(QWEN, [{ role: "assistant", content: "", tool_calls: [wrong] }, ...history]),
    (error) => error instanceof EngineError && error.code === "bad_request" && /'weather'.*Paris/.test(error.message),
  );
});
