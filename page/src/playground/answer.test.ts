import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatCompletionChunk, Delta } from "../../../src/api/chat.ts";
import type { ChatEvent } from "../api/chat.ts";
import { emptyAnswer, tokensPerSecond, withEvent } from "./answer.ts";

function chunk(delta: Delta, rest: Partial<ChatCompletionChunk> = {}): ChatEvent {
  const choices = [{ index: 0, delta, finish_reason: null }];
  return {
    kind: "chunk",
    chunk: { id: "c", object: "chat.completion.chunk", created: 0, model: "m-1", choices, ...rest },
  };
}

test("a stream's events add up to the answer, with the time of the first token", () => {
  const usage = { prompt_tokens: 3, completion_tokens: 11, total_tokens: 14 };
  const events: readonly ChatEvent[] = [
    { kind: "accepted", requestId: "req_1", translation: undefined },
    { kind: "waiting", text: "downloading x: 45 %" },
    chunk({ role: "assistant", content: "" }),
    chunk({ reasoning_content: "Hm." }),
    chunk({ content: "Hello" }),
    chunk({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: '{"a"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ":1}" } }] }),
    chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }),
    chunk({}, { choices: [], usage }),
  ];
  const answer = events.reduce((before, event, at) => withEvent(before, event, at * 100), emptyAnswer("m"));
  assert.deepEqual(answer, {
    model: "m",
    state: "streaming",
    content: "Hello",
    reasoning: "Hm.",
    toolCalls: [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    waitsFor: "downloading x: 45 %",
    finishReason: "tool_calls",
    answeredBy: "m-1",
    usage,
    requestId: "req_1",
    firstTokenMs: 300,
  });
  assert.equal(tokensPerSecond({ ...answer, durationMs: 1_300 }), 10);
});

test("no speed is told where it would say nothing", () => {
  const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
  assert.equal(tokensPerSecond({ ...emptyAnswer("m"), usage, firstTokenMs: 1, durationMs: 2 }), undefined);
  assert.equal(tokensPerSecond({ ...emptyAnswer("m"), firstTokenMs: 1, durationMs: 2 }), undefined);
});
