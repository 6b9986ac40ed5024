import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { arbitraryRequest } from "../../../test/arbitrary-request.ts";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { modelName } from "./capabilities.ts";
import { chatRequest, type Plan } from "./request.ts";
import type { ChatRequest } from "./wire.ts";

const QUESTION = { role: "user", content: "Hi" } as const;

interface Sent {
  readonly body: ChatRequest;
  readonly plan: Plan;
  readonly receipt: string;
}

function sent(given: object, model = "MiniMax-M2.7", dropParams = false): Sent {
  const receipt = createReceipt(dropParams);
  const body = { model: `minmax/${model}`, messages: [QUESTION], ...given } as ChatCompletionRequest;
  const context = { model, stream: false, receipt, toolState: new Map(), images: new Map(), options: {} };
  const request = chatRequest(body, context);
  return { body: request.body as ChatRequest, plan: request.plan, receipt: receipt.text() };
}

const PLAIN = { model: "MiniMax-M2.7", messages: [QUESTION], reasoning_split: true };
const TOLD =
  "Answer with one valid JSON value and nothing else: no words around it, and no code fence.\nIt must fit this JSON Schema:\n";

const cases: readonly {
  readonly name: string;
  readonly given: object;
  readonly body: object;
  readonly receipt: string;
}[] = [
  { name: "a plain question asks for the thoughts apart", given: {}, body: {}, receipt: "" },
  {
    name: "all instructions stand in one message at the beginning",
    given: {
      messages: [
        { role: "system", content: "Be brief." },
        { ...QUESTION, name: "anna" },
        { role: "developer", content: [{ type: "text", text: "Be kind." }] },
      ],
    },
    body: {
      messages: [
        { role: "system", content: "Be brief.\n\nBe kind." },
        { ...QUESTION, name: "anna" },
      ],
    },
    receipt: "renamed=messages",
  },
  {
    name: "limits and sampling are brought into MiniMax's ranges",
    given: { max_tokens: 7, temperature: 0, top_p: 1, seed: null },
    body: { max_completion_tokens: 7, temperature: 0.01, top_p: 1 },
    receipt: "renamed=max_tokens;clamped=temperature",
  },
  {
    name: "hints are left out; MiniMax's own fields go through",
    given: { seed: 1, user: "u", service_tier: "auto", mask_sensitive_info: true },
    body: { mask_sensitive_info: true },
    receipt: "dropped=seed,user,service_tier",
  },
  {
    name: "tools get what MiniMax wants of each; a forced call cannot be had",
    given: {
      tools: [{ type: "function", function: { name: "f", strict: true } }],
      tool_choice: "required",
      reasoning_effort: "low",
    },
    body: {
      tools: [
        { type: "function", function: { name: "f", description: "f", parameters: { type: "object", properties: {} } } },
      ],
    },
    receipt: "dropped=tools.function.strict,tool_choice,reasoning_effort",
  },
  {
    name: "arguments that are no JSON object become an empty one",
    given: {
      messages: [
        QUESTION,
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{"a":' } }],
        },
        { role: "tool", tool_call_id: "c", content: "x" },
      ],
    },
    body: {
      messages: [
        QUESTION,
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "x" },
      ],
    },
    receipt: "",
  },
  {
    name: "JSON is told",
    given: { response_format: { type: "json_object" } },
    body: { messages: [{ role: "system", content: `${TOLD}{"type":"object"}` }, QUESTION] },
    receipt: "emulated=response_format",
  },
];

for (const { name, given, body, receipt } of cases) {
  test(name, () => {
    const { plan: _, ...is } = sent(given);
    assert.deepEqual(is, { body: { ...PLAIN, ...body }, receipt });
  });
}

test("newer models see pictures and can stop thinking", () => {
  const picture = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
  const given = { messages: [{ role: "user", content: [picture] }], reasoning_effort: "none" };
  assert.deepEqual(sent(given, "minimax-m3").body, {
    model: "MiniMax-M3",
    messages: given.messages,
    thinking: { type: "disabled" },
    reasoning_split: true,
  });
  assert.throws(() => sent(given), { status: 400, param: "messages[0].content[0]" });
});

test("the oldest model is bound by a schema", () => {
  const response_format = { type: "json_schema", json_schema: { name: "n", schema: {} } };
  assert.deepEqual(sent({ response_format }, "MiniMax-Text-01").body.response_format, response_format);
});

test("what the reading of the answer must know is planned", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  const { plan, body } = sent({
    stop: ["a", "", "b", "c", "d", "e"],
    parallel_tool_calls: false,
    tools,
    reasoning_split: false,
  });
  assert.deepEqual(plan, { splitsThoughts: false, stop: ["a", "b", "c", "d", "e"], oneCall: true });
  assert.deepEqual(body.stop, ["a", "b", "c", "d"]);
});

test("what cannot be honoured is refused by name, or dropped where the client allows it", () => {
  const refused = { logprobs: true, audio: {}, modalities: ["audio"], web_search_options: {}, functions: [] };
  for (const [field, value] of Object.entries(refused)) {
    assert.throws(() => sent({ [field]: value }), { status: 400, param: field });
    const { body, receipt } = sent({ [field]: value }, "MiniMax-M2.7", true);
    assert.deepEqual({ body, receipt }, { body: PLAIN, receipt: `dropped=${field}` });
  }
});

test("models' names are written as MiniMax writes them", () => {
  const names = ["MiniMax-M3", "MiniMax-M2.7-highspeed", "MiniMax-M2-Stable", "MiniMax-Text-01", "MiniMax-M3.1-Flash"];
  assert.deepEqual(
    names.map((name) => modelName(name.toLowerCase())),
    names,
  );
  assert.deepEqual(names.map(modelName), names);
  assert.equal(modelName("abab6.5s-chat"), "abab6.5s-chat");
});

test("whatever is asked for, MiniMax is sent what it takes, or the client is told what is wrong", () => {
  const request = arbitraryRequest(["MiniMax-M3", "MiniMax-M2.7", "MiniMax-Text-01"]);
  fc.assert(
    fc.property(request, fc.boolean(), (asked, dropParams) => {
      try {
        assertTaken(sent(asked, asked.model, dropParams).body);
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown;
        assert.equal(thrown.status, 400);
        assert.ok(thrown.param);
      }
    }),
    { numRuns: 1000 },
  );
});

/** MiniMax's rules that a request can break. */
function assertTaken(body: ChatRequest): void {
  assert.deepEqual(JSON.parse(JSON.stringify(body)), body, "nothing undefined");
  assert.deepEqual(
    Object.values(body).filter((value) => value === null),
    [],
    "nothing null",
  );
  assert.deepEqual(
    ["max_tokens", "n", "seed", "user", "metadata"].filter((field) => field in body),
    [],
  );
  for (const value of [body.temperature ?? 1, body.top_p ?? 1]) assert.ok(value > 0 && value <= 1);
  body.messages.forEach((message, index) => {
    assert.ok(message.role !== "system" || index === 0);
    if (message.role !== "assistant") return;
    for (const call of message.tool_calls ?? []) {
      assert.equal(Object.prototype.toString.call(JSON.parse(call.function.arguments)), "[object Object]");
    }
  });
  assert.ok(body.tools === undefined || body.tools.length > 0);
  for (const { function: described } of body.tools ?? []) {
    assert.ok(described.name && described.description && Object.keys(described.parameters).length > 0);
  }
}
