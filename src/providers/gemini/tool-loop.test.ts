import assert from "node:assert/strict";
import { test } from "node:test";
import { eachChunk } from "../../../test/each-chunk.ts";
import type { ChatCompletionRequest, Message, ToolCall } from "../../api/chat.ts";
import { Json } from "../../api/json.ts";
import { createReceipt } from "../../api/receipt.ts";
import type { ToolState } from "../../api/tool-state.ts";
import { createMemoryToolState } from "../../store/tool-state.ts";
import type { Upstream } from "../../upstream/upstream.ts";
import { gemini } from "./index.ts";
import { UNKNOWN_SIGNATURE } from "./signature.ts";
import type { GenerateContentRequest } from "./wire.ts";

const TURNS: readonly (readonly object[])[] = [
  [
    { text: "Let me see.", thought: true },
    { functionCall: { id: "vendor1", name: "city", args: {} }, thoughtSignature: "c2lnMQ==" },
    { functionCall: { name: "country", args: { deep: true } } },
  ],
  [{ functionCall: { name: "weather", args: { city: "Taipei" } }, thoughtSignature: "c2lnMg==" }],
  [{ text: "It is warm.", thoughtSignature: "c2lnMw==" }],
];

/** Answers turn after turn, and remembers what it was asked. */
function script(stream: boolean): Upstream & { readonly asked: GenerateContentRequest[] } {
  const asked: GenerateContentRequest[] = [];
  return {
    asked,
    async send({ body = "{}" }) {
      const parts = TURNS[asked.length];
      asked.push(JSON.parse(String(body)));
      const reply = { candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] };
      const text = JSON.stringify(reply);
      return { status: 200, headers: {}, body: bytes(stream ? `data: ${text}\r\n\r\n` : text) };
    },
    async close() {},
  };
}

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

interface Client {
  readonly stream: boolean;
  /** What the client keeps of a message before it sends it back. */
  readonly keep: (message: Message) => Message;
}

async function converse({ stream, keep }: Client, toolState: ToolState): Promise<GenerateContentRequest[]> {
  const upstream = script(stream);
  let messages: readonly Message[] = [{ role: "user", content: "Weather?" }];
  for (const _ of TURNS) {
    const message = keep(await answer({ model: "m", stream, messages }, upstream, toolState));
    const results = (message.tool_calls ?? []).map((call): Message => ({
      role: "tool",
      tool_call_id: call.id,
      content: `answer to ${call.function?.name}`,
    }));
    messages = messages.concat(message, results);
  }
  return upstream.asked;
}

async function answer(body: ChatCompletionRequest, upstream: Upstream, toolState: ToolState): Promise<Message> {
  const call = {
    model: "gemini-3-pro-preview",
    body: Json.fromValue(body),
    connection: { baseUrl: "http://fake", key: "k", headers: {}, options: {}, upstream },
    receipt: createReceipt(false),
    toolState,
    signal: new AbortController().signal,
  };
  if (!body.stream) return (await gemini.chat(call)).value.choices[0]!.message;
  const tool_calls: ToolCall[] = [];
  let content = "";
  for await (const value of eachChunk(await gemini.chatStream(call))) {
    for (const { delta } of value.choices) {
      content += delta.content ?? "";
      for (const { index, ...piece } of delta.tool_calls ?? []) tool_calls[index] = piece as ToolCall;
    }
  }
  return { role: "assistant", content, ...(tool_calls.length > 0 && { tool_calls }) };
}

const plain = ({ role, content, tool_calls }: Message): Message => ({
  role,
  content: content ?? null,
  ...(tool_calls && {
    tool_calls: tool_calls.map(({ id, type, function: called }) => ({ id, type, function: called! })),
  }),
});
const forgetful: ToolState = { load: async () => new Map(), save() {} };

/** What the third request says of the two turns with calls, in which it holds the signatures. */
function signatures(asked: GenerateContentRequest[]): unknown[] {
  const parts = asked[2]!.contents.flatMap((content) => content.parts);
  return parts.flatMap(({ functionCall, thoughtSignature }) =>
    functionCall ? [[functionCall.name, thoughtSignature]] : [],
  );
}

const KNOWN = [
  ["city", "c2lnMQ=="],
  ["country", undefined],
  ["weather", "c2lnMg=="],
];

for (const stream of [false, true]) {
  const how = stream ? "streamed" : "whole";

  test(`${how}: a client that drops every extension field gets its signatures back from our memory`, async () => {
    const asked = await converse({ stream, keep: plain }, createMemoryToolState());
    assert.deepEqual(signatures(asked), KNOWN);
    const [, calls, answers] = asked[2]!.contents;
    const [vendorId, ownId = ""] = calls!.parts.map(({ functionCall }) => functionCall?.id);
    assert.equal(vendorId, "vendor1");
    assert.match(ownId, /^call_/);
    assert.deepEqual(
      asked[2]!.contents.map(({ role, parts }) => `${role} ${parts.length}`),
      ["user 1", "model 2", "user 2", "model 1", "user 1"],
    );
    assert.deepEqual(answers!.parts, [
      { functionResponse: { id: "vendor1", name: "city", response: { result: "answer to city" } } },
      { functionResponse: { id: ownId, name: "country", response: { result: "answer to country" } } },
    ]);
  });

  test(`${how}: a client that echoes the extension fields needs no memory`, async () => {
    assert.deepEqual(signatures(await converse({ stream, keep: (message) => message }, forgetful)), KNOWN);
  });

  test(`${how}: where nobody knows the signature, the first call of each turn has Google's escape value`, async () => {
    assert.deepEqual(signatures(await converse({ stream, keep: plain }, forgetful)), [
      ["city", UNKNOWN_SIGNATURE],
      ["country", undefined],
      ["weather", UNKNOWN_SIGNATURE],
    ]);
  });
}

test("the signature of a text comes back on the text", async () => {
  const upstream = script(false);
  const messages: Message[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello", extra_content: { google: { thought_signature: "c2ln" } } },
    { role: "user", content: "Bye" },
  ];
  await answer({ model: "m", messages }, upstream, forgetful);
  assert.deepEqual(upstream.asked[0]!.contents[1], {
    role: "model",
    parts: [{ text: "Hello", thoughtSignature: "c2ln" }],
  });
});

test("what another provider has kept of a call is no signature", async () => {
  const toolState: ToolState = { load: async () => new Map([["a", { thinking: "…" }]]), save() {} };
  const upstream = script(false);
  const called = { name: "f", arguments: "{}" };
  const messages: Message[] = [
    { role: "assistant", content: null, tool_calls: [{ id: "a", type: "function", function: called }] },
    { role: "tool", tool_call_id: "a", content: "" },
  ];
  await answer({ model: "m", messages }, upstream, toolState);
  assert.equal(upstream.asked[0]!.contents[1]?.parts[0]?.thoughtSignature, UNKNOWN_SIGNATURE);
});
