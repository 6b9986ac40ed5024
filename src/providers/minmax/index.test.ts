import assert from "node:assert/strict";
import { test } from "node:test";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { Json } from "../../api/json.ts";
import { createReceipt } from "../../api/receipt.ts";
import { createMemoryToolState } from "../../store/tool-state.ts";
import type { UpstreamRequest } from "../../upstream/upstream.ts";
import { minmax } from "./index.ts";
import { url } from "./url.ts";

test("an address may be chat's own, end in /v1, or be the host alone", () => {
  const own = "https://api.minimax.chat/v1/text/chatcompletion_v2";
  assert.equal(url(own, "/chat/completions"), own);
  assert.equal(url(own, "/embeddings"), "https://api.minimax.chat/v1/embeddings");
  assert.equal(url("https://api.minimax.io/v1", "/chat/completions"), "https://api.minimax.io/v1/chat/completions");
  assert.equal(url("https://api.minimax.io/v1/chat/completions", "/models"), "https://api.minimax.io/v1/models");
  assert.equal(url("https://api.minimax.io", "/chat/completions"), "https://api.minimax.io/v1/chat/completions");
});

function call(body: object, reply: object): { sent: UpstreamRequest[]; call: Parameters<typeof minmax.embed>[0] } {
  const sent: UpstreamRequest[] = [];
  const upstream = {
    async send(request: UpstreamRequest) {
      sent.push(request);
      const read = async function* (): AsyncGenerator<Buffer> {
        yield Buffer.from(JSON.stringify(reply));
      };
      return { status: 200, headers: {}, body: read() };
    },
    async close() {},
  };
  return {
    sent,
    call: {
      model: "embo-01",
      body: Json.fromValue({ model: "minmax/embo-01", ...body } as EmbeddingRequest),
      connection: { baseUrl: minmax.baseUrl ?? "", key: "k", headers: {}, options: {}, upstream },
      receipt: createReceipt(false),
      toolState: createMemoryToolState(),
      signal: new AbortController().signal,
    },
  };
}

test("texts become vectors, in order, as floats or base64", async () => {
  const reply = {
    vectors: [
      [0.5, -1],
      [2, 0],
    ],
    total_tokens: 7,
    base_resp: { status_code: 0, status_msg: "" },
  };
  const floats = call({ input: ["a", "b"] }, reply);
  assert.deepEqual((await minmax.embed(floats.call)).value, {
    object: "list",
    data: [
      { object: "embedding", index: 0, embedding: [0.5, -1] },
      { object: "embedding", index: 1, embedding: [2, 0] },
    ],
    model: "embo-01",
    usage: { prompt_tokens: 7, total_tokens: 7 },
  });
  assert.equal(floats.sent[0]?.url, "https://api.minimax.chat/v1/embeddings");
  assert.equal(floats.sent[0]?.headers["authorization"], "Bearer k");
  assert.deepEqual(JSON.parse(String(floats.sent[0]?.body)), { model: "embo-01", texts: ["a", "b"], type: "db" });

  const base64 = call(
    { input: "a", type: "query", encoding_format: "base64" },
    { vectors: [[0.5, -1]], total_tokens: 2 },
  );
  const answer = await minmax.embed(base64.call);
  assert.equal(answer.value.data[0]?.embedding, Buffer.from(Float32Array.of(0.5, -1).buffer).toString("base64"));
  assert.equal(JSON.parse(String(base64.sent[0]?.body)).type, "query");
});

test("errors with status 200 and answers without vectors are errors; token ids and other sizes are refused", async () => {
  const refused = { vectors: null, base_resp: { status_code: 1004, status_msg: "login fail" } };
  await assert.rejects(minmax.embed(call({ input: "a" }, refused).call), { status: 401 });
  await assert.rejects(minmax.embed(call({ input: "a" }, { vectors: [] }).call), { status: 502 });
  await assert.rejects(minmax.embed(call({ input: [1, 2] }, {}).call), { status: 400, param: "input" });
  await assert.rejects(minmax.embed(call({ input: "a", dimensions: 3 }, {}).call), {
    status: 400,
    param: "dimensions",
  });
});
