import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertRecordedChat,
  type RecordedCase,
  readCompletion,
  readStream,
  recordedCall,
  recordedCases,
} from "../../../test/recorded.ts";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { gemini } from "./index.ts";

/** The recorded requests are Google's own, so the answers are read as those to a plain question. */
const QUESTION = { messages: [{ role: "user", content: "Hello" }] };

/** Answers that hold nothing, or break off: the recordings' own reader leaves open what to make of them. */
const FAILURES: Readonly<Record<string, RegExp>> = {
  "rep-reported-200-53": /MALFORMED_FUNCTION_CALL/,
  "fb-unary-failure-with-message-no-content": /internal error/,
  "fb-unary-failure-only-prompt-feedback": /no answer: Message/,
  "fb-unary-success-generate-images-gcs": /no answer/, // an answer of another method
  "fb-streaming-failure-invalid-json": /before it was complete/,
  "fb-streaming-success-quotes-escaped": /before it was complete/, // no finish reason in the whole stream
};

/** Calls whose arguments come in pieces: the recordings' own reader does not put them together. */
const IN_PIECES: Readonly<Record<string, readonly (readonly [name: string, args: object])[]>> = {
  "jg-ion-calling-vertex-ai-with-streaming-function-calling-arguments-stream": [
    ["customDivide", { denominator: 2, numerator: 100 }],
  ],
  "jg-stream-generate-content-with-particial-function-calling-in-the-content": [
    [
      "getCurrentWeather",
      { country: "USA", location: "NewYorkCity", purpose: "to know what to wear today", unit: "C" },
    ],
  ],
  "va-stream-no-args-tool-call": [
    ["read_theme", {}],
    ["read_screen", { id: "A" }],
    ["read_screen", { id: "B" }],
    ["read_screen", { id: "C" }],
  ],
  "va-stream-tool-call-array-arguments-missing-terminal-function-call": [
    [
      "writeItems",
      {
        operations: [
          { action: "add", description: "Fresh red apple", itemid: "apple_001", price: 0.5 },
          { action: "add", description: "Ripe yellow banana", itemid: "banana_001", price: 0.3 },
        ],
      },
    ],
  ],
};

/** Recorded without `alt=sse`, as one JSON array; their `expect` is empty. */
const ARRAYS = new Set([
  "lg-nested-model-deep-composition",
  "lg-nested-model-direct-reference",
  "lg-resolved-model",
  "lg-tools-1",
  "lg-tools-with-gemini-3-thought-signatures",
  "lg-tools-with-gemini-3-thought-signatures-1",
]);

const recordings = ["fixtures/", "fixtures/vertex/"]
  .flatMap((folder) => recordedCases(new URL(folder, import.meta.url)))
  .map((recorded) => ({ ...recorded, request: null }));

for (const recorded of recordings) {
  const name = recorded.case;
  if (recorded.shape === "gemini-embed") test(name, () => assertEmbedding(recorded));
  else if (FAILURES[name]) test(`${name} fails`, () => assertFailure(recorded, FAILURES[name]!));
  else if (IN_PIECES[name]) test(`${name}, put together`, () => assertInPieces(recorded, IN_PIECES[name]!));
  else if (ARRAYS.has(name)) test(`${name}, as events`, () => assertArray(recorded));
  else if (name === "fb-unary-success-missing-safety-ratings") {
    test(`${name}: a whole answer without a reason has come to its end`, () => assertWhole(recorded));
  } else test(name, () => assertRecordedChat(gemini, recorded, QUESTION));
}

function read(recorded: RecordedCase, size?: number): ReturnType<typeof readStream> {
  const call = recordedCall<ChatCompletionRequest>(recorded, { ...QUESTION, stream: recorded.stream }, size);
  return recorded.stream
    ? gemini.chatStream(call).then(readStream)
    : gemini.chat(call).then((answer) => readCompletion(answer.value));
}

async function assertFailure(recorded: RecordedCase, message: RegExp): Promise<void> {
  await assert.rejects(read(recorded), { name: "ApiError", status: 502, message });
}

async function assertInPieces(recorded: RecordedCase, calls: (typeof IN_PIECES)[string]): Promise<void> {
  for (const size of [7, 1000, 1_000_000]) {
    const answer = await read(recorded, size);
    assert.deepEqual(
      answer.toolCalls.map(({ name, arguments: args }) => [name, args]),
      calls,
    );
    assert.equal(answer.content, recorded.expect?.content ?? "");
    assert.equal(answer.reasoning, recorded.expect?.reasoning ?? "");
    assert.equal(answer.finishReason, "tool_calls");
    assert.equal(answer.usage?.total_tokens, recorded.expect?.usage?.["total_tokens"]);
  }
}

async function assertWhole(recorded: RecordedCase): Promise<void> {
  const { content, finishReason } = await read(recorded);
  assert.deepEqual({ content, finishReason }, { content: recorded.expect?.content, finishReason: "stop" });
}

interface ArrayEvent {
  readonly candidates: readonly [{ readonly content: { readonly parts: readonly ArrayPart[] } }];
}

interface ArrayPart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly functionCall?: { readonly name: string; readonly args: unknown };
}

async function assertArray(recorded: RecordedCase): Promise<void> {
  const events = JSON.parse(recorded.bytes.toString()) as readonly ArrayEvent[];
  const bytes = Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join(""));
  const parts = events.flatMap(({ candidates: [candidate] }) => candidate.content.parts);
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
  for (const size of [7, 1000, 1_000_000]) {
    const answer = await read({ ...recorded, bytes }, size);
    assert.equal(answer.content, parts.map(({ text = "", thought }) => (thought ? "" : text)).join(""));
    assert.equal(answer.reasoning, parts.map(({ text = "", thought }) => (thought ? text : "")).join(""));
    assert.deepEqual(
      answer.toolCalls.map(({ name, arguments: args }) => ({ name, args })),
      calls.map(({ name, args }) => ({ name, args })),
    );
    assert.equal(answer.finishReason, calls.length > 0 ? "tool_calls" : "stop");
    assert.ok(answer.usage && answer.usage.total_tokens > 0);
  }
}

async function assertEmbedding(recorded: RecordedCase): Promise<void> {
  const { embedding } = JSON.parse(recorded.bytes.toString()) as { embedding?: object };
  // One was recorded with `embedContent`, which answers without a list.
  const bytes = embedding ? Buffer.from(JSON.stringify({ embeddings: [embedding] })) : recorded.bytes;
  const call = (format: string) =>
    recordedCall<EmbeddingRequest>({ ...recorded, bytes }, { input: "text", encoding_format: format });
  if (recorded.expect_error) {
    await assert.rejects(gemini.embed(call("float")), { status: recorded.expect_error.status });
    return;
  }
  const [floats] = (await gemini.embed(call("float"))).value.data;
  const [base64] = (await gemini.embed(call("base64"))).value.data;
  const encoded = Buffer.from(String(base64?.embedding), "base64");
  const decoded = Array.from({ length: encoded.length / 4 }, (_, i) => encoded.readFloatLE(i * 4));
  assert.ok(decoded.length > 0);
  assert.deepEqual(decoded, [...Float32Array.from(floats?.embedding as readonly number[])]);
}
