import { jsonWithFields } from "../api/fields.ts";
import type { Json } from "../api/json.ts";
import type { RerankResponse } from "../api/rerank.ts";
import type { JsonObject } from "./read.ts";

/*
 * Reranking in the words of Text Embeddings Inference: `texts` for `documents`, and a bare list for an answer. It has no
 * `model`, which has to be added to its body.
 * Source: https://huggingface.github.io/text-embeddings-inference
 */

export function isTei({ outline: value }: Json<JsonObject>): boolean {
  return value["texts"] != null && value["documents"] == null;
}

/** The same request in the words of the others. */
export function fromTei(json: Json<JsonObject>): Json<JsonObject> {
  const { texts: documents, return_text: return_documents } = json.value;
  return jsonWithFields(json, { texts: undefined, return_text: undefined, documents, return_documents });
}

/** The answer as its clients read it. */
export function toTei({ results }: RerankResponse): readonly object[] {
  return results.map(({ index, relevance_score: score, document }) => ({
    index,
    score,
    ...(document == null ? {} : { text: document.text }),
  }));
}
