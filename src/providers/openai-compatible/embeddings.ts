import type { EmbeddingResponse } from "../../api/embeddings.ts";
import type { Reading } from "./completion.ts";

/**
 * Vectors in the encoding that the client asked for, whichever one the service chose: the official clients ask for
 * base64 and many servers ignore it.
 */
export function embeddings(answer: EmbeddingResponse, format: "float" | "base64"): Reading<EmbeddingResponse> {
  const wanted = format === "base64" ? "string" : "object";
  const isAsItCame = answer.data.every(({ embedding }) => typeof embedding === wanted) && answer.object === "list";
  if (isAsItCame) return { value: answer, isAsItCame };
  const data = answer.data.map((entry) => ({ ...entry, embedding: encode(entry.embedding, format) }));
  return { value: { ...answer, object: "list", data }, isAsItCame };
}

function encode(vector: readonly number[] | string, format: "float" | "base64"): readonly number[] | string {
  if (format === "float") return typeof vector === "string" ? decodeBase64(vector) : vector;
  return typeof vector === "string" ? vector : encodeBase64(Float32Array.from(vector));
}

/** Little-endian float32, as OpenAI sends it. */
export function encodeBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

function decodeBase64(text: string): number[] {
  const bytes = Buffer.from(text, "base64");
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readFloatLE(i * 4));
}
