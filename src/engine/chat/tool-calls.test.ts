import assert from "node:assert/strict";
import { test } from "node:test";
import { createToolCallReader } from "./tool-calls.ts";
import { formatOf, HERMES, type ToolFormat } from "./tool-format.ts";

const properties = { city: { type: "string" }, days: { type: "integer" }, tags: { type: "array" } };
const functions = [{ name: "weather", parameters: { type: "object", properties } }, { name: "time" }];
const LLAMA = known('Respond in the format {"name": function name, "parameters": dictionary of argument name}.');
const MISTRAL = known("{{ '[TOOL_CALLS] [' }}");
const MISTRAL_NAMED = known("{{ '[TOOL_CALLS]' + name + '[ARGS]' }}");
const PHI = known("<|tool_call|>…<|/tool_call|>");

function known(template: string): ToolFormat {
  const format = formatOf(template);
  assert.ok(format);
  return format;
}

/** What is read of a text that comes in pieces of a length: the text, and each call with its arguments. */
function read(format: ToolFormat, text: string, length: number): { text: string; calls: [string, string][] } {
  const reader = createToolCallReader(format, functions);
  const pieces = text.match(new RegExp(`[^]{1,${length}}`, "g")) ?? [];
  const result = { text: "", calls: [] as [string, string][] };
  for (const piece of [...pieces.flatMap((each) => reader.push(each)), ...reader.end()]) {
    if (piece.type === "text") result.text += piece.text;
    else if (piece.type === "toolCall") result.calls.push([piece.name, ""]);
    else result.calls.at(-1)![1] += piece.text;
  }
  return result;
}

function check(format: ToolFormat, text: string, expected: { text?: string; calls?: [string, string][] }): void {
  for (let length = 1; length <= 12; length++) {
    assert.deepEqual(read(format, text, length), { text: "", calls: [], ...expected }, `${text} by ${length}`);
  }
}

test("calls between marks, with text before and after", () => {
  check(HERMES, 'Let me see.\n<tool_call>\n{"name": "weather", "arguments": {"city": "Berlin"}}\n</tool_call>', {
    text: "Let me see.",
    calls: [["weather", '{"city": "Berlin"}']],
  });
  check(
    HERMES,
    '<tool_call>{"name":"time","arguments":{}}</tool_call>\n<tool_call>{"name":"weather","arguments":{"a":[1,{"b":"}]"}]} }</tool_call> Done.',
    {
      text: "Done.",
      calls: [
        ["time", "{}"],
        ["weather", '{"a":[1,{"b":"}]"}]}'],
      ],
    },
  );
});

test("a list of calls, and a name before its arguments", () => {
  const calls: [string, string][] = [
    ["weather", '{"city": "東京"}'],
    ["time", "{}"],
  ];
  check(
    MISTRAL,
    '[TOOL_CALLS] [{"name": "weather", "arguments": {"city": "東京"}}, {"name": "time", "arguments": {}}]',
    {
      calls,
    },
  );
  check(
    PHI,
    '<|tool_call|>[{"name":"weather","arguments":{"city": "東京"}},{"name":"time","arguments":{}}]<|/tool_call|>',
    {
      calls,
    },
  );
  check(MISTRAL_NAMED, '[TOOL_CALLS]weather[ARGS]{"city": "東京"}[TOOL_CALLS]time[CALL_ID]abc123def[ARGS]{}', {
    calls,
  });
});

test("an object without marks is a call only where models write so, and if it names a function", () => {
  check(LLAMA, '{"name": "weather", "parameters": {"city": "Paris"}}', { calls: [["weather", '{"city": "Paris"}']] });
  check(LLAMA, '<|python_tag|>{"name": "time", "parameters": {}}; {"name": "time", "parameters": {}}', {
    calls: [
      ["time", "{}"],
      ["time", "{}"],
    ],
  });
  check(LLAMA, '{"name": "Ann", "age": 3}', { text: '{"name": "Ann", "age": 3}' });
  check(LLAMA, "Hello {you}", { text: "Hello {you}" });
  check(HERMES, '{"name": "weather", "arguments": {}}', { text: '{"name": "weather", "arguments": {}}' });
});

test("arguments before the name, as a string, or not at all", () => {
  check(HERMES, '<tool_call>{"arguments": {"a": 1}, "name": "time"}</tool_call>', { calls: [["time", '{"a": 1}']] });
  check(HERMES, String.raw`<tool_call>{"name": "time", "arguments": "{\"a\": 1}"}</tool_call>`, {
    calls: [["time", '{"a": 1}']],
  });
  check(HERMES, '<tool_call>{"name": "time"}</tool_call>', { calls: [["time", "{}"]] });
  check(HERMES, '<tool_call>{"id": {"name": "x"}, "name": "time", "arguments": null}</tool_call>', {
    calls: [["time", "{}"]],
  });
});

test("arguments between tags become JSON: texts as they are, everything else by what it says", () => {
  const coder = known("<tool_call>\n<function=name>");
  check(
    coder,
    'Wait.\n<tool_call>\n<function=weather>\n<parameter=city>\nNew "York"\n\n  <b>\n</parameter>\n<parameter=days>\n3\n</parameter>\n<parameter=tags>\n["a", 1]\n</parameter>\n<parameter=other>\nnot JSON\n</parameter>\n</function>\n</tool_call>\n<tool_call>\n<function=time>\n</function>\n</tool_call>[1] Done.',
    {
      text: "Wait.[1] Done.",
      calls: [
        ["weather", String.raw`{"city": "New \"York\"\n\n  <b>", "days": 3, "tags": ["a", 1], "other": "not JSON"}`],
        ["time", "{}"],
      ],
    },
  );
  const glm = known("<tool_call>{name}<arg_key>");
  check(
    glm,
    "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>台北</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n<tool_call>time</tool_call>",
    {
      calls: [
        ["weather", '{"city": "台北", "days": 3}'],
        ["time", "{}"],
      ],
    },
  );
  check(coder, "<tool_call>\nHm, no.", { text: "Hm, no." });
  check(coder, "<tool_call>\n<function=weather>\n<parameter=city>\nPa", { calls: [["weather", '{"city": "Pa']] });
});

test("calls as Python writes them, with and without marks", () => {
  const python = known("[func_name1(params_name1=params_value1)]");
  const calls: [string, string][] = [
    ["weather", String.raw`{"city": "it's \"x\"", "days": 3, "tags": ["a, b", null, {"k": true}]}`],
    ["time", "{}"],
  ];
  const text = String.raw`[weather(city='it\'s "x"', days=3, tags=["a, b", None, {'k': True}]), time()]`;
  check(python, text, { calls });
  check(python, `<|python_start|>${text}<|python_end|>`, { calls });
  check(python, `[weather(city='It's "x"' , tags=["a "b" c"])]`, {
    calls: [["weather", String.raw`{"city": "It's \"x\"", "tags": ["a \"b\" c"]}`]],
  });
  check(python, "[1] is a list", { text: "[1] is a list" });
  check(python, "[other(a=1)]", { text: "[other(a=1)]" });
});

test("DeepSeek's, Cohere's and Granite's calls", () => {
  const calls: [string, string][] = [
    ["weather", '{"city": "Paris"}'],
    ["time", "{}"],
  ];
  const [begin, sep, end] = ["<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>"];
  const all = (...each: readonly string[]): string => `<｜tool▁calls▁begin｜>${each.join("\n")}<｜tool▁calls▁end｜>`;
  check(known(all()), `Hm.${all(`${begin}weather${sep}{"city": "Paris"}${end}`, `${begin}time${sep}{}${end}`)}Done.`, {
    text: "Hm.Done.",
    calls,
  });
  const fenced = (name: string, args: string): string =>
    `${begin}function${sep}${name}\n\`\`\`json\n${args}\n\`\`\`${end}`;
  check(known(`${all()} \`\`\`json`), all(fenced("weather", '{"city": "Paris"}'), fenced("time", "{}")), { calls });
  check(
    known("<|START_ACTION|>"),
    '<|START_ACTION|>[\n {"tool_call_id": "0", "tool_name": "weather", "parameters": {"city": "Paris"}},\n {"tool_call_id": "1", "tool_name": "time", "parameters": {}}\n]<|END_ACTION|>',
    { calls },
  );
  check(
    known("<|tool_call|>"),
    '<|tool_call|>[{"name": "weather", "arguments": {"city": "Paris"}}, {"name": "time", "arguments": {}}]',
    { calls },
  );
});

test("Kimi's, LFM's and Nemotron's calls", () => {
  const calls: [string, string][] = [
    ["weather", '{"city": "Paris"}'],
    ["time", "{}"],
  ];
  const kimi = (id: string, args: string): string =>
    `<|tool_call_begin|>${id}<|tool_call_argument_begin|>${args}<|tool_call_end|>`;
  const both = kimi("functions.weather:0", '{"city": "Paris"}') + kimi("time:1", "{}");
  check(
    known("<|tool_calls_section_begin|>"),
    `Hm.<|tool_calls_section_begin|>${both}<|tool_calls_section_end|>Done.`,
    { text: "Hm.Done.", calls },
  );
  const lfm = known("List of tools: <|tool_list_start|>");
  assert.equal(lfm, known("List of tools: "));
  check(lfm, '<|tool_call_start|>[weather(city="Paris"), time()]<|tool_call_end|>Looking.', {
    text: "Looking.",
    calls,
  });
  const objects = '[{"name": "weather", "arguments": {"city": "Paris"}}, {"name": "time", "arguments": {}}]';
  check(lfm, `<|tool_call_start|>${objects}<|tool_call_end|>`, { calls });
  check(lfm, "[weather(city=1)]", { text: "[weather(city=1)]" });
  check(known("<TOOLCALL>"), `Let me see.\n\n<TOOLCALL>${objects}</TOOLCALL>`, { text: "Let me see.", calls });
});

test("Gemma's calls: bare keys, and texts between marks, become JSON", () => {
  const gemma = known("<|tool_call>call:");
  const quote = (text: string): string => `<|"|>${text}<|"|>`;
  const city = quote('"New\n\\York"{a:1}, <b> 東京');
  const tags = `[${quote("a")},null,{k:true,${quote("l,m")}:[1.5,-2]},[]]`;
  check(
    gemma,
    `Wait.\n<|tool_call>call:weather{city:${city},days:3,tags:${tags}}<tool_call|><|tool_call>call:time{}<tool_call|>`,
    {
      text: "Wait.",
      calls: [
        [
          "weather",
          String.raw`{"city": "\"New\n\\York\"{a:1}, <b> 東京", "days": 3, "tags": ["a", null, {"k": true, "l,m": [1.5, -2]}, []]}`,
        ],
        ["time", "{}"],
      ],
    },
  );
  check(gemma, '<|tool_call>call:weather{ "city": "a, b", at: 12:30, x: some words,}<tool_call|>Done.', {
    text: "Done.",
    calls: [["weather", '{"city": "a, b", "at": "12:30", "x": "some words"}']],
  });
  check(gemma, "<|tool_call>Hm, no.", { text: "Hm, no." });
  check(gemma, '<|tool_call>call:weather{city:<|"|>Pa', { calls: [["weather", '{"city": "Pa']] });
});

test("what is no call is text, and a call that is cut short keeps what there is of it", () => {
  check(HERMES, "a < b, <tool_cal", { text: "a < b, <tool_cal" });
  check(HERMES, '<tool_call>{"arguments": {}}</tool_call>', { text: '{"arguments": {}}' });
  check(HERMES, '<tool_call>{"name": "ti', { text: '{"name": "ti' });
  check(HERMES, '<tool_call>{"name": "time", "arguments": {"a": "b', { calls: [["time", '{"a": "b']] });
});

test("arguments come while the model writes them", () => {
  const reader = createToolCallReader(HERMES, functions);
  assert.deepEqual(reader.push('<tool_call>\n{"name": "time", "arguments": {"a"'), [
    { type: "toolCall", name: "time" },
    { type: "arguments", text: '{"a"' },
  ]);
  assert.deepEqual(reader.push(": 1"), [{ type: "arguments", text: ": 1" }]);
});

test("templates in formats of their own are not taken for ones that we know", () => {
  for (const template of ["<tool_call><invoke name=", "no tools"]) assert.equal(formatOf(template), undefined);
  assert.equal(formatOf("{{ '<tool_call>' }}"), HERMES);
});
