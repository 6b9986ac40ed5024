import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { Json } from "../../api/json.ts";
import { createReceipt } from "../../api/receipt.ts";
import { createMemoryToolState } from "../../store/tool-state.ts";
import type { Upstream, UpstreamRequest } from "../../upstream/upstream.ts";
import type { Connection } from "../provider.ts";
import { claude } from "./index.ts";

const signal = new AbortController().signal;

/** An upstream that gives one answer after the other. */
function upstream(sent: UpstreamRequest[], ...answers: readonly (object | string)[]): Upstream {
  return {
    async send(request) {
      const answer = answers[sent.push(request) - 1] ?? answers.at(-1);
      const isStream = typeof answer === "string";
      const text = isStream ? answer : JSON.stringify(answer);
      return {
        status: 200,
        headers: { "content-type": isStream ? "text/event-stream" : "application/json" },
        body: (async function* () {
          yield Buffer.from(text);
        })(),
      };
    },
    async close() {},
  };
}

function connection(upstream: Upstream, key: string = "sk-ant-api-1"): Connection {
  return { baseUrl: "https://api.anthropic.com", key, headers: {}, options: {}, upstream };
}

function chatCall(upstream: Upstream, fields: Partial<ChatCompletionRequest>) {
  const body = { model: "claude/claude-opus-5", messages: [{ role: "user", content: "Hi" }], ...fields } as const;
  return {
    model: "claude-opus-5",
    body: Json.fromValue<ChatCompletionRequest>(body),
    connection: connection(upstream),
    receipt: createReceipt(false),
    toolState: createMemoryToolState(),
    signal,
  };
}

const MESSAGE = {
  type: "message",
  id: "msg_1",
  model: "claude-opus-5",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  usage: {
    input_tokens: 2,
    cache_read_input_tokens: null,
    output_tokens: 3,
    output_tokens_details: { thinking_tokens: 1 },
  },
};

describe("claude", () => {
  test("an answer is OpenAI's, whole", async () => {
    const sent: UpstreamRequest[] = [];
    const { value } = await claude.chat(chatCall(upstream(sent, MESSAGE), { max_tokens: 10 }));
    assert.deepEqual(value, {
      id: "chatcmpl-msg_1",
      object: "chat.completion",
      created: value.created,
      model: "claude-opus-5",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 2,
        completion_tokens: 3,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
    assert.ok(Math.abs(value.created - Date.now() / 1000) < 60);
    assert.deepEqual(sent, [
      {
        method: "POST",
        url: "https://api.anthropic.com/v1/messages",
        headers: {
          "content-type": "application/json",
          "anthropic-version": "2023-06-01",
          "x-api-key": "sk-ant-api-1",
        },
        body: sent[0]?.body,
      },
    ]);
  });

  test("a long answer that is wanted whole comes as a stream, and is put together", async () => {
    const events = [
      { type: "message_start", message: { ...MESSAGE, content: [], stop_reason: null } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" } },
      { type: "message_stop" },
    ];
    const stream = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    const { value: collected } = await claude.chat(chatCall(upstream([], stream), {}));
    const { value: whole } = await claude.chat(chatCall(upstream([], MESSAGE), {}));
    assert.deepEqual({ ...collected, created: 0 }, { ...whole, created: 0 });
  });

  test("several answers are had by several calls", async () => {
    const sent: UpstreamRequest[] = [];
    const { value } = await claude.chat(chatCall(upstream(sent, MESSAGE), { n: 3, max_tokens: 10 }));
    assert.deepEqual(
      value.choices.map(({ index }) => index),
      [0, 1, 2],
    );
    assert.equal(sent.length, 3);
    assert.equal(value.usage?.total_tokens, 15);
  });

  test("a refusal says why", async () => {
    const refused = { ...MESSAGE, content: [], stop_reason: "refusal", stop_details: { explanation: "No." } };
    const { value } = await claude.chat(chatCall(upstream([], refused), { max_tokens: 10 }));
    assert.deepEqual(value.choices[0]?.message, { role: "assistant", content: "", refusal: "No." });
    assert.equal(value.choices[0]?.finish_reason, "content_filter");
  });

  test("what is no message is unreadable", async () => {
    await assert.rejects(claude.chat(chatCall(upstream([], { hello: 1 }), { max_tokens: 10 })), {
      code: "upstream_unreadable",
    });
  });

  test("the models are listed over all pages; a token goes into another header than a key", async () => {
    const sent: UpstreamRequest[] = [];
    const pages = [
      {
        data: [{ id: "claude-a", display_name: "A", created_at: "2026-01-01T00:00:00Z" }],
        has_more: true,
        last_id: "claude-a",
      },
      { data: [{ id: "claude-b" }], has_more: false },
    ];
    const models = await claude.models?.(connection(upstream(sent, ...pages), "sk-ant-oat01-1"), signal);
    assert.deepEqual(models, [
      { id: "claude-a", object: "model", created: 1767225600, owned_by: "anthropic", display_name: "A" },
      { id: "claude-b", object: "model", created: 0, owned_by: "anthropic" },
    ]);
    assert.deepEqual(
      sent.map(({ url }) => new URL(url).search),
      ["?limit=1000", "?limit=1000&after_id=claude-a"],
    );
    assert.equal(sent[0]?.headers["authorization"], "Bearer sk-ant-oat01-1");
  });

  test("there are no embeddings", async () => {
    const call = { ...chatCall(upstream([]), {}), body: Json.fromValue({ model: "m", input: "x" }) };
    await assert.rejects(claude.embed(call), { status: 400, param: "model" });
  });
});
