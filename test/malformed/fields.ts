/** Values that a field must not have, and the body that has such a value there. */
export interface WrongField {
  /** Its path, as the error must name it. */
  readonly param: string;
  readonly values: readonly unknown[];
  readonly body: (value: unknown) => object;
}

type JsonType = "string" | "integer" | "decimal" | "boolean" | "array" | "object" | "null";

const EXAMPLES: Readonly<Record<JsonType, unknown>> = {
  string: "x",
  integer: 1,
  decimal: 1.5,
  boolean: true,
  array: [],
  object: {},
  null: null,
};

/** One value of each type but these. */
function not(...types: readonly JsonType[]): unknown[] {
  return Object.entries(EXAMPLES).flatMap(([type, value]) => (types.includes(type as JsonType) ? [] : [value]));
}

const MODEL = "openai/gpt-4o";
const HELLO = { role: "user", content: "hi" };
const LONE_SURROGATE = "\ud83d";
const WRONG_MODELS = [...not("string"), "", "x".repeat(513), `openai/${LONE_SURROGATE}`];

/** A field of the body itself; one that is null counts as not sent. */
function field(param: string, values: readonly unknown[], rest: object = {}): WrongField {
  return { param, values, body: (value) => ({ model: MODEL, messages: [HELLO], ...rest, [param]: value }) };
}

/** Something inside the first message. */
function inMessage(path: string, values: readonly unknown[], message: (value: unknown) => unknown): WrongField {
  const param = `messages[0]${path}`;
  return { param, values, body: (value) => ({ model: MODEL, messages: [message(value)] }) };
}

function inContent(path: string, values: readonly unknown[], part: (value: unknown) => unknown): WrongField {
  return inMessage(`.content[0]${path}`, values, (value) => ({ role: "user", content: [part(value)] }));
}

function inToolCall(path: string, values: readonly unknown[], call: (value: unknown) => unknown): WrongField {
  return inMessage(`.tool_calls[0]${path}`, values, (value) => ({ role: "assistant", tool_calls: [call(value)] }));
}

function inTool(path: string, values: readonly unknown[], tool: (value: unknown) => unknown): WrongField {
  const param = `tools[0]${path}`;
  return { param, values, body: (value) => ({ model: MODEL, messages: [HELLO], tools: [tool(value)] }) };
}

function inFormat(path: string, values: readonly unknown[], format: (value: unknown) => object): WrongField {
  const param = `response_format.${path}`;
  return { param, values, body: (value) => ({ model: MODEL, messages: [HELLO], response_format: format(value) }) };
}

export const CHAT_FIELDS: readonly WrongField[] = [
  field("model", WRONG_MODELS),
  field("messages", [...not("array"), []]),
  inMessage("", not("object"), (value) => value),
  inMessage(".role", [...not("string"), "", "bot", "User", "user "], (role) => ({ role, content: "hi" })),
  inMessage(".content", not("string", "array"), (content) => ({ role: "user", content })),
  inMessage(".content", not("string", "array", "null"), (content) => ({ role: "assistant", content })),
  inMessage(".name", not("string", "null"), (name) => ({ ...HELLO, name })),
  inMessage(".tool_call_id", not("string"), (tool_call_id) => ({ role: "tool", content: "26 °C", tool_call_id })),
  inMessage(".tool_calls", not("array", "null"), (tool_calls) => ({ role: "assistant", tool_calls })),

  inContent("", not("object"), (part) => part),
  inContent(".type", not("string"), (type) => ({ type, text: "hi" })),
  inContent(".text", not("string"), (text) => ({ type: "text", text })),
  inContent(".image_url", not("object"), (image_url) => ({ type: "image_url", image_url })),
  inContent(".image_url.url", not("string"), (url) => ({ type: "image_url", image_url: { url } })),

  inToolCall("", not("object"), (call) => call),
  inToolCall(".id", not("string"), (id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })),
  inToolCall(".function", not("object"), (called) => ({ id: "1", type: "function", function: called })),
  inToolCall(".function.name", not("string"), (name) => ({ id: "1", function: { name, arguments: "{}" } })),
  inToolCall(".function.arguments", not("string"), (text) => ({ id: "1", function: { name: "f", arguments: text } })),

  field("tools", not("array", "null")),
  inTool("", not("object"), (tool) => tool),
  inTool(".type", not("string"), (type) => ({ type })),
  inTool(".function", not("object"), (described) => ({ type: "function", function: described })),
  inTool(".function.name", not("string"), (name) => ({ type: "function", function: { name } })),
  inTool(".function.parameters", not("object", "null"), (parameters) => ({
    type: "function",
    function: { name: "f", parameters },
  })),
  field("tool_choice", [...not("string", "object", "null"), "maybe", ""]),
  field("parallel_tool_calls", not("boolean", "null")),

  field("response_format", not("object", "null")),
  inFormat("type", [...not("string"), "xml", ""], (type) => ({ type })),
  inFormat("json_schema", not("object"), (json_schema) => ({ type: "json_schema", json_schema })),

  field("stream", not("boolean", "null")),
  field("stream_options", not("object", "null"), { stream: true }),
  field("stream_options", [{ include_usage: true }, {}]),
  field("max_tokens", [...not("integer", "null"), 0, -1, 1e300]),
  field("max_completion_tokens", [...not("integer", "null"), 0, -1, 1e300]),
  field("n", [...not("integer", "null"), 0, 129]),
  field("seed", [...not("integer", "null"), 1e300]),
  field("temperature", [...not("integer", "decimal", "null"), -0.1, 2.1]),
  field("top_p", [...not("integer", "decimal", "null"), -0.1, 1.1]),
  field("presence_penalty", [...not("integer", "decimal", "null"), -2.1, 2.1]),
  field("frequency_penalty", [...not("integer", "decimal", "null"), -2.1, 2.1]),
  field("logprobs", not("boolean", "null")),
  field("top_logprobs", [...not("integer", "null"), -1, 21]),
  field("logit_bias", not("object", "null")),
  field("stop", [...not("string", "array", "null"), [1], ["a", null]]),
  field("reasoning_effort", not("string", "null")),
  field("user", not("string", "null")),
  field("metadata", not("object", "null")),
];

function embeddingField(param: string, values: readonly unknown[], named: string = param): WrongField {
  return { param: named, values, body: (value) => ({ model: "text-embedding-3-small", input: "hi", [param]: value }) };
}

export const EMBEDDING_FIELDS: readonly WrongField[] = [
  embeddingField("model", WRONG_MODELS),
  embeddingField("input", [...not("string", "array"), "", [], Array(2049).fill("x")]),
  embeddingField("input", [[""], [null], [{}], [1.5], [-1], [true], [[]], [["a"]], [[-1]]], "input[0]"),
  embeddingField(
    "input",
    [
      ["a", 1],
      ["a", null],
      ["a", ""],
      [[1], "a"],
      [[1], []],
      [[1], [0.5]],
    ],
    "input[1]",
  ),
  embeddingField("encoding_format", [...not("string", "null"), "hex", "FLOAT", ""]),
  embeddingField("dimensions", [...not("integer", "null"), 0, -1]),
  embeddingField("user", not("string", "null")),
];

function rerankField(param: string, values: readonly unknown[], named: string = param): WrongField {
  const body = (value: unknown) => ({ model: "vllm/m", query: "hi", documents: ["a", "b"], [param]: value });
  return { param: named, values, body };
}

export const RERANK_FIELDS: readonly WrongField[] = [
  rerankField("model", WRONG_MODELS),
  rerankField("query", [...not("string"), ""]),
  rerankField("documents", [...not("array"), [], Array(10_001).fill("x")]),
  rerankField("documents", [[1], [null], [["a"]], [true]], "documents[0]"),
  rerankField(
    "documents",
    [
      ["a", {}],
      ["a", { text: 1 }],
      ["a", { text: null }],
    ],
    "documents[1].text",
  ),
  rerankField("top_n", [...not("integer", "null"), 0, -1]),
  rerankField("max_tokens_per_doc", [...not("integer", "null"), 0]),
  rerankField("return_documents", not("boolean", "null")),
  rerankField("truncate", not("boolean", "null")),
  rerankField("truncation", not("boolean", "null")),
  rerankField("raw_scores", not("boolean", "null")),
];
