import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delta } from "../api/chat.ts";
import { Json } from "../api/json.ts";
import { createTranscript, type Transcript } from "./transcript.ts";

const request = Json.fromValue({ model: "m" });

function stream(transcript: Transcript, ...deltas: readonly (Delta & { readonly of?: number })[]): void {
  for (const { of = 0, ...delta } of deltas) {
    const choices = [{ index: of, delta, finish_reason: null }];
    transcript.streamed({
      id: "x",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices,
    });
  }
}

test("a stream's pieces come to messages: text, thoughts and calls, of each answer", () => {
  const transcript = createTranscript(request);
  stream(
    transcript,
    { role: "assistant", content: "" },
    { reasoning_content: "hm" },
    { content: "Hel" },
    { content: "lo" },
    { of: 1, content: "two" },
    { tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
  );
  assert.deepEqual(JSON.parse(transcript.content().answer ?? ""), [
    { reasoning_content: "hm", content: "Hello", tool_calls: [{ name: "f", arguments: '{"a":1}' }] },
    { content: "two" },
  ]);
});

test("a call without an answer has none, and what is long is cut and told as cut", () => {
  assert.deepEqual(createTranscript(request).content(), { request: '{"model":"m"}', isCut: false });

  const long = createTranscript(Json.fromText(`"${"夜".repeat(50_000)}"`));
  assert.equal(long.content().request.length, 32 * 1024);
  assert.equal(long.content().isCut, true);

  const streamed = createTranscript(request);
  for (let i = 0; i < 10_000; i++) stream(streamed, { content: "0123456789" });
  assert.ok((streamed.content().answer?.length ?? 0) <= 32 * 1024);
  assert.equal(streamed.content().isCut, true);
});

test("numbers of answers and calls that are out of all reason take no memory", () => {
  const transcript = createTranscript(request);
  stream(transcript, { of: 1e9, content: "x" }, { tool_calls: [{ index: 1e9, function: { name: "f" } }] });
  assert.ok((transcript.content().answer?.length ?? 0) < 100);
});
