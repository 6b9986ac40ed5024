import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import {
  type ExpectedAnswer,
  type ReadAnswer,
  type RecordedCase,
  readCompletion,
  readStream,
  recordedCases,
  replay,
} from "../../../test/recorded.ts";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../../api/embeddings.ts";
import { Json } from "../../api/json.ts";
import { createReceipt } from "../../api/receipt.ts";
import { createMemoryToolState } from "../../store/tool-state.ts";
import type { Call } from "../provider.ts";
import { openaiCompatible } from "./index.ts";

const provider = openaiCompatible({ name: "recorded", title: "Recorded", env: { key: [], baseUrl: [] } });

const folders = [
  new URL("../openai/fixtures/", import.meta.url),
  new URL("../deepseek/fixtures/", import.meta.url),
  ...readdirSync(new URL("fixtures/", import.meta.url)).map((name) => new URL(`fixtures/${name}/`, import.meta.url)),
];

for (const folder of folders) {
  describe(`recorded answers of ${folder.pathname.split("/").slice(-3, -1).join("/")}`, () => {
    for (const recorded of recordedCases(folder)) {
      if (recorded.shape === "openai") test(recorded.case, () => checkChat(recorded));
      if (recorded.shape === "openai-embed") test(recorded.case, () => checkEmbedding(recorded));
    }
  });
}

function call<Body>(recorded: RecordedCase, body: object, size?: number): Call<Body> {
  const upstream = replay(recorded, size);
  return {
    model: "m",
    body: Json.fromValue({ model: "recorded/m", ...recorded.request, ...body } as Body),
    connection: { baseUrl: "http://recorded", key: "sk-secret", headers: {}, options: {}, upstream },
    receipt: createReceipt(false),
    toolState: createMemoryToolState(),
    signal: new AbortController().signal,
  };
}

async function checkChat(recorded: RecordedCase): Promise<void> {
  if (recorded.expect_error) return assertError(recorded);
  assert.ok(recorded.expect);
  if (!recorded.stream) {
    const answer = await provider.chat(call(recorded, {}));
    assertAnswer(readCompletion(JSON.parse(answer.text)), recorded.expect);
    return;
  }
  for (const size of [7, 1000, 1_000_000]) {
    const asked = call<ChatCompletionRequest>(
      recorded,
      { stream: true, stream_options: { include_usage: true } },
      size,
    );
    assertAnswer(await readStream(await provider.chatStream(asked)), recorded.expect);
  }
}

async function assertError(recorded: RecordedCase): Promise<void> {
  const attempt = recorded.stream
    ? provider.chatStream(call(recorded, { stream: true })).then((stream) => readStream(stream))
    : provider.chat(call(recorded, {}));
  await assert.rejects(attempt, (thrown) => {
    assert.ok(thrown instanceof ApiError, String(thrown));
    const { status } = recorded.expect_error ?? {};
    if (typeof status === "number") assert.equal(thrown.status, status, thrown.message);
    return true;
  });
}

function assertAnswer(answer: ReadAnswer, expected: ExpectedAnswer): void {
  const calls = expected.tool_calls.map(({ id, name, arguments: args }, i) => ({
    id: id ?? answer.toolCalls[i]?.id,
    name,
    arguments: args,
  }));
  assert.equal(answer.content, expected.content ?? "");
  assert.equal(answer.reasoning, expected.reasoning ?? "");
  assert.deepEqual(answer.toolCalls, calls);
  assert.ok(answer.toolCalls.every(({ id }) => id !== ""));
  assert.equal(answer.finishReason, expected.finish_reason);
  if (expected.usage) assertUsage(answer.usage, expected.usage);
}

function assertUsage(usage: ReadAnswer["usage"], expected: NonNullable<ExpectedAnswer["usage"]>): void {
  assert.deepEqual(
    {
      prompt_tokens: usage?.prompt_tokens,
      completion_tokens: usage?.completion_tokens,
      total_tokens: usage?.total_tokens,
      cached_tokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
      reasoning_tokens: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    },
    { ...expected, cached_tokens: expected["cached_tokens"] ?? 0, reasoning_tokens: expected["reasoning_tokens"] ?? 0 },
  );
}

async function checkEmbedding(recorded: RecordedCase): Promise<void> {
  if (recorded.expect_error) {
    await assert.rejects(provider.embed(call<EmbeddingRequest>(recorded, {})), {
      status: recorded.expect_error.status,
    });
    return;
  }
  const floats = await provider.embed(call<EmbeddingRequest>(recorded, { encoding_format: "float" }));
  const base64 = await provider.embed(call<EmbeddingRequest>(recorded, { encoding_format: "base64" }));
  const numbers = vectors(floats.value).map((vector) => Float32Array.from(vector as readonly number[]));
  const decoded = vectors(base64.value).map((text) => {
    const bytes = Buffer.from(text as string, "base64");
    return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
  });
  assert.ok(numbers.length > 0 && numbers.every((vector) => vector.length > 0));
  assert.deepEqual(decoded, numbers);
}

function vectors(response: EmbeddingResponse): (readonly number[] | string)[] {
  return response.data.map(({ embedding }) => embedding);
}
