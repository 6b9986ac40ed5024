import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { chatRequest } from "./request.ts";

interface Translated {
  readonly body: object;
  readonly receipt: string;
  readonly headers?: object;
}

function translated(model: string, fields: Partial<ChatCompletionRequest>, dropParams: boolean = false): Translated {
  const receipt = createReceipt(dropParams);
  const body = { model: `claude/${model}`, messages: [{ role: "user", content: "Hi" }], ...fields } as const;
  const context = { model, stream: true, receipt, toolState: new Map(), images: new Map(), options: {} };
  const request = chatRequest(body, context);
  return { body: request.body, receipt: receipt.text(), ...(request.headers && { headers: request.headers }) };
}

const HI = [{ role: "user", content: [{ type: "text", text: "Hi" }] }];

/** What every request to a model with 64,000 tokens has. */
const PLAIN = { max_tokens: 64_000, messages: HI, stream: true };

const WEATHER = {
  type: "function",
  function: {
    name: "weather",
    description: "Now",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
} as const;
const WEATHER_TOOL = { name: "weather", description: "Now", input_schema: WEATHER.function.parameters };

interface Case {
  readonly name: string;
  readonly model?: string;
  readonly fields: Partial<ChatCompletionRequest>;
  readonly sent: object;
  readonly receipt?: string;
}

const CASES: readonly Case[] = [
  { name: "nothing but the messages: the model's own limit", fields: {}, sent: {} },
  { name: "null means absent", fields: { temperature: null, tools: null, stop: null, user: null }, sent: {} },
  {
    name: "max_completion_tokens goes before max_tokens",
    fields: { max_tokens: 1, max_completion_tokens: 2 },
    sent: { max_tokens: 2 },
    receipt: "renamed=max_completion_tokens",
  },
  { name: "a limit beyond the model's", fields: { max_tokens: 1e6 }, sent: {}, receipt: "clamped=max_tokens" },
  { name: "an old model's limit", model: "claude-3-haiku-20240307", fields: {}, sent: { max_tokens: 4096 } },
  {
    name: "a newer model than we know",
    model: "claude-opus-9",
    fields: { max_tokens: 1e6 },
    sent: { max_tokens: 1e6 },
  },
  {
    name: "temperature above 1",
    fields: { temperature: 1.5 },
    sent: { temperature: 1 },
    receipt: "clamped=temperature",
  },
  {
    name: "temperature and top_p together",
    fields: { temperature: 0.5, top_p: 0.5, top_k: 3 },
    sent: { temperature: 0.5, top_k: 3 },
    receipt: "dropped=top_p",
  },
  {
    name: "temperature and top_p together on an old model",
    model: "claude-sonnet-4-20250514",
    fields: { temperature: 0.5, top_p: 0.5 },
    sent: { temperature: 0.5, top_p: 0.5 },
  },
  {
    name: "sampling on a model that refuses it",
    model: "claude-opus-4-7",
    fields: { temperature: 0.5, top_p: 0.5, top_k: 3 },
    sent: { max_tokens: 128_000 },
    receipt: "dropped=top_k,temperature,top_p",
  },
  {
    name: "stop sequences, without the blank ones",
    fields: { stop: ["END", "\n"] },
    sent: { stop_sequences: ["END"] },
    receipt: "dropped=stop",
  },
  { name: "one stop sequence", fields: { stop: "END" }, sent: { stop_sequences: ["END"] } },
  {
    name: "a schema as the vendor's own output format",
    fields: {
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "n",
          strict: true,
          schema: { type: "object", properties: { age: { type: "integer", minimum: 0 } }, required: ["age"] },
        },
      },
    },
    sent: {
      output_config: {
        format: {
          type: "json_schema",
          schema: {
            type: "object",
            properties: { age: { type: "integer", description: '{"minimum":0}' } },
            required: ["age"],
            additionalProperties: false,
          },
        },
      },
    },
  },
  {
    name: "a schema on a model without such a format: a tool",
    model: "claude-sonnet-4-0",
    fields: {
      response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object", properties: {} } } },
    },
    sent: {
      tools: [
        {
          name: "answer_in_json",
          description: "Gives the answer to the user.",
          input_schema: { type: "object", properties: {} },
        },
      ],
      tool_choice: { type: "tool", name: "answer_in_json" },
    },
    receipt: "emulated=response_format",
  },
  {
    name: "any JSON object: an instruction",
    fields: { response_format: { type: "json_object" } },
    sent: {
      system: [
        {
          type: "text",
          text: "Answer with one valid JSON object and nothing else: no words before or after it, and no code fence around it.",
        },
      ],
    },
    receipt: "emulated=response_format",
  },
  {
    name: "reasoning_effort on a model that adapts",
    model: "claude-opus-5",
    fields: { reasoning_effort: "xhigh" },
    sent: {
      max_tokens: 128_000,
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "xhigh" },
    },
  },
  {
    name: "an effort that the model lacks",
    model: "claude-sonnet-4-6",
    fields: { reasoning_effort: "xhigh" },
    sent: { max_tokens: 128_000, thinking: { type: "adaptive" }, output_config: { effort: "max" } },
    receipt: "clamped=reasoning_effort",
  },
  {
    name: "no reasoning",
    model: "claude-opus-5",
    fields: { reasoning_effort: "none" },
    sent: { max_tokens: 128_000, thinking: { type: "disabled" } },
  },
  {
    name: "no reasoning on a model that always thinks",
    model: "claude-fable-5",
    fields: { reasoning_effort: "none" },
    sent: { max_tokens: 128_000, output_config: { effort: "low" } },
    receipt: "clamped=reasoning_effort",
  },
  {
    name: "reasoning_effort as a budget, which leaves no choice of temperature",
    fields: { reasoning_effort: "high", temperature: 0.2 },
    sent: { thinking: { type: "enabled", budget_tokens: 16_384 } },
    receipt: "dropped=temperature",
  },
  {
    name: "a budget within a short limit",
    fields: { reasoning_effort: "low", max_tokens: 3000 },
    sent: { max_tokens: 3000, thinking: { type: "enabled", budget_tokens: 1500 } },
  },
  {
    name: "a limit too short to think in",
    fields: { reasoning_effort: "low", max_tokens: 100 },
    sent: { max_tokens: 1124, thinking: { type: "enabled", budget_tokens: 1024 } },
    receipt: "clamped=max_tokens",
  },
  {
    name: "reasoning_effort on a model that cannot think",
    model: "claude-3-5-haiku-latest",
    fields: { reasoning_effort: "low" },
    sent: { max_tokens: 8192 },
    receipt: "dropped=reasoning_effort",
  },
  {
    name: "a client's own thinking; a budget where models no longer take one",
    model: "claude-opus-4-8",
    fields: { thinking: { type: "enabled", budget_tokens: 2000 } },
    sent: { max_tokens: 128_000, thinking: { type: "adaptive", display: "summarized" } },
    receipt: "clamped=thinking.budget_tokens",
  },
  {
    name: "tools, one call at a time",
    fields: { tools: [WEATHER], parallel_tool_calls: false },
    sent: { tools: [WEATHER_TOOL], tool_choice: { type: "auto", disable_parallel_tool_use: true } },
  },
  {
    name: "a tool without parameters",
    fields: { tools: [{ type: "function", function: { name: "now" } }], tool_choice: "auto" },
    sent: {
      tools: [{ name: "now", input_schema: { type: "object", properties: {} } }],
      tool_choice: { type: "auto" },
    },
  },
  {
    name: "a strict tool",
    fields: { tools: [{ type: "function", function: { ...WEATHER.function, strict: true } }] },
    sent: {
      tools: [
        {
          ...WEATHER_TOOL,
          input_schema: { ...WEATHER_TOOL.input_schema, additionalProperties: false },
          strict: true,
        },
      ],
    },
  },
  {
    name: "any tool",
    fields: { tools: [WEATHER], tool_choice: "required" },
    sent: { tools: [WEATHER_TOOL], tool_choice: { type: "any" } },
  },
  {
    name: "one tool, which a thinking budget does not allow",
    fields: {
      tools: [WEATHER],
      tool_choice: { type: "function", function: { name: "weather" } },
      reasoning_effort: "high",
    },
    sent: { tools: [WEATHER_TOOL], tool_choice: { type: "tool", name: "weather" } },
    receipt: "dropped=reasoning_effort",
  },
  {
    name: "no tool",
    fields: { tools: [WEATHER], tool_choice: "none", parallel_tool_calls: false },
    sent: { tools: [WEATHER_TOOL], tool_choice: { type: "none" } },
  },
  {
    name: "some of the tools",
    fields: {
      tools: [WEATHER, { type: "function", function: { name: "now" } }],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "weather" } }] },
      },
    },
    sent: { tools: [WEATHER_TOOL], tool_choice: { type: "any" } },
    receipt: "emulated=tool_choice",
  },
  {
    name: "web search",
    fields: { web_search_options: { user_location: { type: "approximate", approximate: { city: "Taipei" } } } },
    sent: {
      tools: [
        {
          type: "web_search_20250305",
          name: "web_search",
          user_location: { type: "approximate", city: "Taipei" },
        },
      ],
    },
    receipt: "renamed=web_search_options",
  },
  {
    name: "the vendor's own fields and tools",
    fields: {
      tools: [{ type: "bash_20250124", name: "bash" }],
      mcp_servers: [{ type: "url", url: "https://example.com", name: "m" }],
      cache_control: { type: "ephemeral" },
      output_config: { task_budget: 3 },
    },
    sent: {
      tools: [{ type: "bash_20250124", name: "bash" }],
      mcp_servers: [{ type: "url", url: "https://example.com", name: "m" }],
      cache_control: { type: "ephemeral" },
      output_config: { task_budget: 3 },
    },
  },
  {
    name: "user and service tier",
    fields: { user: "u-1", metadata: { run: "7" }, service_tier: "default" },
    sent: { metadata: { user_id: "u-1" }, service_tier: "standard_only" },
    receipt: "dropped=metadata;renamed=user,service_tier",
  },
  {
    name: "hints without an equal",
    fields: { seed: 1, presence_penalty: 1, logit_bias: {}, store: true, verbosity: "low", service_tier: "flex" },
    sent: {},
    receipt: "dropped=seed,presence_penalty,logit_bias,store,verbosity,service_tier",
  },
];

describe("request", () => {
  for (const { name, model = "claude-sonnet-4-5", fields, sent, receipt = "" } of CASES) {
    test(name, () => {
      const got = translated(model, fields);
      assert.deepEqual(got, { body: { ...PLAIN, model, ...sent }, receipt });
    });
  }

  const REFUSED: readonly (readonly [param: string, Partial<ChatCompletionRequest>])[] = [
    ["logprobs", { logprobs: true }],
    ["audio", { audio: { voice: "alloy" }, modalities: ["text", "audio"] }],
    ["functions", { functions: [{ name: "f" }] }],
    ["tools[0]", { tools: [{ type: "custom", custom: { name: "c" } }] }],
    ["tool_choice", { tools: [WEATHER], tool_choice: { type: "custom", custom: { name: "c" } } }],
    [
      "messages[0].content[0]",
      { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "", format: "wav" } }] }] },
    ],
  ];
  for (const [param, fields] of REFUSED) {
    test(`${param} is refused, unless it may be dropped`, () => {
      assert.throws(() => translated("claude-sonnet-4-5", fields), {
        status: 400,
        param,
        code: "unsupported_parameter",
      });
      assert.match(translated("claude-sonnet-4-5", fields, true).receipt, /dropped=/);
    });
  }

  test("a schema and tools on a model without such a format: either is called, one at a time if so wished", () => {
    const response_format = {
      type: "json_schema",
      json_schema: { name: "n", description: "The answer", schema: { type: "object" } },
    };
    const fields = { response_format, tools: [WEATHER], parallel_tool_calls: false };
    const answer = {
      name: "answer_in_json",
      description: "The answer",
      input_schema: { type: "object", properties: {} },
    };
    assert.deepEqual(translated("claude-sonnet-4-0", fields).body, {
      ...PLAIN,
      model: "claude-sonnet-4-0",
      tools: [WEATHER_TOOL, answer],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
    });
  });

  test("none of OpenAI's own fields reaches the vendor by accident", () => {
    const { body } = translated("claude-opus-5", EVERY_FIELD, true);
    const known = "model max_tokens messages tools output_config metadata service_tier stream stop_sequences thinking";
    assert.deepEqual(
      Object.keys(body).filter((field) => !known.split(" ").includes(field)),
      ["tool_choice"],
    );
  });

  test("a call cannot be forced on models that refuse it", () => {
    const fields = { tools: [WEATHER], tool_choice: "required" };
    assert.throws(() => translated("claude-fable-5", fields), { param: "tool_choice" });
    assert.deepEqual(translated("claude-fable-5", fields, true), {
      body: {
        ...PLAIN,
        model: "claude-fable-5",
        max_tokens: 128_000,
        tools: [WEATHER_TOOL],
        tool_choice: { type: "auto" },
      },
      receipt: "dropped=tool_choice",
    });
  });

  test("an effort that nobody knows is named with those that are known", () => {
    assert.throws(
      () => translated("claude-opus-5", { reasoning_effort: "extreme" }),
      (thrown) => thrown instanceof ApiError && thrown.param === "reasoning_effort" && /'minimal'/.test(thrown.message),
    );
  });

  test("features that are asked for by name go into a header", () => {
    const content = [{ type: "file", file: { file_id: "file_1" } }];
    const { headers } = translated("claude-opus-5", { betas: ["a-1"], messages: [{ role: "user", content }] });
    assert.deepEqual(headers, { "anthropic-beta": "a-1,files-api-2025-04-14" });
  });

  test("a long answer that is wanted whole is asked for as a stream", () => {
    const context = {
      model: "claude-opus-5",
      stream: false,
      receipt: createReceipt(false),
      toolState: new Map(),
      images: new Map(),
      options: {},
    };
    const ask = (max_tokens?: number) =>
      chatRequest({ model: "m", messages: [{ role: "user", content: "Hi" }], max_tokens: max_tokens ?? null }, context);
    assert.deepEqual([ask().isCollected, "stream" in ask().body], [true, true]);
    assert.deepEqual([ask(1000).isCollected, "stream" in ask(1000).body], [false, false]);
  });
});

/** One of each: a field that OpenAI's client learns fails to compile here. */
const EVERY_FIELD: ChatCompletionRequest = {
  model: "claude/claude-opus-5",
  messages: [{ role: "user", content: "Hi" }],
  audio: { voice: "alloy" },
  frequency_penalty: 1,
  function_call: "auto",
  functions: [{ name: "f" }],
  logit_bias: { 1: 1 },
  logprobs: true,
  max_completion_tokens: 10,
  max_tokens: 10,
  metadata: { a: "b" },
  modalities: ["text"],
  moderation: {},
  n: 1,
  parallel_tool_calls: false,
  prediction: { type: "content", content: "Hi" },
  presence_penalty: 1,
  prompt_cache_key: "k",
  prompt_cache_options: {},
  prompt_cache_retention: "24h",
  reasoning_effort: "low",
  response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object", properties: {} } } },
  safety_identifier: "s",
  seed: 1,
  service_tier: "auto",
  stop: ["a"],
  store: true,
  stream: true,
  stream_options: { include_usage: true },
  temperature: 1,
  tool_choice: "auto",
  tools: [WEATHER],
  top_logprobs: 2,
  top_p: 1,
  user: "u",
  verbosity: "low",
  web_search_options: {},
} satisfies ChatCompletionRequest & Record<keyof ChatCompletionCreateParams, unknown>;
