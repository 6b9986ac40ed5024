import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { assertRecordedChat, type RecordedCase, recordedCall, recordedCases } from "../../../test/recorded.ts";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { huggingface } from "./index.ts";

const fixtures = new URL("fixtures/", import.meta.url);

for (const server of readdirSync(fixtures)) {
  describe(`a server elsewhere: ${server}`, () => {
    for (const recorded of recordedCases(new URL(`${server}/`, fixtures))) {
      if (recorded.shape === "openai") test(recorded.case, () => assertRecordedChat(huggingface, recorded));
      else test(recorded.case, () => checkEmbeddings(recorded));
    }
  });
}

/** 0.5, -0.25, 0.125, in the encoding that was asked for. */
async function checkEmbeddings(recorded: RecordedCase): Promise<void> {
  const embed = (encoding_format: string) =>
    huggingface.embed(recordedCall<EmbeddingRequest>(recorded, { encoding_format }));
  if (recorded.expect_error) {
    await assert.rejects(embed("float"), { status: recorded.expect_error.status });
    return;
  }
  assert.deepEqual((await embed("float")).value.data[0]?.embedding, [0.5, -0.25, 0.125]);
  assert.deepEqual((await embed("base64")).value.data[0]?.embedding, "AAAAPwAAgL4AAAA+");
}

test("a call that is too long says so in OpenAI's words, whoever refused it", async () => {
  for (const server of ["vllm", "tgi", "sglang"]) {
    const recorded = recordedCases(new URL(`${server}/`, fixtures)).find((one) => one.case.endsWith("too-long"));
    assert.ok(recorded);
    await assert.rejects(huggingface.chat(recordedCall(recorded, {})), { code: "context_length_exceeded" }, server);
  }
});

test("a model that the server does not have is told as OpenAI tells it", async () => {
  for (const server of ["vllm", "ray"]) {
    const recorded = recordedCases(new URL(`${server}/`, fixtures)).find((one) => one.case.endsWith("unknown-model"));
    assert.ok(recorded);
    await assert.rejects(huggingface.chat(recordedCall(recorded, {})), { code: "model_not_found" }, server);
  }
});
