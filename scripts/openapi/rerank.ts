import { z } from "zod";
import type { RerankDocument, RerankRequest, RerankResponse, RerankResult, RerankUsage } from "../../src/api/rerank.ts";
import { described, maybe, perhaps, says, type Schemas } from "./described.ts";

/*
 * Reranking, with the fields that Cohere, Jina and vLLM share.
 * Sources: https://docs.cohere.com/reference/rerank and https://jina.ai/reranker
 */

const document = described<RerankDocument>()(
  z.looseObject({ text: says(z.string(), "What is compared with the query.", "與查詢比較的文字。") }),
);

const request = described<RerankRequest>()(
  z.looseObject({
    model: says(
      z.string().min(1).max(512),
      "A reranker: `huggingface/BAAI/bge-reranker-v2-m3`.",
      "重新排序模型：`huggingface/BAAI/bge-reranker-v2-m3`。",
    ),
    query: says(z.string().min(1), "What documents are compared with.", "與文件比較的查詢。"),
    documents: says(
      z
        .array(z.union([z.string(), document]))
        .min(1)
        .max(10_000),
      "1 to 10,000 texts, or objects with a `text`.",
      "1 到 10,000 段文字，或帶有 `text` 的物件。",
    ),
    top_n: maybe(z.int().min(1), "Only so many results, the best ones.", "只要最好的幾個結果。"),
    return_documents: maybe(z.boolean(), "Each result bears its document.", "每個結果附上其文件。"),
    max_tokens_per_doc: maybe(
      z.int().min(1),
      "Local models: more of a document is not read.",
      "本機模型：文件最多讀取的長度。",
    ),
    truncate: maybe(
      z.boolean(),
      "Local models: `false` refuses what is too long instead of cutting it. Also `truncation`.",
      "本機模型：`false` 時拒絕過長的內容，而不是截斷。也可寫成 `truncation`。",
    ),
    raw_scores: maybe(
      z.boolean(),
      "Local models: the model's own number, or one between 0 and 1.",
      "本機模型：模型自己的數字，或 0 到 1 之間的數字。",
    ),
  }),
);

const result = described<RerankResult>()(
  z.looseObject({
    index: says(z.int(), "Of the document, in the request's order.", "文件在請求中的順序。"),
    relevance_score: says(z.number(), "Higher fits better.", "越高越相關。"),
    document: maybe(document, "With `return_documents`.", "使用 `return_documents` 時才有。"),
  }),
);

const usage = described<RerankUsage>()(
  z.looseObject({
    prompt_tokens: perhaps(z.int(), "Of the query with all documents.", "查詢與所有文件的 token 數。"),
    total_tokens: perhaps(z.int(), "The same.", "同上。"),
  }),
);

const response = described<RerankResponse>()(
  z.looseObject({
    id: perhaps(z.string(), "Of this answer.", "這個回答的識別碼。"),
    object: perhaps(z.string(), "`list`", "`list`"),
    model: perhaps(z.string(), "The model that answered.", "回答的模型。"),
    results: says(z.array(result), "The best first.", "由最相關的開始。"),
    usage: maybe(usage, "What was read.", "讀取的數量。"),
  }),
);

export const RERANK: Schemas = {
  RerankRequest: request,
  RerankResponse: response,
  RerankResult: result,
  RerankDocument: document,
  RerankUsage: usage,
};
