import assert from "node:assert/strict";
import { test } from "node:test";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { embed } from "./embeddings.ts";
import type { BatchEmbedContentsRequest } from "./wire.ts";

interface Sent {
  readonly path: string;
  readonly body: BatchEmbedContentsRequest;
}

const failure = (status: number, text: string): ApiError => new ApiError(status, "api_error", text);

/** Embeds with a service that answers each text with its length. */
async function embedded(body: Partial<EmbeddingRequest>, model = "gemini-embedding-001") {
  const sent: Sent[] = [];
  const receipt = createReceipt(false);
  const answer = await embed({
    model,
    body: { model: "m", input: "text", ...body },
    receipt,
    options: {},
    failure,
    async post(path, sentBody) {
      const { requests } = sentBody as BatchEmbedContentsRequest;
      sent.push({ path, body: { requests } });
      const embeddings = requests.map(({ content }) => ({ values: [Number(content.parts[0]?.text?.length), 3] }));
      return { embeddings, usageMetadata: { promptTokenCount: requests.length } };
    },
  });
  return { answer, sent, receipt: receipt.text() };
}

test("one text: one request, with the vendor's own settings", async () => {
  const { answer, sent, receipt } = await embedded({ taskType: "RETRIEVAL_QUERY", title: null, user: "u" });
  assert.deepEqual(sent, [
    {
      path: "/v1beta/models/gemini-embedding-001:batchEmbedContents",
      body: {
        requests: [
          {
            taskType: "RETRIEVAL_QUERY",
            model: "models/gemini-embedding-001",
            content: { parts: [{ text: "text" }] },
          },
        ],
      },
    },
  ]);
  assert.deepEqual(answer, {
    object: "list",
    data: [{ object: "embedding", index: 0, embedding: [4, 3] }],
    model: "gemini-embedding-001",
    usage: { prompt_tokens: 1, total_tokens: 1 },
  });
  assert.equal(receipt, "dropped=user");
});

test("many texts go a hundred at a time, and stay in order", async () => {
  const input = Array.from({ length: 250 }, (_, i) => "x".repeat(i + 1));
  const { answer, sent } = await embedded({ input }, "models/embedding-001");
  assert.deepEqual(
    sent.map(({ body }) => body.requests.length),
    [100, 100, 50],
  );
  assert.deepEqual(
    answer.data.map(({ embedding }) => embedding[0]),
    input.map(({ length }) => length),
  );
  assert.deepEqual(
    answer.data.map(({ index }) => index),
    [...input.keys()],
  );
  assert.deepEqual([answer.model, answer.usage.prompt_tokens], ["embedding-001", 250]);
});

test("shortened vectors have length 1 again", async () => {
  const { answer, sent } = await embedded({ dimensions: 2 });
  assert.equal(sent[0]?.body.requests[0]?.outputDimensionality, 2);
  assert.deepEqual(answer.data[0]?.embedding, [0.8, 0.6]);
});

test("token ids are refused, and so is an answer with too few vectors", async () => {
  await assert.rejects(embedded({ input: [1, 2] }), { status: 400, param: "input" });
  await assert.rejects(embedded({ input: [[1], [2]] }), { status: 400, param: "input" });
  const post = async (): Promise<object> => ({ embeddings: [] });
  const call = {
    model: "m",
    body: { model: "m", input: "a" },
    receipt: createReceipt(false),
    options: {},
    post,
    failure,
  };
  await assert.rejects(embed(call), { status: 502 });
});
