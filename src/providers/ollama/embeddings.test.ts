import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeVendor } from "../../../test/fakes/vendor.ts";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { createReceipt } from "../../api/receipt.ts";
import { ollama } from "./index.ts";

const SHOWN = { model_info: { "general.architecture": "bert", "bert.context_length": 8192 } };
const ANSWER = { model: "bge-m3", embeddings: [[0.6, 0.8, 0]], prompt_eval_count: 3 };

function vendor(answer: object = ANSWER) {
  return fakeVendor((path) => ({ body: path === "/api/show" ? SHOWN : answer }));
}

test("one text or many go out as they are, and nothing of them may be cut", async () => {
  const { call, sent } = vendor();
  const receipt = createReceipt(false);
  const body = { input: ["a", "b"], dimensions: 3, user: "u", keep_alive: 0, encoding_format: null };
  const answer = await ollama.embed(call<EmbeddingRequest>(body, { receipt }));
  assert.deepEqual(sent.at(-1), {
    path: "/api/embed",
    body: {
      model: "m",
      input: ["a", "b"],
      truncate: false,
      keep_alive: 0,
      dimensions: 3,
      options: { num_ctx: 4096 },
    },
  });
  assert.equal(receipt.text(), "dropped=user");
  assert.deepEqual(answer.value, {
    object: "list",
    model: "bge-m3",
    data: [{ object: "embedding", index: 0, embedding: [0.6, 0.8, 0] }],
    usage: { prompt_tokens: 3, total_tokens: 3 },
  });
});

test("a long text gets the context that it needs, up to the model's own", async () => {
  const { call, sent } = vendor();
  await ollama.embed(call<EmbeddingRequest>({ input: "words ".repeat(3000) }));
  assert.deepEqual(sent.at(-1)?.body["options"], { num_ctx: 8192 });
});

test("base64 is made here", async () => {
  const answer = await ollama.embed(vendor().call<EmbeddingRequest>({ input: "a", encoding_format: "base64" }));
  const bytes = Buffer.from(String(answer.value.data[0]?.embedding), "base64");
  assert.deepEqual(bytes, Buffer.from(Float32Array.of(0.6, 0.8, 0).buffer));
});

test("token ids are refused: they are those of another tokenizer", async () => {
  for (const input of [
    [1, 2],
    [[1, 2], [3]],
  ]) {
    await assert.rejects(ollama.embed(vendor().call<EmbeddingRequest>({ input })), { status: 400, param: "input" });
  }
});

test("dimensions that the server does not know are made here, at length 1", async () => {
  const receipt = createReceipt(false);
  const answer = await ollama.embed(vendor().call<EmbeddingRequest>({ input: "a", dimensions: 1 }, { receipt }));
  assert.deepEqual(answer.value.data[0]?.embedding, [1]);
  assert.equal(receipt.text(), "emulated=dimensions");
});

test("more dimensions than the model has are refused", async () => {
  const call = vendor().call<EmbeddingRequest>({ input: "a", dimensions: 4 });
  await assert.rejects(ollama.embed(call), { status: 400, param: "dimensions" });
});

test("a server before 0.3 is asked once a text, and its vectors brought to length 1", async () => {
  const { call, sent } = fakeVendor((path) => {
    if (path === "/api/embeddings") return { body: { embedding: [3, 4] } };
    return { status: 404, body: "404 page not found" };
  });
  const answer = await ollama.embed(call<EmbeddingRequest>({ input: ["a", "b"] }));
  assert.deepEqual(
    answer.value.data.map(({ embedding }) => embedding),
    [
      [0.6, 0.8],
      [0.6, 0.8],
    ],
  );
  assert.deepEqual(
    sent.slice(-2).map(({ body }) => body["prompt"]),
    ["a", "b"],
  );
});

test("a model that is not there is a 404 with the way to get it", async () => {
  const { call } = fakeVendor(() => ({ status: 404, body: { error: "model 'm' not found" } }));
  await assert.rejects(ollama.embed(call<EmbeddingRequest>({ input: "a" })), {
    status: 404,
    code: "model_not_found",
    message: /ollama pull m/,
  });
});
