import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatCompletion, ChatCompletionRequest, Message } from "../../api/chat.ts";
import { Json } from "../../api/json.ts";
import { createReceipt } from "../../api/receipt.ts";
import { createMemoryToolState } from "../../store/tool-state.ts";
import type { Upstream } from "../../upstream/upstream.ts";
import { claude } from "./index.ts";
import type { MessagesRequest } from "./wire.ts";

/** What the model answers in each turn: thought and call, then call alone, then words. */
const ANSWERS = [
  [
    { type: "thinking", thinking: "I need the place.", signature: "sig-1" },
    { type: "text", text: "Let me see." },
    { type: "tool_use", id: "toolu_1", name: "place", input: {} },
  ],
  [
    { type: "redacted_thinking", data: "opaque" },
    { type: "tool_use", id: "toolu_2", name: "weather", input: { city: "Taipei" } },
  ],
  [{ type: "text", text: "It rains." }],
] as const;

const TOOLS = ["place", "weather"].map((name) => ({ type: "function", function: { name } }));

describe("a tool loop of three turns", () => {
  for (const stream of [false, true]) {
    for (const isPlain of [true, false]) {
      const client = isPlain ? "that drops all extension fields" : "that sends everything back";
      test(`works with a client ${client}, ${stream ? "streaming" : "whole answers"}`, async () => {
        const sent = await loop(stream, isPlain);
        assert.deepEqual(sent[2]?.messages, [
          { role: "user", content: [{ type: "text", text: "Rain?" }] },
          { role: "assistant", content: ANSWERS[0] },
          result("toolu_1", "Taipei"),
          { role: "assistant", content: ANSWERS[1] },
          result("toolu_2", "wet"),
        ]);
        assert.ok(sent.every(({ thinking }) => thinking?.type === "enabled"));
      });
    }
  }

  test("goes on without thoughts where nothing of them is left", async () => {
    const sent = await loop(false, true, false);
    assert.deepEqual(
      sent.map(({ thinking }) => thinking?.type),
      ["enabled", undefined, undefined],
    );
    assert.deepEqual(sent[1]?.messages[1]?.content, ANSWERS[0].slice(1));
  });
});

function result(tool_use_id: string, text: string): object {
  return { role: "user", content: [{ type: "tool_result", tool_use_id, content: [{ type: "text", text }] }] };
}

/** Talks as OpenAI's client does until the model is done. */
async function loop(stream: boolean, isPlain: boolean, isRemembered: boolean = true): Promise<MessagesRequest[]> {
  const sent: MessagesRequest[] = [];
  const toolState = createMemoryToolState();
  const messages: Message[] = [{ role: "user", content: "Rain?" }];
  for (const results of ["Taipei", "wet", undefined]) {
    const call = {
      model: "claude-sonnet-4-5",
      body: Json.fromValue<ChatCompletionRequest>({
        model: "claude/claude-sonnet-4-5",
        messages: [...messages],
        tools: TOOLS,
        reasoning_effort: "low",
        stream,
        max_tokens: 8000,
      }),
      connection: { baseUrl: "http://claude", key: "k", headers: {}, options: {}, upstream: upstream(sent) },
      receipt: createReceipt(false),
      toolState: isRemembered ? toolState : createMemoryToolState(),
      signal: new AbortController().signal,
    };
    const answer = stream ? await streamed(await claude.chatStream(call)) : (await claude.chat(call)).value;
    const { role, content, tool_calls, ...extensions } = answer.choices[0]!.message;
    messages.push({ role, content, ...(tool_calls && { tool_calls }), ...(isPlain ? {} : extensions) });
    if (results) messages.push({ role: "tool", tool_call_id: tool_calls![0]!.id, content: results });
  }
  return sent;
}

/** Gives the answer of the turn that has come, whole or as events. */
function upstream(sent: MessagesRequest[]): Upstream {
  return {
    async send({ body = "" }) {
      const request = JSON.parse(String(body)) as MessagesRequest;
      const content = ANSWERS[sent.push(request) - 1] ?? [];
      const stop_reason = content.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
      const message = { id: "msg", model: "claude-sonnet-4-5", content, stop_reason, usage: { output_tokens: 1 } };
      const text = request.stream ? events(message) : JSON.stringify(message);
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          yield Buffer.from(text);
        })(),
      };
    },
    async close() {},
  };
}

/** Each block whole in its start, as compatible servers send it, but for the signature, which comes as a delta. */
function events({ content, stop_reason, ...message }: { content: readonly object[]; stop_reason: string }): string {
  const blocks = content.flatMap((content_block, index) => [
    { type: "content_block_start", index, content_block },
    { type: "content_block_stop", index },
  ]);
  const all = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    ...blocks,
    { type: "message_delta", delta: { stop_reason } },
    { type: "message_stop" },
  ];
  return all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
}

/** A stream put together by `index`, extension fields by joining what they hold. */
async function streamed(chunks: Awaited<ReturnType<typeof claude.chatStream>>): Promise<ChatCompletion> {
  const deltas = (await Array.fromAsync(chunks)).flat().flatMap(({ value }) => value.choices.map(({ delta }) => delta));
  const content = deltas.map((delta) => delta.content ?? "").join("");
  const pieces = deltas.flatMap((delta) => delta.tool_calls ?? []);
  const [first] = pieces;
  const called = {
    name: first?.function?.name ?? "",
    arguments: pieces.map((p) => p.function?.arguments ?? "").join(""),
  };
  const thinking_blocks = deltas.flatMap((delta) => (delta["thinking_blocks"] as readonly unknown[] | undefined) ?? []);
  const message = {
    role: "assistant",
    content,
    ...(first && { tool_calls: [{ id: first.id ?? "", type: "function", function: called }] }),
    ...(thinking_blocks.length > 0 && { thinking_blocks }),
  } as const;
  const choices = [{ index: 0, message, finish_reason: "stop" } as const];
  return { id: "", object: "chat.completion", created: 0, model: "", choices };
}
