import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { assertRecordedChat, type RecordedCase, recordedCall, recordedCases } from "../../../test/recorded.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../../api/embeddings.ts";
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
      if (recorded.shape === "openai") test(recorded.case, () => assertRecordedChat(provider, recorded));
      if (recorded.shape === "openai-embed") test(recorded.case, () => checkEmbedding(recorded));
    }
  });
}

async function checkEmbedding(recorded: RecordedCase): Promise<void> {
  if (recorded.expect_error) {
    await assert.rejects(provider.embed(recordedCall<EmbeddingRequest>(recorded, {})), {
      status: recorded.expect_error.status,
    });
    return;
  }
  const floats = await provider.embed(recordedCall<EmbeddingRequest>(recorded, { encoding_format: "float" }));
  const base64 = await provider.embed(recordedCall<EmbeddingRequest>(recorded, { encoding_format: "base64" }));
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
