import { ApiError } from "../../api/error.ts";
import { withFields } from "../../api/fields.ts";
import type { Json } from "../../api/json.ts";
import type { RerankRequest, RerankResponse, RerankResult } from "../../api/rerank.ts";
import type { Body } from "../../upstream/upstream.ts";
import type { Reading } from "./completion.ts";

/*
 * Cohere, Jina, vLLM, llama.cpp and most others read the same body, and nearly agree on the answer. Text Embeddings
 * Inference has words of its own, one address for them, and no `top_n`.
 * Source: https://huggingface.github.io/text-embeddings-inference
 */

/** Where a service is asked, and how. */
export interface RerankQuestion {
  readonly url: string;
  readonly body: Body;
}

/** @param baseUrl without a slash at its end. */
export function question(baseUrl: string, { bytes }: Json<RerankRequest>, model: string): RerankQuestion {
  return { url: `${baseUrl}/rerank`, body: withFields(bytes, { model }) };
}

/** The same in the words of Text Embeddings Inference, whose address has no `/v1`. */
export function teiQuestion(baseUrl: string, { value }: Json<RerankRequest>): RerankQuestion {
  const { query, documents, return_documents, raw_scores } = value;
  const truncate = value["truncate"] ?? value["truncation"] ?? true;
  const texts = documents.map(textOf);
  const body = { query, texts, truncate, raw_scores: raw_scores ?? false, return_text: return_documents === true };
  return { url: `${baseUrl.replace(/\/v1$/, "")}/rerank`, body: JSON.stringify(body) };
}

/** Whether a refusal is what Text Embeddings Inference says to the words of the others. */
export function saysTei(thrown: unknown): boolean {
  if (!(thrown instanceof ApiError)) return false;
  return (thrown.status === 404 && thrown.code === null) || /missing field `texts`/.test(thrown.message);
}

/**
 * An answer with the quirks of compatible servers put right: Voyage calls the list `data`, Text Embeddings Inference
 * sends nothing but the list, and some write a document as plain text. Fields that we do not know stay.
 * @returns undefined for what is no ranking.
 */
export function ranking(answer: object, model: string, { top_n }: RerankRequest): Reading<RerankResponse> | undefined {
  if (isStandard(answer)) return { value: answer, isAsItCame: true };
  const { results, data, ...rest }: Record<string, unknown> = Array.isArray(answer)
    ? { results: answer }
    : { ...answer };
  const listed = results ?? data;
  if (!Array.isArray(listed) || !listed.every(isResult)) return undefined;
  const best = listed.slice(0, top_n ?? listed.length).map(result);
  return { value: { object: "list", model, ...rest, results: best }, isAsItCame: false };
}

/** A result in any of the shapes that servers send. */
type VariousResult = {
  readonly index: number;
  readonly document?: string | { readonly text: string } | null;
  readonly text?: string;
} & ({ readonly relevance_score: number } | { readonly score: number });

function isStandard(answer: object): answer is RerankResponse {
  const { results } = answer as { readonly results?: unknown };
  if (!Array.isArray(results) || !results.every(isResult)) return false;
  return results.every((one) => "relevance_score" in one && typeof one.document !== "string");
}

function isResult(value: unknown): value is VariousResult {
  const { index, relevance_score, score } = Object(value) as Readonly<Record<string, unknown>>;
  return typeof index === "number" && typeof (relevance_score ?? score) === "number";
}

function result(ranked: VariousResult): RerankResult {
  const { document: _, text: __, ...scored } = ranked;
  const standard = "score" in scored ? { index: scored.index, relevance_score: scored.score } : scored;
  const document = documentOf(ranked);
  return { ...standard, ...(document && { document }) };
}

function documentOf({ document, text }: VariousResult): RerankResult["document"] {
  if (typeof document === "string") return { text: document };
  return document ?? (text === undefined ? undefined : { text });
}

function textOf(document: RerankRequest["documents"][number]): string {
  return typeof document === "string" ? document : document.text;
}
