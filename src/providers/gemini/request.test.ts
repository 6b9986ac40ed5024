import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { createReceipt } from "../../api/receipt.ts";
import type { RequestContext } from "../http-provider.ts";
import { chatRequest, imageUrls } from "./request.ts";

interface Options {
  readonly model?: string;
  readonly dropParams?: boolean;
  readonly stream?: boolean;
  readonly images?: RequestContext["images"];
}

/** The path, the body and the receipt that a request becomes. */
function translated(fields: Partial<ChatCompletionRequest>, options: Options = {}) {
  const { model = "gemini-3-flash-preview", dropParams = false, stream = false, images = new Map() } = options;
  const receipt = createReceipt(dropParams);
  const context: RequestContext = { model, stream, receipt, toolState: new Map(), images, options: {} };
  const body: ChatCompletionRequest = {
    model: `gemini/${model}`,
    messages: [{ role: "user", content: "Hi" }],
    ...fields,
  };
  const request = chatRequest(body, context);
  return { path: request.path, body: request.body as Readonly<Record<string, unknown>>, receipt: receipt.text() };
}

const HI = [{ role: "user", parts: [{ text: "Hi" }] }];

/** What stands in the body besides the plain question, and the receipt. */
function settings(fields: Partial<ChatCompletionRequest>, model?: string, dropParams?: boolean): unknown[] {
  const { body, receipt } = translated(fields, { ...(model && { model }), ...(dropParams && { dropParams }) });
  const { contents: _, ...rest } = body;
  return [rest, receipt];
}

function refusal(fields: Partial<ChatCompletionRequest>, model?: string): object {
  try {
    translated(fields, model === undefined ? {} : { model });
  } catch (thrown) {
    const { status, param } = thrown as { status: number; param: string | null };
    return { status, param };
  }
  return {};
}

describe("the path", () => {
  test("names the model, and how the answer is to come", () => {
    assert.equal(translated({}).path, "/v1beta/models/gemini-3-flash-preview:generateContent");
    assert.equal(
      translated({}, { stream: true, model: "models/gemini-2.5-pro" }).path,
      "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
    );
    assert.equal(translated({}, { model: "tunedModels/mine-1" }).path, "/v1beta/tunedModels/mine-1:generateContent");
  });

  test("takes nothing that could lead elsewhere", () => {
    for (const model of ["../x", "models/../x", "a/b", "x?y", "x:y", "", "a b"]) {
      assert.throws(() => translated({}, { model }), { status: 404, code: "model_not_found" }, model);
    }
  });
});

describe("messages", () => {
  test("system and developer messages become the instruction; neighbours of one role become one turn", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "One" },
      {
        role: "user",
        content: [
          { type: "text", text: "Two" },
          { type: "text", text: "" },
        ],
      },
      { role: "assistant", content: "Three" },
      { role: "developer", content: [{ type: "text", text: "Be kind." }] },
      { role: "user", content: "Four" },
    ] as const;
    assert.deepEqual(translated({ messages }).body, {
      systemInstruction: { parts: [{ text: "Be brief.\n\nBe kind." }] },
      contents: [
        { role: "user", parts: [{ text: "One" }, { text: "Two" }] },
        { role: "model", parts: [{ text: "Three" }] },
        { role: "user", parts: [{ text: "Four" }] },
      ],
    });
  });

  test("instructions alone are what the user says; Gemma hears them from the user too", () => {
    const system = { role: "system", content: "Be brief." } as const;
    assert.deepEqual(translated({ messages: [system] }).body, {
      contents: [{ role: "user", parts: [{ text: "Be brief." }] }],
    });
    assert.deepEqual(
      translated({ messages: [system, { role: "user", content: "Hi" }] }, { model: "gemma-3-27b-it" }).body,
      {
        contents: [{ role: "user", parts: [{ text: "Be brief." }, { text: "Hi" }] }],
      },
    );
  });

  test("a conversation begins with the user, even if it has said nothing", () => {
    assert.deepEqual(translated({ messages: [{ role: "user", content: "" }] }).body, {
      contents: [{ role: "user", parts: [{ text: " " }] }],
    });
    assert.deepEqual(translated({ messages: [{ role: "assistant", content: "Hello!" }] }).body, {
      contents: [
        { role: "user", parts: [{ text: " " }] },
        { role: "model", parts: [{ text: "Hello!" }] },
      ],
    });
  });

  test("pictures, sound, files and videos", () => {
    const url = "https://example.com/cat.png";
    const content = [
      { type: "image_url", image_url: { url: "data:image/png;base64,QUJD", detail: "high" } },
      { type: "image_url", image_url: { url } },
      { type: "image_url", image_url: { url: "data:image/svg+xml,%3Csvg/%3E" } },
      { type: "input_audio", input_audio: { data: "QUJD", format: "mp3" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" } },
      { type: "file", file: { filename: "a.PDF", file_data: "QUJD" } },
      { type: "file", file: { file_id: "https://generativelanguage.googleapis.com/v1beta/files/abc" } },
      { type: "video_url", video_url: { url: "https://youtu.be/lCdaVNyHtjU" } },
    ];
    const images = new Map([[url, { mediaType: "image/png", base64: "REVG" }]]);
    const messages = [{ role: "user", content }] as const;
    const { body, receipt } = translated({ messages }, { images });
    assert.deepEqual(body["contents"], [
      {
        role: "user",
        parts: [
          { inlineData: { mimeType: "image/png", data: "QUJD" } },
          { inlineData: { mimeType: "image/png", data: "REVG" } },
          { inlineData: { mimeType: "image/svg+xml", data: Buffer.from("<svg/>").toString("base64") } },
          { inlineData: { mimeType: "audio/mp3", data: "QUJD" } },
          { inlineData: { mimeType: "application/pdf", data: "QUJD" } },
          { inlineData: { mimeType: "application/pdf", data: "QUJD" } },
          { fileData: { fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc" } },
          { fileData: { fileUri: "https://youtu.be/lCdaVNyHtjU" } },
        ],
      },
    ]);
    assert.equal(receipt, "dropped=image_url.detail");
    assert.deepEqual(imageUrls({ model: "m", messages }), [url]);
  });

  test("what cannot be read is refused by its place", () => {
    const user = (part: object): Partial<ChatCompletionRequest> => ({
      messages: [{ role: "user", content: [part as { type: string }] }],
    });
    const at = (field: string): object => ({ status: 400, param: `messages[0].content[0]${field}` });
    assert.deepEqual(refusal(user({ type: "image_url", image_url: { url: "data:oops" } })), at(".image_url.url"));
    assert.deepEqual(refusal(user({ type: "input_audio", input_audio: {} })), at(".input_audio"));
    assert.deepEqual(refusal(user({ type: "file", file: { file_id: "file-abc" } })), at(".file.file_id"));
    assert.deepEqual(refusal(user({ type: "hologram" })), at(""));
    const dropped = translated(user({ type: "hologram" }), { dropParams: true });
    assert.equal(dropped.receipt, "dropped=messages[0].content[0]");
  });
});

describe("tool calls and their answers", () => {
  const call = (id: string, name: string, args = "{}") => ({
    id,
    type: "function",
    function: { name, arguments: args },
  });

  test("answers stand in one turn, in the order of the calls, under the functions' names", () => {
    const messages = [
      { role: "user", content: "Weather?" },
      { role: "assistant", content: null, tool_calls: [call("a", "here", '{"x":1}'), call("b", "there", "")] },
      { role: "tool", tool_call_id: "b", content: "cold" },
      { role: "tool", tool_call_id: "a", content: '{"degrees":21}' },
      { role: "user", content: "Thanks" },
    ] as const;
    assert.deepEqual(translated({ messages }, { model: "gemini-2.5-flash" }).body["contents"], [
      { role: "user", parts: [{ text: "Weather?" }] },
      {
        role: "model",
        parts: [
          { functionCall: { id: "a", name: "here", args: { x: 1 } } },
          { functionCall: { id: "b", name: "there", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "a", name: "here", response: { degrees: 21 } } },
          { functionResponse: { id: "b", name: "there", response: { result: "cold" } } },
        ],
      },
      { role: "user", parts: [{ text: "Thanks" }] },
    ]);
  });

  test("pictures stand in the answer where the model takes them there, else beside it", () => {
    const picture = { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } };
    const messages = [
      { role: "user", content: "Look" },
      { role: "assistant", tool_calls: [call("a", "look", "not JSON")] },
      { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "done" }, picture] },
    ] as const;
    const response = { id: "a", name: "look", response: { result: "done" } };
    const inlineData = { mimeType: "image/png", data: "QUJD" };
    const answer = (model: string): unknown =>
      (translated({ messages }, { model }).body["contents"] as unknown[]).at(-1);
    assert.deepEqual(answer("gemini-3-pro-preview"), {
      role: "user",
      parts: [{ functionResponse: { ...response, parts: [{ inlineData }] } }],
    });
    assert.deepEqual(answer("gemini-2.5-pro"), {
      role: "user",
      parts: [{ functionResponse: response }, { inlineData }],
    });
  });

  test("the old form, with functions, and custom tools are read from the history", () => {
    const messages = [
      { role: "user", content: "Weather?" },
      { role: "assistant", content: null, function_call: { name: "here", arguments: "{}" } },
      { role: "function", name: "here", content: "warm" },
      { role: "assistant", tool_calls: [{ id: "c", type: "custom", custom: { name: "shell", input: "ls" } }] },
      { role: "tool", tool_call_id: "c", content: "" },
    ] as const;
    const contents = translated({ messages }, { model: "gemini-2.5-pro" }).body["contents"] as unknown[];
    assert.deepEqual(contents.slice(1), [
      { role: "model", parts: [{ functionCall: { name: "here", args: {} } }] },
      { role: "user", parts: [{ functionResponse: { name: "here", response: { result: "warm" } } }] },
      { role: "model", parts: [{ functionCall: { id: "c", name: "shell", args: { input: "ls" } } }] },
      { role: "user", parts: [{ functionResponse: { id: "c", name: "shell", response: { result: "" } } }] },
    ]);
  });

  test("a call without an answer and an answer without a call are refused", () => {
    const asked = { role: "assistant", tool_calls: [call("a", "f")] } as const;
    assert.deepEqual(refusal({ messages: [asked, { role: "user", content: "?" }] }), {
      status: 400,
      param: "messages[0].tool_calls",
    });
    assert.deepEqual(refusal({ messages: [{ role: "tool", tool_call_id: "a", content: "" }] }), {
      status: 400,
      param: "messages[0].role",
    });
    const twice = { role: "tool", tool_call_id: "a", content: "x" } as const;
    assert.deepEqual(refusal({ messages: [asked, twice, twice] }), { status: 400, param: "messages[2].role" });
  });
});

describe("tools", () => {
  const parameters = {
    type: "object",
    properties: { city: { type: ["string", "null"] } },
    additionalProperties: false,
  };
  const tool = (name: string, more: object = {}) => ({ type: "function", function: { name, ...more } });

  test("functions are declared together, with their JSON Schema as it stands", () => {
    const tools = [
      tool("weather", { description: "The weather", parameters }),
      tool("time", { parameters: { type: "object", properties: {} } }),
    ];
    assert.deepEqual(settings({ tools }), [
      {
        tools: [
          {
            functionDeclarations: [
              { name: "weather", description: "The weather", parametersJsonSchema: parameters },
              { name: "time" },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: "AUTO" } },
      },
      "",
    ]);
  });

  test("models before 2 get OpenAPI's schema, and the receipt says what was lost", () => {
    assert.deepEqual(settings({ tools: [tool("weather", { parameters })] }, "gemini-1.5-pro"), [
      {
        tools: [
          {
            functionDeclarations: [
              {
                name: "weather",
                parameters: { type: "object", properties: { city: { type: "string", nullable: true } } },
              },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: "AUTO" } },
      },
      "dropped=tools.function.parameters.additionalProperties",
    ]);
  });

  test("every form of tool_choice", () => {
    const tools = [tool("one"), tool("two", { strict: true })];
    const config = (tool_choice: unknown, model?: string): unknown => {
      const [body] = settings({ tools, tool_choice }, model) as [{ toolConfig: { functionCallingConfig: unknown } }];
      return body.toolConfig.functionCallingConfig;
    };
    assert.deepEqual(config("auto"), { mode: "VALIDATED" });
    assert.deepEqual(config("auto", "gemini-2.0-flash"), { mode: "AUTO" });
    assert.deepEqual(config("none"), { mode: "NONE" });
    assert.deepEqual(config("required"), { mode: "ANY" });
    assert.deepEqual(config({ type: "function", function: { name: "one" } }), {
      mode: "ANY",
      allowedFunctionNames: ["one"],
    });
    const allowed = (mode: string) => ({ type: "allowed_tools", allowed_tools: { mode, tools: [tool("one")] } });
    assert.deepEqual(config(allowed("required")), { mode: "ANY", allowedFunctionNames: ["one"] });
    assert.deepEqual(config(allowed("auto")), { mode: "AUTO" });
    assert.deepEqual((settings({ tools, tool_choice: allowed("auto") })[0] as { tools: unknown }).tools, [
      { functionDeclarations: [{ name: "one" }] },
    ]);
    assert.deepEqual(refusal({ tools, tool_choice: { type: "function", function: { name: "three" } } }), {
      status: 400,
      param: "tool_choice",
    });
    assert.deepEqual(refusal({ tool_choice: "required" }), { status: 400, param: "tool_choice" });
    assert.deepEqual(refusal({ tools, tool_choice: { type: "custom" } }), { status: 400, param: "tool_choice" });
  });

  test("names that Gemini does not take are changed, and given back", () => {
    const receipt = createReceipt(false);
    const context = {
      model: "gemini-3-pro",
      stream: false,
      receipt,
      toolState: new Map(),
      images: new Map(),
      options: {},
    };
    const body = { model: "m", messages: [], tools: [tool("7up"), tool("_7up")] };
    const { plan } = chatRequest(body, context);
    assert.deepEqual([plan.names.vendor("7up"), plan.names.vendor("_7up")], ["_7up_2", "_7up"]);
    assert.deepEqual([plan.names.client("_7up_2"), plan.names.client("_7up")], ["7up", "_7up"]);
    assert.equal(receipt.text(), "renamed=tools");
  });

  test("Google's own tools go through; the web search is Google's; custom tools and Gemma's are refused", () => {
    const [body, receipt] = settings({
      tools: [{ type: "urlContext" }, { type: "code", codeExecution: {} }],
      web_search_options: {},
    });
    assert.deepEqual(body, { tools: [{ urlContext: {} }, { codeExecution: {} }, { googleSearch: {} }] });
    assert.equal(receipt, "emulated=web_search_options");
    assert.deepEqual(refusal({ tools: [{ type: "custom", custom: { name: "x" } }] }), { status: 400, param: "tools" });
    assert.deepEqual(refusal({ tools: [tool("one")] }, "gemma-3-27b-it"), { status: 400, param: "tools" });
    assert.deepEqual(settings({ tools: [tool("one")] }, "gemma-3-27b-it", true), [{}, "dropped=tools"]);
  });
});

describe("settings", () => {
  const config = (fields: Partial<ChatCompletionRequest>, model?: string): unknown[] => {
    const [body, receipt] = settings(fields, model) as [{ generationConfig?: unknown }, string];
    return [body.generationConfig, receipt];
  };

  test("sampling and length", () => {
    assert.deepEqual(
      config({ temperature: 0, top_p: 0.5, top_k: 3, max_tokens: 5, max_completion_tokens: 7, seed: 2, stop: "END" }),
      [{ temperature: 0, topP: 0.5, topK: 3, maxOutputTokens: 7, seed: 2, stopSequences: ["END"] }, ""],
    );
    assert.deepEqual(config({ seed: 2 ** 32 + 5 }), [{ seed: 5 }, "clamped=seed"]);
    assert.deepEqual(config({ stop: ["", "a"], temperature: null, max_tokens: null, n: 1 }), [
      { stopSequences: ["a"] },
      "",
    ]);
    assert.deepEqual(refusal({ stop: ["1", "2", "3", "4", "5", "6"] }), { status: 400, param: "stop" });
  });

  test("penalties go to the models that take them", () => {
    const fields = { presence_penalty: 2, frequency_penalty: 0 };
    assert.deepEqual(config(fields, "gemini-2.0-flash"), [{ presencePenalty: 1.99 }, "clamped=presence_penalty"]);
    assert.deepEqual(config(fields, "gemini-2.5-flash"), [undefined, "dropped=presence_penalty"]);
  });

  test("log probabilities and pictures are asked for; sound is refused", () => {
    assert.deepEqual(config({ logprobs: true, top_logprobs: 2 }), [{ responseLogprobs: true, logprobs: 2 }, ""]);
    assert.deepEqual(config({ logprobs: false }), [undefined, ""]);
    assert.deepEqual(config({ modalities: ["text", "image"] }), [{ responseModalities: ["TEXT", "IMAGE"] }, ""]);
    assert.deepEqual(config({ modalities: ["text"] }), [undefined, ""]);
    assert.deepEqual(refusal({ modalities: ["text", "audio"] }), { status: 400, param: "modalities" });
    assert.deepEqual(refusal({ audio: { voice: "x" } }), { status: 400, param: "audio" });
  });

  const THINKING: readonly (readonly [string, string, object | undefined, string])[] = [
    ["gemini-2.5-flash", "none", { thinkingBudget: 0 }, ""],
    ["gemini-2.5-flash", "low", { thinkingBudget: 1024, includeThoughts: true }, ""],
    ["gemini-2.5-pro", "none", { thinkingBudget: 128, includeThoughts: true }, "clamped=reasoning_effort"],
    ["gemini-2.5-pro", "high", { thinkingBudget: 24_576, includeThoughts: true }, ""],
    ["gemini-2.5-flash-image", "high", undefined, "dropped=reasoning_effort"],
    ["gemini-2.0-flash", "high", undefined, "dropped=reasoning_effort"],
    ["gemini-3-flash-preview", "minimal", { thinkingLevel: "MINIMAL", includeThoughts: true }, ""],
    ["gemini-3-flash-preview", "none", { thinkingLevel: "MINIMAL" }, "clamped=reasoning_effort"],
    ["gemini-3-pro-preview", "minimal", { thinkingLevel: "LOW", includeThoughts: true }, "clamped=reasoning_effort"],
    ["gemini-3.7-flash", "none", { thinkingLevel: "LOW" }, "clamped=reasoning_effort"],
    ["gemini-9-unheard-of", "xhigh", { thinkingLevel: "HIGH", includeThoughts: true }, "clamped=reasoning_effort"],
  ];
  for (const [model, reasoning_effort, thinkingConfig, receipt] of THINKING) {
    test(`${model} thinks with effort ${reasoning_effort}`, () => {
      assert.deepEqual(config({ reasoning_effort }, model), [thinkingConfig && { thinkingConfig }, receipt]);
    });
  }

  test("a budget by Anthropic's field is a budget, or the level that comes near; an unknown effort is refused", () => {
    const thinking = { type: "enabled", budget_tokens: 5000 };
    assert.deepEqual(config({ thinking }, "gemini-2.5-flash"), [
      { thinkingConfig: { thinkingBudget: 5000, includeThoughts: true } },
      "",
    ]);
    assert.deepEqual(config({ thinking }), [
      { thinkingConfig: { thinkingLevel: "MEDIUM", includeThoughts: true } },
      "",
    ]);
    assert.deepEqual(config({ thinking: { type: "disabled" } }, "gemini-2.5-flash"), [
      { thinkingConfig: { thinkingBudget: 0 } },
      "",
    ]);
    assert.deepEqual(refusal({ reasoning_effort: "a lot" }), { status: 400, param: "reasoning_effort" });
  });

  test("JSON answers: by schema, by OpenAPI's schema, or by instruction", () => {
    const schema = { type: "object", properties: { a: { const: 1 } } };
    const json_schema = { name: "x", strict: true, schema };
    const format = { type: "json_schema", json_schema };
    const mime = { responseMimeType: "application/json" };
    assert.deepEqual(config({ response_format: { type: "text" } }), [undefined, ""]);
    assert.deepEqual(config({ response_format: { type: "json_object" } }), [mime, ""]);
    assert.deepEqual(config({ response_format: format }), [{ ...mime, responseJsonSchema: schema }, ""]);
    assert.deepEqual(config({ response_format: format }, "gemini-1.5-flash"), [
      {
        ...mime,
        responseSchema: { type: "object", properties: { a: { type: "string", format: "enum", enum: ["1"] } } },
      },
      "dropped=response_format.json_schema.schema.enum",
    ]);
    const tools = [{ type: "function", function: { name: "f" } }];
    const { body, receipt } = translated({ tools, response_format: format }, { model: "gemini-2.5-flash" });
    assert.equal(body["generationConfig"], undefined);
    assert.match(JSON.stringify(body["systemInstruction"]), /must fit this JSON Schema/);
    assert.equal(receipt, "emulated=response_format");
    assert.deepEqual(config({ tools, response_format: format }), [{ ...mime, responseJsonSchema: schema }, ""]);
  });
});

describe("everything else", () => {
  test("hints are dropped, the service tier is told", () => {
    const hints = { user: "u", metadata: { a: "b" }, store: true, logit_bias: {}, verbosity: "low", prediction: {} };
    const [body, receipt] = settings({ ...hints, service_tier: "flex" });
    assert.deepEqual(body, { serviceTier: "flex" });
    assert.equal(receipt, "dropped=logit_bias,metadata,prediction,store,user,verbosity");
    assert.deepEqual(settings({ service_tier: "auto" }), [{}, ""]);
    assert.deepEqual(settings({ service_tier: "scale" }), [{}, "dropped=service_tier"]);
    assert.deepEqual(settings({ parallel_tool_calls: true }), [{}, ""]);
    assert.deepEqual(settings({ parallel_tool_calls: false }), [{}, "emulated=parallel_tool_calls"]);
    assert.deepEqual(refusal({ functions: [] }), { status: 400, param: "functions" });
  });

  test("fields of Gemini's own go through, by their name or in extra_body.google; null is absent", () => {
    const safetySettings = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];
    const google = {
      cached_content: "cachedContents/1",
      thinking_config: { include_thoughts: true },
      generation_config: { mediaResolution: "MEDIA_RESOLUTION_LOW" },
    };
    const extra_body = { google };
    const fields = { safetySettings, extra_body, labels: null, temperature: 1, reasoning_effort: "low" };
    assert.deepEqual(translated({ ...fields, generation_config: { a: 1 }, toolConfig: { a: 1 } }).body, {
      contents: HI,
      safetySettings,
      cached_content: "cachedContents/1",
      generationConfig: {
        temperature: 1,
        mediaResolution: "MEDIA_RESOLUTION_LOW",
        thinkingConfig: { include_thoughts: true },
      },
      toolConfig: { a: 1 },
    });
  });
});
