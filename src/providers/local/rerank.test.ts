import assert from "node:assert/strict";
import { test } from "node:test";
import { createReceipt } from "../../api/receipt.ts";
import type { RerankRequest } from "../../api/rerank.ts";
import { rerankRequest, rerankResponse } from "./rerank.ts";

const body: RerankRequest = { model: "m", query: "q", documents: ["a", { text: "b", page: 2 }, "c"] };
const receipt = createReceipt(false);

test("documents of both kinds become texts, which are cut unless the client says otherwise", () => {
  assert.deepEqual(rerankRequest(body, receipt), { query: "q", documents: ["a", "b", "c"], truncate: true });
  for (const field of ["truncate", "truncation"]) {
    assert.equal(rerankRequest({ ...body, [field]: false }, receipt).truncate, false);
    assert.equal(rerankRequest({ ...body, [field]: null }, receipt).truncate, true);
  }
  assert.equal(rerankRequest({ ...body, max_tokens_per_doc: 9 }, receipt).maxDocumentTokens, 9);
  assert.equal(rerankRequest({ ...body, keep_alive: "5m" }, receipt).keepAliveMs, 300_000);
});

test("raw scores are the model's numbers, and their opposite probabilities", () => {
  assert.equal(rerankRequest({ ...body, raw_scores: true }, receipt).scores, "raw");
  assert.equal(rerankRequest({ ...body, raw_scores: false }, receipt).scores, "probability");
});

test("fields of documents other than their text are refused by name, or dropped where that is allowed", () => {
  const fields = { ...body, rank_fields: ["page"] };
  assert.throws(() => rerankRequest(fields, receipt), { status: 400, param: "rank_fields" });
  const dropping = createReceipt(true);
  rerankRequest(fields, dropping);
  assert.equal(dropping.text(), "dropped=rank_fields");
});

test("results come best first, of equal ones the earlier; documents where they are asked for", () => {
  const ranked = { model: "m", scores: [0.5, 0.9, 0.5], promptTokens: 12 };
  const { id, ...all } = rerankResponse(body, ranked);
  assert.match(id ?? "", /^rerank-/);
  assert.deepEqual(all, {
    object: "list",
    model: "m",
    results: [
      { index: 1, relevance_score: 0.9 },
      { index: 0, relevance_score: 0.5 },
      { index: 2, relevance_score: 0.5 },
    ],
    usage: { prompt_tokens: 12, total_tokens: 12 },
  });
  const best = rerankResponse({ ...body, top_n: 1, return_documents: true }, ranked);
  assert.deepEqual(best.results, [{ index: 1, relevance_score: 0.9, document: { text: "b", page: 2 } }]);
  assert.equal(rerankResponse({ ...body, top_n: 99 }, ranked).results.length, 3);
});
