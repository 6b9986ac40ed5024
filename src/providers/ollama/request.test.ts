import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatCompletionRequest, Message } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import type { RequestContext } from "../http-provider.ts";
import { type ModelFacts, modelFacts } from "./model.ts";
import { chatRequest } from "./request.ts";
import type { ShowResponse } from "./wire.ts";

const USER: Message = { role: "user", content: "Hello" };
const WEATHER = { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } };
const WEATHER_TOOL = { type: "function", function: WEATHER };
const TIME_TOOL = { type: "function", function: { name: "time", description: "Now" } };
const TIME_SENT = { ...TIME_TOOL, function: { ...TIME_TOOL.function, parameters: { type: "object", properties: {} } } };

/** A model that can do everything, with room for 131,072 tokens. */
const ABLE: ShowResponse = {
  capabilities: ["completion", "tools", "vision", "thinking"],
  model_info: { "general.architecture": "llama", "llama.context_length": 131_072 },
};

type Change = Partial<Omit<RequestContext<ModelFacts>, "described">> & { readonly shown?: ShowResponse };

function sent(fields: Partial<ChatCompletionRequest>, { shown = ABLE, ...change }: Change = {}) {
  const context: RequestContext<ModelFacts> = {
    model: "llama3",
    stream: false,
    receipt: createReceipt(false),
    toolState: new Map(),
    images: new Map(),
    options: {},
    described: modelFacts(shown),
    ...change,
  };
  const { body, path } = chatRequest({ model: "ollama/llama3", messages: [USER], ...fields }, context);
  // As it goes over the wire.
  return { path, body: JSON.parse(JSON.stringify(body)), receipt: context.receipt.text() };
}

const PLAIN = {
  model: "llama3",
  messages: [USER],
  stream: false,
  truncate: false,
  shift: false,
  options: { num_ctx: 16_384 },
};

test("a plain question: always says whether it is a stream, and that nothing may be cut", () => {
  assert.deepEqual(sent({}), { path: "/api/chat", body: PLAIN, receipt: "" });
  assert.equal(sent({}, { stream: true }).body.stream, true);
});

const FIELDS: readonly [string, Partial<ChatCompletionRequest>, object, string][] = [
  ["max_tokens", { max_tokens: 10 }, { options: { num_predict: 10, num_ctx: 4096 } }, ""],
  [
    "max_completion_tokens goes before max_tokens",
    { max_tokens: 10, max_completion_tokens: 20 },
    { options: { num_predict: 20, num_ctx: 4096 } },
    "",
  ],
  [
    "sampling",
    { temperature: 0, top_p: 0.5, seed: 7, presence_penalty: 1, frequency_penalty: -1, stop: "END" },
    {
      options: {
        temperature: 0,
        top_p: 0.5,
        seed: 7,
        presence_penalty: 1,
        frequency_penalty: -1,
        stop: ["END"],
        num_ctx: 16_384,
      },
    },
    "",
  ],
  ["several stops", { stop: ["a", "b"] }, { options: { stop: ["a", "b"], num_ctx: 16_384 } }, ""],
  ["null is as absent", { temperature: null, stop: null, tools: null, response_format: null, n: null }, {}, ""],
  [
    "Ollama's own options, beside OpenAI's and in `options`",
    { top_k: 20, min_p: 0.1, options: { num_ctx: 2048, mirostat: 1, tfs_z: null } },
    { options: { top_k: 20, min_p: 0.1, num_ctx: 2048, mirostat: 1 } },
    "",
  ],
  ["num_ctx as the client wants it", { num_ctx: 512 }, { options: { num_ctx: 512 } }, ""],
  [
    "unknown fields, and the vendor's own",
    { keep_alive: "10m", think: false, truncate: true, newest: { a: 1 } },
    { keep_alive: "10m", think: false, truncate: true, newest: { a: 1 } },
    "",
  ],
  [
    "hints are dropped, and said to be",
    { user: "u", metadata: { a: "b" }, store: true, logit_bias: { "1": 2 }, parallel_tool_calls: true },
    {},
    "dropped=user,metadata,store,logit_bias,parallel_tool_calls",
  ],
  ["logprobs", { logprobs: true, top_logprobs: 3 }, { logprobs: true, top_logprobs: 3 }, ""],
  ["no logprobs", { logprobs: false, top_logprobs: 0 }, {}, ""],
  ["json_object", { response_format: { type: "json_object" } }, { format: "json" }, ""],
  ["text", { response_format: { type: "text" } }, {}, ""],
  [
    "json_schema binds the answer, and the model is told of it",
    { response_format: { type: "json_schema", json_schema: { name: "a", schema: { type: "array" } } } },
    {
      format: { type: "array" },
      messages: [
        {
          role: "system",
          content: 'Answer with JSON that matches this schema, and nothing else: {"type":"array"}',
        },
        USER,
      ],
    },
    "",
  ],
  [
    "json_schema beside tools is only told, as no tool could be called under a grammar",
    {
      messages: [{ role: "system", content: "Be kind." }, USER],
      tools: [WEATHER_TOOL],
      response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } },
    },
    {
      tools: [WEATHER_TOOL],
      messages: [
        {
          role: "system",
          content:
            "Be kind.\n\nWhen you do not call a tool, answer with JSON that matches this schema, and nothing else: {}",
        },
        USER,
      ],
    },
    "emulated=response_format",
  ],
  ["tools", { tools: [WEATHER_TOOL, TIME_TOOL], tool_choice: "auto" }, { tools: [WEATHER_TOOL, TIME_SENT] }, ""],
  ["tool_choice none", { tools: [WEATHER_TOOL], tool_choice: "none" }, {}, ""],
  [
    "tool_choice required cannot be had",
    { tools: [WEATHER_TOOL], tool_choice: "required" },
    { tools: [WEATHER_TOOL] },
    "dropped=tool_choice",
  ],
  [
    "a named tool is the only one",
    { tools: [WEATHER_TOOL, TIME_TOOL], tool_choice: { type: "function", function: { name: "time" } } },
    { tools: [TIME_SENT] },
    "emulated=tool_choice",
  ],
  [
    "allowed tools are the only ones",
    {
      tools: [WEATHER_TOOL, TIME_TOOL],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "weather" } }] },
      },
    },
    { tools: [WEATHER_TOOL] },
    "dropped=tool_choice.mode;emulated=tool_choice",
  ],
  [
    "strict tools",
    { tools: [{ type: "function", function: { ...WEATHER, strict: true, description: null } }] },
    { tools: [WEATHER_TOOL] },
    "dropped=tools.function.strict",
  ],
];

for (const [name, fields, changes, receipt] of FIELDS) {
  test(`request: ${name}`, () => {
    assert.deepEqual(sent(fields), { path: "/api/chat", body: { ...PLAIN, ...changes }, receipt });
  });
}

describe("reasoning_effort", () => {
  const thinks = (effort: string, model: string, shown?: ShowResponse) => {
    const { body, receipt } = sent({ reasoning_effort: effort }, { model, ...(shown && { shown }) });
    return [body.think, receipt];
  };

  test("turns thinking on and off", () => {
    assert.deepEqual(thinks("none", "qwen3"), [false, ""]);
    for (const effort of ["minimal", "low", "medium", "high", "xhigh"])
      assert.deepEqual(thinks(effort, "qwen3"), [true, ""]);
  });

  test("is a level where the model has levels, the nearest one", () => {
    for (const level of ["low", "medium", "high"]) assert.deepEqual(thinks(level, "gpt-oss:20b"), [level, ""]);
    assert.deepEqual(thinks("none", "gpt-oss:20b"), ["low", "clamped=reasoning_effort"]);
    assert.deepEqual(thinks("xhigh", "gpt-oss:20b"), ["high", "clamped=reasoning_effort"]);
  });

  test("is dropped for a model that does not think, which would be refused", () => {
    const shown = { capabilities: ["completion"] };
    assert.deepEqual(thinks("high", "llama3", shown), [undefined, "dropped=reasoning_effort"]);
    assert.deepEqual(thinks("none", "llama3", shown), [undefined, ""]);
  });

  test("is sent where the server does not say what the model can", () => {
    assert.deepEqual(thinks("high", "llama3", {}), [true, ""]);
  });
});

describe("messages", () => {
  const messages = (list: readonly Message[], change: Change = {}) => sent({ messages: list }, change).body.messages;

  test("developer is system, and texts are joined by lines", () => {
    const parts = [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ];
    assert.deepEqual(
      messages([
        { role: "developer", content: "Be kind." },
        { role: "user", content: parts },
      ]),
      [
        { role: "system", content: "Be kind." },
        { role: "user", content: "a\nb" },
      ],
    );
  });

  test("images are sent as base64, those behind links as they were fetched", () => {
    const content = [
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0K" } },
      { type: "image_url", image_url: { url: "https://example.com/a.png" } },
    ];
    const images = new Map([["https://example.com/a.png", { mediaType: "image/png", base64: "AAAA" }]]);
    assert.deepEqual(messages([{ role: "user", content }], { images }), [
      { role: "user", content: "What is it?", images: ["iVBORw0K", "AAAA"] },
    ]);
  });

  test("a tool's result names the tool by its call; arguments are objects, also those that are no JSON", () => {
    const call = (id: string, args: string) => ({
      id,
      type: "function",
      function: { name: `name_${id}`, arguments: args },
    });
    const list: Message[] = [
      USER,
      { role: "assistant", content: null, tool_calls: [call("a", '{"x":1}'), call("b", ""), call("c", "{x")] },
      { role: "tool", tool_call_id: "b", content: "B" },
      { role: "tool", tool_call_id: "lost", content: "?" },
      { role: "function", name: "old", content: "O" },
    ];
    assert.deepEqual(messages(list).slice(1), [
      {
        role: "assistant",
        content: "",
        tool_calls: [
          { id: "a", function: { name: "name_a", arguments: { x: 1 } } },
          { id: "b", function: { name: "name_b", arguments: {} } },
          { id: "c", function: { name: "name_c", arguments: { arguments: "{x" } } },
        ],
      },
      { role: "tool", content: "B", tool_name: "name_b", tool_call_id: "b" },
      { role: "tool", content: "?", tool_call_id: "lost" },
      { role: "tool", content: "O", tool_name: "old" },
    ]);
  });

  test("reasoning comes back from every field that clients have for it", () => {
    const back = (fields: object) => messages([USER, { role: "assistant", content: "4", ...fields }])[1].thinking;
    assert.equal(back({ reasoning_content: "2+2" }), "2+2");
    assert.equal(back({ reasoning: "2+2" }), "2+2");
    assert.equal(back({ reasoning_details: [{ type: "reasoning.text", text: "2+" }, { text: "2" }] }), "2+2");
    assert.equal(back({ reasoning_content: null }), undefined);
  });

  test("a user's name has no place", () => {
    const { body, receipt } = sent({ messages: [{ ...USER, name: "Ann" }] });
    assert.deepEqual([body.messages, receipt], [[USER], "dropped=messages.name"]);
  });

  test("how closely an image is looked at is the vendor's own choice", () => {
    const image_url = { url: "data:image/png;base64,iVBORw0K", detail: "low" };
    const { receipt } = sent({ messages: [{ role: "user", content: [{ type: "image_url", image_url }] }] });
    assert.equal(receipt, "dropped=image_url.detail");
  });
});

describe("what cannot be honoured", () => {
  const cases: readonly [string, Partial<ChatCompletionRequest>, string, ShowResponse?][] = [
    ["legacy functions", { functions: [] }, "functions"],
    ["sound out", { modalities: ["text", "audio"] }, "modalities"],
    ["web search", { web_search_options: {} }, "web_search_options"],
    ["a custom tool", { tools: [{ type: "custom", custom: { name: "a" } }] }, "tools[0]"],
    ["tools for a model without", { tools: [WEATHER_TOOL] }, "tools", { capabilities: ["completion"] }],
    [
      "an image for a model that is blind",
      {
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } }] },
        ],
      },
      "messages[0].content[0]",
      { capabilities: ["completion"] },
    ],
    [
      "sound in",
      { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "AA", format: "wav" } }] }] },
      "messages[0].content[0]",
    ],
    [
      "a file",
      { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] },
      "messages[0].content[0]",
    ],
  ];
  for (const [name, fields, param, shown = ABLE] of cases) {
    test(`${name}: 400 that names it, or dropped where that is allowed`, () => {
      assert.throws(() => sent(fields, { shown }), { status: 400, param, code: "unsupported_parameter" });
      const { body, receipt } = sent(fields, { shown, receipt: createReceipt(true) });
      assert.equal(receipt, `dropped=${param}`);
      assert.equal(body.tools, undefined);
    });
  }

  test("a choice of a tool that is not there", () => {
    const fields = { tools: [TIME_TOOL], tool_choice: { type: "function", function: { name: "weather" } } };
    assert.throws(() => sent(fields), { status: 400, param: "tool_choice" });
  });

  test("sound for a model that hears goes where the images go", () => {
    const content = [{ type: "input_audio", input_audio: { data: "AA", format: "wav" } }];
    const { body } = sent({ messages: [{ role: "user", content }] }, { shown: { capabilities: ["audio"] } });
    assert.deepEqual(body.messages, [{ role: "user", content: "", images: ["AA"] }]);
  });
});

describe("num_ctx", () => {
  const words = (count: number): Message => ({ role: "user", content: "words ".repeat(count) });
  const size = (fields: Partial<ChatCompletionRequest>, change: Change = {}) =>
    sent(fields, change).body.options.num_ctx;

  test("grows with the prompt, in powers of two", () => {
    const sizes = [1, 10_000, 20_000, 40_000].map((count) => size({ messages: [words(count)], max_tokens: 100 }));
    assert.deepEqual(sizes, [4096, 32_768, 65_536, 131_072]);
  });

  test("makes room for the answer, and for thinking before it", () => {
    assert.equal(size({}), 16_384);
    assert.equal(size({ reasoning_effort: "none" }), 8192);
    assert.equal(size({ max_tokens: 9000 }), 16_384);
    assert.equal(size({ max_tokens: 1_000_000 }), 32_768);
  });

  test("is never larger than what the model was trained for", () => {
    const shown = { model_info: { "general.architecture": "bert", "bert.context_length": 512 } };
    assert.equal(size({}, { shown }), 512);
  });

  test("is never smaller than the Modelfile and OLLAMA_CONTEXT_LENGTH have it", () => {
    assert.equal(
      size({}, { shown: { parameters: 'stop   "<|im_end|>"\nnum_ctx                        20000' } }),
      20_000,
    );
    assert.equal(size({}, { options: { contextTokens: "30000" } }), 30_000);
  });

  test("stays at the size of the longest prompt before, as each change loads the model anew", () => {
    const described = modelFacts({});
    const context = { receipt: createReceipt(false), toolState: new Map(), images: new Map(), options: {}, described };
    const sizes = [1, 20_000, 1].map((count) => {
      const body = { model: "m", messages: [words(count)], max_tokens: 1 };
      const { options } = chatRequest(body, { model: "m", stream: false, ...context }).body as {
        options: { num_ctx: number };
      };
      return options.num_ctx;
    });
    assert.deepEqual(sizes, [4096, 65_536, 65_536]);
  });

  test("counts images, tools and the Modelfile's own system text", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0K" } };
    assert.equal(size({ messages: [{ role: "user", content: [image, image] }], max_tokens: 100 }), 8192);
    assert.equal(size({ max_tokens: 100 }, { shown: { system: "word ".repeat(6000) } }), 16_384);
  });

  test("a prompt that cannot fit is refused before it is sent", () => {
    const shown = { model_info: { "general.architecture": "llama", "llama.context_length": 2048 } };
    const varied = Array.from({ length: 20_000 }, (_, index) => `word${index}`).join(" ");
    assert.throws(
      () => sent({ messages: [{ role: "user", content: varied }] }, { shown }),
      (thrown) => thrown instanceof ApiError && thrown.code === "context_length_exceeded" && thrown.status === 400,
    );
  });
});
