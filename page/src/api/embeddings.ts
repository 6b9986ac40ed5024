import type { EmbeddingResponse } from "../../../src/api/embeddings.ts";
import { requestJson } from "./request.ts";

/** `POST /v1/embeddings`: one vector for each text, in their order. */
export async function embed(model: string, input: readonly string[], signal: AbortSignal): Promise<EmbeddingResponse> {
  const body = { model, input, encoding_format: "float" };
  return requestJson<EmbeddingResponse>("/v1/embeddings", { method: "POST", body, signal });
}
