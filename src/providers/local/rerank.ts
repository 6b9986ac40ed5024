import { randomBytes } from "node:crypto";
import type { Receipt } from "../../api/receipt.ts";
import type { RerankDocument, RerankRequest, RerankResponse } from "../../api/rerank.ts";
import type { RerankRequest as EngineRequest, RerankResult as EngineResult } from "../../engine/model.ts";
import { keepAlive } from "./keep-alive.ts";

/**
 * A rerank request in the engine's terms. Jina says `truncation` for what is `truncate` elsewhere.
 * @throws ApiError 400 that names a field which changes the answer and cannot be honoured here.
 */
export function rerankRequest(body: RerankRequest, receipt: Receipt): EngineRequest {
  const { query, documents, truncate, truncation, max_tokens_per_doc, raw_scores, rank_fields } = body;
  if (rank_fields != null)
    receipt.refuse("rank_fields", {
      en: "names fields of documents. Local models read their 'text'.",
      "zh-TW": "指定了文件的欄位，而本機模型只讀取「text」。",
    });
  return {
    ...keepAlive(body),
    query,
    documents: documents.map((document) => asDocument(document).text),
    truncate: truncate !== false && truncation !== false,
    ...(typeof max_tokens_per_doc === "number" && { maxDocumentTokens: max_tokens_per_doc }),
    ...(typeof raw_scores === "boolean" && { scores: raw_scores ? "raw" : "probability" }),
  };
}

/** The documents that were asked for, best first; of equal ones the earlier. */
export function rerankResponse(
  { documents, top_n, return_documents }: RerankRequest,
  { model, scores, promptTokens }: EngineResult & { readonly model: string },
): RerankResponse {
  const best = scores
    .map((relevance_score, index) => ({ index, relevance_score }))
    .toSorted((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, top_n ?? scores.length);
  const document = (index: number): { readonly document?: RerankDocument } => {
    const asked = return_documents === true ? documents[index] : undefined;
    return asked === undefined ? {} : { document: asDocument(asked) };
  };
  return {
    id: `rerank-${randomBytes(12).toString("hex")}`,
    object: "list",
    model,
    results: best.map((result) => ({ ...result, ...document(result.index) })),
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

function asDocument(document: string | RerankDocument): RerankDocument {
  return typeof document === "string" ? { text: document } : document;
}
