/**
 * Reranking as Cohere, Jina, vLLM and others have it on the wire: OpenAI has none. Fields that we do not name are kept
 * and passed on.
 * Sources: https://docs.cohere.com/reference/rerank and https://jina.ai/reranker
 */
export interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly (string | RerankDocument)[];
  /** Only so many results, the best ones; without it, all. */
  readonly top_n?: number | null;
  /** Whether each result bears its document's text. */
  readonly return_documents?: boolean | null;
  readonly [field: string]: unknown;
}

export interface RerankDocument {
  readonly text: string;
  readonly [field: string]: unknown;
}

export interface RerankResponse {
  readonly id?: string;
  readonly object?: string;
  readonly model?: string;
  /** Best first. */
  readonly results: readonly RerankResult[];
  readonly usage?: RerankUsage | null;
  readonly [field: string]: unknown;
}

export interface RerankResult {
  /** Of the document, in the request's order. */
  readonly index: number;
  readonly relevance_score: number;
  readonly document?: RerankDocument | null;
  readonly [field: string]: unknown;
}

export interface RerankUsage {
  readonly prompt_tokens?: number;
  readonly total_tokens?: number;
  readonly [field: string]: unknown;
}
