import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { arbitraryRequest } from "../../../test/arbitrary-request.ts";
import type { ChatCompletionRequest, Message } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { edit } from "./request.ts";

const QUESTION = { role: "user", content: "Hi" } as const;
const WEATHER = {
  type: "function",
  function: { name: "weather", parameters: { type: "object" }, strict: true },
} as const;
const CALL = { id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } } as const;
const CALLED: readonly Message[] = [
  QUESTION,
  { role: "assistant", content: null, tool_calls: [CALL] },
  { role: "tool", tool_call_id: "call_1", content: "Rain" },
];

interface Settings {
  readonly dropParams?: boolean;
  readonly baseUrl?: string;
  readonly toolState?: ReadonlyMap<string, unknown>;
}

/** What is sent, without the fields that are left out, and what the client is told of it. */
function sent(body: ChatCompletionRequest, settings: Settings = {}): { body: unknown; receipt: string } {
  const { dropParams = false, baseUrl = "https://api.deepseek.com", toolState = new Map() } = settings;
  const receipt = createReceipt(dropParams);
  const fields = edit(body, { model: body.model, stream: false, receipt, toolState, baseUrl });
  return { body: JSON.parse(JSON.stringify({ ...body, ...fields })), receipt: receipt.text() };
}

const cases: readonly {
  readonly name: string;
  readonly given: object;
  readonly body: object;
  readonly receipt: string;
}[] = [
  { name: "a plain question goes through as it is", given: {}, body: {}, receipt: "" },
  {
    name: "roles and lists of text become what DeepSeek takes",
    given: {
      messages: [
        {
          role: "developer",
          content: [
            { type: "text", text: "Be " },
            { type: "text", text: "brief." },
          ],
        },
        { role: "assistant", content: null, refusal: "No." },
      ],
    },
    body: {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "assistant", content: "No." },
      ],
    },
    receipt: "renamed=messages.role",
  },
  {
    name: "null means absent, hints are left out, and other fields go through",
    given: { top_p: null, seed: 1, user: "u", metadata: {}, store: false, temperature: 0.5, prefix_tokens: 3 },
    body: { temperature: 0.5, prefix_tokens: 3 },
    receipt: "dropped=seed,user,metadata,store",
  },
  {
    name: "the limit of tokens has the old name",
    given: { max_completion_tokens: 9 },
    body: { max_tokens: 9 },
    receipt: "renamed=max_completion_tokens",
  },
  {
    name: "no effort switches thinking off",
    given: { reasoning_effort: "none", logprobs: true, top_logprobs: 2 },
    body: { thinking: { type: "disabled" }, logprobs: true, top_logprobs: 2 },
    receipt: "renamed=reasoning_effort",
  },
  {
    name: "efforts become the nearest that are known",
    given: { reasoning_effort: "medium" },
    body: { reasoning_effort: "high" },
    receipt: "clamped=reasoning_effort",
  },
  {
    name: "tools lose `strict`, and those that are not allowed",
    given: {
      tools: [WEATHER, { type: "function", function: { name: "other" } }],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "weather" } }] },
      },
      parallel_tool_calls: true,
    },
    body: {
      tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }],
      tool_choice: "required",
    },
    receipt: "emulated=tool_choice;dropped=tools.function.strict",
  },
  {
    name: "a schema is told in the first system message",
    given: {
      messages: [{ role: "system", content: "Be brief." }, QUESTION],
      response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" } } },
    },
    body: {
      messages: [
        {
          role: "system",
          content:
            "Be brief.\n\nAnswer with one valid JSON value and nothing else: no words around it, and no code fence.\n" +
            'It must fit this JSON Schema:\n{"type":"object"}',
        },
        QUESTION,
      ],
      response_format: { type: "json_object" },
    },
    receipt: "emulated=response_format",
  },
];

for (const { name, given, body, receipt } of cases) {
  test(name, () => {
    const asked = { model: "deepseek-v4-pro", messages: [QUESTION], ...given };
    const expected = { model: "deepseek-v4-pro", messages: [QUESTION], ...body };
    assert.deepEqual(sent(asked), { body: expected, receipt });
  });
}

test("what cannot be honoured is refused by name, or dropped where the client allows it", () => {
  const refused = {
    logprobs: true,
    audio: { voice: "alloy" },
    modalities: ["audio"],
    web_search_options: {},
    functions: [{ name: "f" }],
    function_call: "auto",
  };
  for (const [field, value] of Object.entries(refused)) {
    const body = { model: "deepseek-v4-pro", messages: [QUESTION], [field]: value };
    assert.throws(() => sent(body), { status: 400, param: field, code: "unsupported_parameter" });
    const dropped = sent(body, { dropParams: true });
    assert.deepEqual(dropped, {
      body: { model: "deepseek-v4-pro", messages: [QUESTION] },
      receipt: `dropped=${field}`,
    });
  }
  const picture = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
  const withPicture = { model: "deepseek-v4-pro", messages: [{ role: "user", content: [picture] }] } as const;
  assert.throws(() => sent(withPicture), { status: 400, param: "messages[0].content[0]" });
});

test("a model that thinks gets its thought back with a tool's result: the client's, the kept one, or an empty one", () => {
  const thoughts = (messages: readonly Message[], settings?: Settings, more = {}): unknown[] => {
    const { body } = sent({ model: "deepseek-v4-pro", messages, tools: [WEATHER], ...more }, settings);
    return (body as ChatCompletionRequest).messages.map((message) => message["reasoning_content"]);
  };
  const kept = new Map([["call_1", { reasoning_content: "Let me look." }]]);
  const echoed = CALLED.map((m) => (m.role === "assistant" ? { ...m, reasoning_content: "Mine." } : m));
  const longer: readonly Message[] = [
    { role: "assistant", content: "Before" },
    ...CALLED,
    { role: "assistant", content: "Rain." },
  ];

  assert.deepEqual(thoughts(CALLED, { toolState: kept }), [undefined, "Let me look.", undefined]);
  assert.deepEqual(thoughts(echoed, { toolState: kept }), [undefined, "Mine.", undefined]);
  assert.deepEqual(thoughts(CALLED), [undefined, "", undefined]);
  assert.deepEqual(thoughts(CALLED, { toolState: new Map([["call_1", { signature: "x" }]]) }), [
    undefined,
    "",
    undefined,
  ]);
  assert.deepEqual(thoughts(longer), [undefined, undefined, "", undefined, ""]);
  assert.deepEqual(thoughts(echoed, {}, { reasoning_effort: "none" }), [undefined, undefined, undefined]);
});

test("on the beta address tools may be strict", () => {
  const { body } = sent(
    { model: "deepseek-v4-pro", messages: [QUESTION], tools: [WEATHER] },
    { baseUrl: "https://api.deepseek.com/beta" },
  );
  assert.deepEqual((body as ChatCompletionRequest).tools, [WEATHER]);
});

test("the beginning of an answer is a prefix where DeepSeek has that, and a message elsewhere", () => {
  const begun = { role: "assistant", content: "It is" } as const;
  const last = (baseUrl: string): unknown => {
    const { body } = sent({ model: "deepseek-v4-pro", messages: [QUESTION, begun] }, { baseUrl });
    return (body as ChatCompletionRequest).messages.at(-1);
  };
  assert.deepEqual(last("https://api.deepseek.com"), { ...begun, prefix: true });
  assert.deepEqual(last("http://127.0.0.1:1/beta"), { ...begun, prefix: true });
  assert.deepEqual(last("http://127.0.0.1:1"), begun);
});

test("whatever is asked for, DeepSeek is sent what it takes, or the client is told what is wrong", () => {
  const request = arbitraryRequest(["deepseek-v4-pro", "deepseek-chat", "deepseek-reasoner"]);
  fc.assert(
    fc.property(request, fc.boolean(), (asked, dropParams) => {
      try {
        assertTaken(sent(asked, { dropParams }).body as ChatCompletionRequest);
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown;
        assert.equal(thrown.status, 400);
        assert.ok(thrown.param);
      }
    }),
    { numRuns: 1000 },
  );
});

const ROLES = new Set(["system", "user", "assistant", "tool"]);
const UNKNOWN = ["seed", "user", "metadata", "n", "store", "functions", "max_completion_tokens", "modalities"];

/** DeepSeek's rules that a request can break. */
function assertTaken(body: ChatCompletionRequest): void {
  assert.deepEqual(
    Object.values(body).filter((value) => value === null),
    [],
    "nothing null",
  );
  assert.deepEqual(
    UNKNOWN.filter((field) => body[field] !== undefined && !(field === "n" && body.n === 1)),
    [],
  );
  for (const message of body.messages) {
    assert.ok(ROLES.has(message.role));
    assert.equal(typeof message.content, "string");
  }
  assert.ok(body.tools == null || body.tools.length > 0);
  assert.ok(body.tools?.every(({ type }) => type === "function") ?? true);
  assert.ok(body.tool_choice === undefined || body.tools !== undefined);
  assert.notEqual(body.response_format?.type, "json_schema");
  assert.ok([undefined, "low", "high", "max"].includes(body.reasoning_effort ?? undefined));
}
