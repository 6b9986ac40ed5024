import assert from "node:assert/strict";
import { test } from "node:test";
import { eachChunk } from "../../../test/each-chunk.ts";
import type { ChatCompletion, ChatCompletionChunk, ToolCallDelta } from "../../api/chat.ts";
import { Json } from "../../api/json.ts";
import { firstCallOnly, firstCallsOnly } from "./one-call.ts";

const call = (id: string) => ({ id, type: "function", function: { name: "weather", arguments: "{}" } });
const head = { id: "1", created: 1, model: "m" };

function completion(...ids: string[]): ChatCompletion {
  const message = { role: "assistant", content: null, tool_calls: ids.map(call) } as const;
  return { ...head, object: "chat.completion", choices: [{ index: 0, message, finish_reason: "tool_calls" }] };
}

function chunk(...tool_calls: ToolCallDelta[]): ChatCompletionChunk {
  const delta = tool_calls.length > 0 ? { tool_calls } : {};
  return { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null }] };
}

test("of several calls the first is kept, and an answer with one is left as it is", () => {
  assert.deepEqual(firstCallOnly(completion("a", "b")), completion("a"));
  const one = completion("a");
  assert.equal(firstCallOnly(one), one);
});

test("in a stream, the pieces of the first call pass and those of the others do not", async () => {
  async function* stream(): AsyncGenerator<readonly Json<ChatCompletionChunk>[]> {
    yield [Json.fromValue(chunk({ index: 0, ...call("a") }, { index: 1, ...call("b") }))];
    yield [Json.fromValue(chunk({ index: 1, function: { arguments: "{}" } }))];
    yield [Json.fromValue(chunk({ index: 0, function: { arguments: "}" } }))];
  }
  const seen = await Array.fromAsync(eachChunk(firstCallsOnly(stream())));
  assert.deepEqual(seen, [
    chunk({ index: 0, ...call("a") }),
    chunk(),
    chunk({ index: 0, function: { arguments: "}" } }),
  ]);
});
